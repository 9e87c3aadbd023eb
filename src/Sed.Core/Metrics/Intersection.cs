using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>
/// Intersection-based evaluation of decisions, and the polyphonic sound detection score (PSDS) of a set of operating points,
/// as psds_eval 0.3 computes them.
/// </summary>
public static class Intersection
{
    /// <summary>PSDS from the decisions at several operating points, for example at 50 thresholds.</summary>
    /// <param name="reference">What is true. The classes are those of its events.</param>
    /// <param name="durations">The length of every file; a file without one is an error, a file without events is silent.</param>
    /// <param name="operatingPoints">The detections at each operating point; at least one list.</param>
    /// <param name="options">What is asked of detections.</param>
    /// <exception cref="ArgumentException">The options are unusable or there is no operating point.</exception>
    /// <exception cref="AnnotationException">A file of the reference has no duration.</exception>
    public static PsdsResult Psds(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(operatingPoints);
        ArgumentNullException.ThrowIfNull(options);
        OperatingPoint[] points = [.. operatingPoints.Select(one => At(reference, durations, one, options))];
        if (points.Length == 0)
            throw new ArgumentException("There is no operating point.", nameof(operatingPoints));
        var classes = ClassList.Of(reference);
        if (classes.Count == 0)
            return new PsdsResult(Rate.Undefined("the reference has no events"), [], classes, [], [], [], options);

        var max = options.MaxEffectiveFalsePositiveRate;
        List<ImmutableArray<RocPoint>> rocs = [];
        List<double> grid = [0];
        for (var k = 0; k < classes.Count; k++)
        {
            List<RocPoint> all = [new(0, 0)];
            foreach (var point in points)
                all.Add(new RocPoint(point.EffectiveFalsePositiveRate(k, options), point.TruePositiveRates[k]));
            grid.AddRange(all.Select(point => point.FalsePositiveRate));
            rocs.Add(PsdRoc.Rising(all, double.PositiveInfinity));
        }
        var combined = PsdRoc.Combine(rocs, grid, options.InstabilityWeight);
        return new PsdsResult(
            PsdRoc.Area(combined, max),
            combined,
            classes,
            [.. rocs],
            [.. rocs.Select(roc => PsdRoc.Area(roc, max))],
            [],
            options
        );
    }

    /// <summary>What one set of decisions achieves.</summary>
    /// <inheritdoc cref="Psds" path="/exception"/>
    /// <param name="reference">What is true. The classes are those of its events, in ordinal alphabetical order.</param>
    /// <param name="durations">The length of every file.</param>
    /// <param name="detections">The decisions; files without a duration and labels without reference events count nowhere.</param>
    /// <param name="options">What is asked of detections.</param>
    public static OperatingPoint At(EventList reference, Durations durations, EventList detections, PsdsOptions options)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(durations);
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ProblemList problems = new();
        foreach (var file in reference.Files)
            if (durations.Of(file) is null)
                problems.Add(durations.Source, 0, $"there is no length for the file \"{file}\" of {reference.Source}");
        problems.ThrowIfAny();

        IntersectionCounter counter = new(ClassList.Of(reference), options);
        foreach (var file in durations.Files)
            counter.Add(reference.EventsOf(file), detections.EventsOf(file), durations.Of(file)!.Value);
        return counter.Finish();
    }
}
