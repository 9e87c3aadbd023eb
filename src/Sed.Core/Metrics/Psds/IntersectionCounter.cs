using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Counts detections by intersection as psds_eval does. Times are compared in double arithmetic without rounding, a
/// detection that only touches an event intersects it with length 0, and events of length 0 cannot be covered.
/// </summary>
internal sealed class IntersectionCounter(ClassList classes, PsdsOptions options)
{
    private readonly long[] references = new long[classes.Count];
    private readonly long[] truePositives = new long[classes.Count];
    private readonly long[] falsePositives = new long[classes.Count];
    private readonly long[,] crossTriggers = new long[classes.Count, classes.Count];
    private readonly double[] lengths = new double[classes.Count];

    // Annotated time of each class, in seconds.
    private readonly double[] seconds = new double[classes.Count];

    /// <summary>Adds the counts of a file.</summary>
    /// <param name="reference">Its reference events.</param>
    /// <param name="detections">Its detections.</param>
    /// <param name="duration">Its length in seconds.</param>
    /// <param name="known">The times at which the events of each class are annotated.</param>
    public void Add(
        ReadOnlySpan<SoundEvent> reference,
        ReadOnlySpan<SoundEvent> detections,
        double duration,
        Func<int, KnownSpans> known
    )
    {
        for (var k = 0; k < seconds.Length; k++)
            seconds[k] += known(k).SecondsIn(0, duration);
        var truths = Sorted(reference);
        foreach (var truth in truths)
        {
            references[truth.Class]++;
            lengths[truth.Class] += truth.Offset - truth.Onset;
        }
        var covered = new CompensatedSum[truths.Length];
        foreach (var detection in Sorted(detections))
            if (IsValid(detection, truths))
                Cover(detection, truths, covered);
            // If less than half of a detection is annotated, it is not known to be wrong.
            else if (known(detection.Class).ContainHalf(detection.Onset, detection.Offset))
                Fail(detection, truths, duration);
        for (var k = 0; k < truths.Length; k++)
            if (covered[k].Count > 0 && covered[k].Value >= options.GroundTruthIntersection)
                truePositives[truths[k].Class]++;
    }

    /// <summary>Adds the counts of another counter, multiplied by a weight.</summary>
    public void Add(IntersectionCounter other, int weight)
    {
        for (var k = 0; k < references.Length; k++)
        {
            references[k] += weight * other.references[k];
            truePositives[k] += weight * other.truePositives[k];
            falsePositives[k] += weight * other.falsePositives[k];
            lengths[k] += weight * other.lengths[k];
            seconds[k] += weight * other.seconds[k];
            for (var column = 0; column < references.Length; column++)
                crossTriggers[k, column] += weight * other.crossTriggers[k, column];
        }
    }

    /// <summary>The classes that have reference events.</summary>
    public int[] Present => [.. Enumerable.Range(0, references.Length).Where(k => references[k] > 0)];

    /// <summary>Computes the rates of the given classes, all of which must have reference events.</summary>
    public OperatingPoint Finish(int[] kept) =>
        new(
            [.. kept.Select(k => references[k])],
            [.. kept.Select(k => truePositives[k])],
            [.. kept.Select(k => falsePositives[k])],
            [.. kept.Select(k => kept.Select(other => crossTriggers[k, other]).ToImmutableArray())],
            [.. kept.Select(k => (double)truePositives[k] / references[k])],
            [.. kept.Select(k => falsePositives[k] == 0 ? 0 : falsePositives[k] * options.UnitSeconds / seconds[k])],
            [.. kept.Select(k => kept.Select(other => CrossTriggerRate(k, other)).ToImmutableArray())]
        );

    private Rate CrossTriggerRate(int index, int other)
    {
        if (index == other)
            return 0;
        var count = crossTriggers[index, other] * options.UnitSeconds;
        return lengths[other] > 0 ? count / lengths[other]
            : count > 0 ? double.PositiveInfinity
            : Rate.Undefined($"the reference events of {classes[other]} have no length");
    }

    private CodedEvent[] Sorted(ReadOnlySpan<SoundEvent> events)
    {
        List<CodedEvent> coded = [];
        foreach (var (onset, offset, label) in events)
            if (classes.IndexOf(label) is var index and >= 0)
                coded.Add(new CodedEvent(onset, offset, index));
        return [.. coded.OrderBy(sound => sound.Onset)];
    }

    private static bool Touch(in CodedEvent detection, in CodedEvent truth) =>
        detection.Onset <= truth.Offset && truth.Onset <= detection.Offset;

    private static double Shared(in CodedEvent detection, in CodedEvent truth) =>
        Math.Min(detection.Offset, truth.Offset) - Math.Max(detection.Onset, truth.Onset);

    /// <summary>Whether a detection meets the detection tolerance criterion.</summary>
    private bool IsValid(in CodedEvent detection, CodedEvent[] truths)
    {
        CompensatedSum part = default;
        foreach (var truth in truths)
            if (truth.Class == detection.Class && Touch(detection, truth))
                part.Add(Shared(detection, truth) / (detection.Offset - detection.Onset));
        return part.Count > 0 && part.Value >= options.DetectionTolerance;
    }

    private static void Cover(in CodedEvent detection, CodedEvent[] truths, CompensatedSum[] covered)
    {
        for (var k = 0; k < truths.Length; k++)
            if (truths[k].Class == detection.Class && Touch(detection, truths[k]))
                covered[k].Add(Shared(detection, truths[k]) / (truths[k].Offset - truths[k].Onset));
    }

    private void Fail(in CodedEvent detection, CodedEvent[] truths, double duration)
    {
        if (detection.Onset <= duration)
            falsePositives[detection.Class]++;
        var parts = new CompensatedSum[classes.Count];
        foreach (var truth in truths)
            if (truth.Class != detection.Class && Touch(detection, truth))
                parts[truth.Class].Add(Shared(detection, truth) / (detection.Offset - detection.Onset));
        for (var other = 0; other < parts.Length; other++)
            if (parts[other].Count > 0 && parts[other].Value >= options.CrossTriggerTolerance)
                crossTriggers[detection.Class, other]++;
    }

    /// <summary>
    /// Kahan summation, as in pandas. Skips NaN, which is the shared fraction of an event of length 0.
    /// </summary>
    private struct CompensatedSum
    {
        private double correction;

        public int Count { get; private set; }

        public double Value { get; private set; }

        public void Add(double part)
        {
            Count++;
            if (double.IsNaN(part))
                return;
            var corrected = part - correction;
            var sum = Value + corrected;
            correction = sum - Value - corrected;
            Value = sum;
        }
    }
}
