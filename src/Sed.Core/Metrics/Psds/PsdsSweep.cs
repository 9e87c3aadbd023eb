using System.Collections.Immutable;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Computes the ROC curve of a class from the changes of its counts (true positives, false positives and cross-triggers) as
/// the threshold falls. Reuses its memory; not thread-safe.
/// </summary>
/// <param name="options">The parameters of PSDS.</param>
/// <param name="counted">The scored classes.</param>
/// <param name="lengths">Summed length of the reference events of each class, in seconds.</param>
internal sealed class PsdsSweep(PsdsOptions options, List<int> counted, double[] lengths)
{
    private readonly long[] crossTriggers = new long[lengths.Length];

    /// <summary>Computes the curve of one class.</summary>
    /// <param name="changes">The changes of the counts, in order of falling threshold.</param>
    /// <param name="classIndex">Position of the class.</param>
    /// <param name="references">Number of reference events.</param>
    /// <param name="total">
    /// Summed length of the files, in seconds, without times at which the class is not annotated.
    /// </param>
    /// <param name="weights">How often each file counts.</param>
    public ImmutableArray<RocPoint> Run(
        Change[] changes,
        int classIndex,
        long references,
        double total,
        ReadOnlySpan<int> weights
    )
    {
        // best[n] is the point with the smallest false positive rate at n true positives.
        var best = new RocPoint[references + 1];
        for (var found = 0; found < best.Length; found++)
            best[found] = new RocPoint(double.PositiveInfinity, (double)found / Math.Max(references, 1));
        best[0] = new RocPoint(0, 0, double.PositiveInfinity);

        Array.Clear(crossTriggers);
        var limit = options.MaxEffectiveFalsePositiveRate;
        long truePositives = 0;
        long falsePositives = 0;
        for (var k = 0; k < changes.Length; )
        {
            var key = changes[k].Key;
            for (; k < changes.Length && changes[k].Key == key; k++)
            {
                var change = changes[k];
                var delta = change.Delta * weights[change.File];
                if (change.Kind == Change.FalsePositives)
                    falsePositives += delta;
                else if (change.Kind == Change.TruePositives)
                    truePositives += delta;
                else
                    crossTriggers[change.Kind - Change.CrossTriggers] += delta;
            }
            // Cross-triggers only increase the rate, so they are not needed if false positives alone exceed the limit.
            var rate = falsePositives / total;
            if (rate * options.UnitSeconds > limit)
                continue;
            var effective = EffectiveRate(rate, classIndex) * options.UnitSeconds;
            if (effective < best[truePositives].FalsePositiveRate)
                best[truePositives] = new RocPoint(effective, best[truePositives].TruePositiveRate, ScoreOf(key));
        }
        return PsdRoc.Rising(best, limit);
    }

    private static double ScoreOf(ulong key) => new Change(key, 0, 0, 0).Score;

    private double EffectiveRate(double falsePositiveRate, int classIndex)
    {
        var others = options.CrossTriggers == CrossTriggerAverage.OverAllClasses ? counted.Count : counted.Count - 1;
        if (options.CrossTriggerWeight == 0 || others == 0)
            return falsePositiveRate;
        var sum = 0.0;
        foreach (var k in counted)
            if (k != classIndex)
                sum += crossTriggers[k] / Math.Max(lengths[k], 1e-12);
        return falsePositiveRate + options.CrossTriggerWeight * (sum / others);
    }
}
