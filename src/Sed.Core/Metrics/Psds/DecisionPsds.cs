using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Psds;

/// <summary>PSDS of decisions: counted once for every file and operating point, then evaluated for any weights of the files.</summary>
internal sealed class DecisionPsds
{
    private readonly ClassList classes;
    private readonly PsdsOptions options;

    // Of each operating point the counts of each file.
    private readonly IntersectionCounter[][] counted;

    private DecisionPsds(ClassList classes, PsdsOptions options, IntersectionCounter[][] counted)
    {
        this.classes = classes;
        this.options = options;
        this.counted = counted;
    }

    public static DecisionPsds Prepare(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(durations);
        ArgumentNullException.ThrowIfNull(operatingPoints);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ProblemList problems = new();
        foreach (var file in reference.Files)
            if (durations.Of(file) is null)
                problems.Add(durations.Source, 0, $"there is no length for the file \"{file}\" of {reference.Source}");
        problems.ThrowIfAny();
        var classes = ClassList.Of(reference);
        IntersectionCounter[][] counted = [.. operatingPoints.Select(point => Count(point))];
        if (counted.Length == 0)
            throw new ArgumentException("There is no operating point.", nameof(operatingPoints));
        return new DecisionPsds(classes, options, counted);

        IntersectionCounter[] Count(EventList detections) =>
            [
                .. durations.Files.Select(file =>
                {
                    IntersectionCounter counter = new(classes, options);
                    counter.Add(reference.EventsOf(file), detections.EventsOf(file), durations.Of(file)!.Value);
                    return counter;
                }),
            ];
    }

    /// <summary>Weights by which every file stands once.</summary>
    public int[] Once()
    {
        var weights = new int[counted[0].Length];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>What the decisions of one operating point achieve over all files.</summary>
    public OperatingPoint PointAt(int index)
    {
        var sum = Sum(counted[index], Once());
        return sum.Finish(sum.Present);
    }

    /// <summary>The score of a corpus in which each file stands as often as its weight says.</summary>
    public PsdsResult Evaluate(int[] weights)
    {
        IntersectionCounter[] sums = [.. counted.Select(files => Sum(files, weights))];
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

    private IntersectionCounter Sum(IntersectionCounter[] files, int[] weights)
    {
        IntersectionCounter sum = new(classes, options);
        for (var file = 0; file < files.Length; file++)
            if (weights[file] > 0)
                sum.Add(files[file], weights[file]);
        return sum;
    }
}
