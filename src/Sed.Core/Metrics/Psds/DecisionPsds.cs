using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// PSDS from the decisions at several operating points (psds_eval 0.3; Bilen et al. 2020). Intersections are counted
/// only once for each file and operating point.
/// </summary>
public sealed class DecisionPsds : PreparedPsds
{
    private readonly ClassList classes;
    private readonly PsdsOptions options;

    // Counts by operating point and file.
    private readonly IntersectionCounter[][] counted;

    private DecisionPsds(
        ImmutableArray<string> files,
        ClassList classes,
        PsdsOptions options,
        IntersectionCounter[][] counted
    )
        : base(files)
    {
        this.classes = classes;
        this.options = options;
        this.counted = counted;
    }

    /// <summary>Counts the intersections of every file at every operating point.</summary>
    /// <param name="reference">The reference events, whose labels define the classes.</param>
    /// <param name="durations">
    /// Length of every scored file. A file that is missing from the reference has no reference events.
    /// </param>
    /// <param name="operatingPoints">
    /// The detections at each operating point, for example at 50 thresholds; at least one list.
    /// </param>
    /// <param name="options">The parameters of PSDS.</param>
    /// <param name="known">
    /// The annotated times of the reference, by file name and class. The classes are the labels of the reference in
    /// alphabetical order (<see cref="ClassList.Of"/>). Default: all times.
    /// </param>
    /// <exception cref="ArgumentException">The options are invalid, or there is no operating point.</exception>
    /// <exception cref="AnnotationException">
    /// A file of the reference has no duration, or two files of the reference match the same duration.
    /// </exception>
    public static DecisionPsds Prepare(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options,
        KnownTimes? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(durations);
        ArgumentNullException.ThrowIfNull(operatingPoints);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ProblemList problems = new();
        var referenceFiles = new string?[durations.Files.Length];
        foreach (var file in reference.Files)
            if (durations.IndexOf(file) is not (var index and >= 0))
                problems.Add(durations.Source, 0, $"there is no length for the file \"{file}\" of {reference.Source}");
            else if (referenceFiles[index] is { } other)
                problems.Add(
                    durations.Source,
                    0,
                    $"the file name \"{durations.Files[index]}\" matches two files of {reference.Source}, \"{other}\" and \"{file}\""
                );
            else
                referenceFiles[index] = file;
        problems.ThrowIfAny();
        var classes = ClassList.Of(reference);
        // Operating points usually have the same files.
        ImmutableArray<string> named = [];
        FileNames names = new(named);
        IntersectionCounter[][] counted = [.. operatingPoints.Select(point => Count(point))];
        if (counted.Length == 0)
            throw new ArgumentException("There is no operating point.", nameof(operatingPoints));
        return new DecisionPsds(durations.Files, classes, options, counted);

        IntersectionCounter[] Count(EventList detections)
        {
            if (!detections.Files.AsSpan().SequenceEqual(named.AsSpan()))
                (named, names) = (detections.Files, new FileNames(detections.Files));
            return
            [
                .. durations.Files.Select(
                    (file, k) =>
                    {
                        // The detections are looked up by the file's name in the reference or, if the file is missing
                        // from the reference, by its name in the durations.
                        var truth = referenceFiles[k] is { } name ? reference.EventsOf(name) : [];
                        var at = referenceFiles[k] is { } same ? detections.IndexOf(same) : names.IndexOf(file);
                        IntersectionCounter counter = new(classes, options);
                        counter.Add(
                            truth,
                            at < 0 ? [] : detections.EventsAt(at),
                            durations.SecondsAt(k),
                            index =>
                                known is not null && referenceFiles[k] is { } own
                                    ? known[own, index]
                                    : KnownSpans.Always
                        );
                        return counter;
                    }
                ),
            ];
        }
    }

    /// <summary>The rates at one operating point over all files.</summary>
    internal OperatingPoint PointAt(int index)
    {
        var sum = Sum(counted[index], CurveCounting.Once(Files.Length));
        return sum.Finish(sum.Present);
    }

    /// <inheritdoc />
    public override PsdsResult Evaluate(ReadOnlySpan<int> weights)
    {
        RequireWeights(weights);
        var sums = new IntersectionCounter[counted.Length];
        for (var point = 0; point < sums.Length; point++)
            sums[point] = Sum(counted[point], weights);
        var kept = sums[0].Present;
        if (kept.Length == 0)
            return PsdsResult.Of(classes, [], [], [], options);

        OperatingPoint[] points = [.. sums.Select(sum => sum.Finish(kept))];
        List<ImmutableArray<RocPoint>> rocs = [];
        List<double> grid = [0];
        for (var k = 0; k < kept.Length; k++)
        {
            List<RocPoint> all = [new(0, 0)];
            foreach (var point in points)
                all.Add(new RocPoint(point.EffectiveFalsePositiveRate(k, options), point.TruePositiveRates[k]));
            grid.AddRange(all.Select(point => point.FalsePositiveRate));
            rocs.Add(PsdRoc.Rising(all, double.PositiveInfinity));
        }
        var combined = PsdRoc.Combine(rocs, grid, options.InstabilityWeight);
        return PsdsResult.Of(classes, kept, rocs, combined, options);
    }

    private IntersectionCounter Sum(IntersectionCounter[] files, ReadOnlySpan<int> weights)
    {
        IntersectionCounter sum = new(classes, options);
        for (var file = 0; file < files.Length; file++)
            if (weights[file] > 0)
                sum.Add(files[file], weights[file]);
        return sum;
    }
}
