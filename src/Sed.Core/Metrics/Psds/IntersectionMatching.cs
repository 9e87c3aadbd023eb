using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Counts the events of a file by intersection as sed_scores_eval does: lengths are rounded to microseconds. Estimated
/// events of length 0 and reference rows "0 0 label", which give no time, are left out. A detection with less than
/// half of its length within annotated times is not a false positive.
/// </summary>
internal sealed class IntersectionMatching(ClassList classes, PsdsOptions options)
{
    public IntersectionCounts Count(EventPairs pairs, int file)
    {
        var reference = pairs.ReferenceOf(file);
        var estimated = pairs.EstimatedOf(file);
        var values = IntersectionCounts.Zeros(classes, IntersectionCounts.PerClass);
        var covered = new double[reference.Length];
        foreach (ref readonly var detection in estimated)
        {
            if (detection.Offset <= detection.Onset)
                continue;
            var shared = 0.0;
            foreach (ref readonly var truth in reference)
                shared += Shared(detection, truth);
            if (Microseconds.Of(shared) < Needed(options.DetectionTolerance, detection))
            {
                if (pairs.KnownOf(file, detection.Class).ContainHalf(detection.Onset, detection.Offset))
                    Add(values, detection.Class, outcome: 1);
            }
            else
                for (var k = 0; k < reference.Length; k++)
                    covered[k] += Shared(detection, reference[k]);
        }
        for (var k = 0; k < reference.Length; k++)
            if (reference[k] is not { Onset: 0, Offset: 0 })
                Add(
                    values,
                    reference[k].Class,
                    Microseconds.Of(covered[k]) >= Needed(options.GroundTruthIntersection, reference[k]) ? 0 : 2
                );
        values[4] = 1;
        return new IntersectionCounts(classes, options, values);
    }

    private static double Needed(double part, in CodedEvent sound) =>
        Microseconds.Of(part * (sound.Offset - sound.Onset));

    private static double Shared(in CodedEvent detection, in CodedEvent truth) =>
        detection.Class == truth.Class
            ? Math.Max(Math.Min(detection.Offset, truth.Offset) - Math.Max(detection.Onset, truth.Onset), 0)
            : 0;

    private static void Add(long[] values, int k, int outcome)
    {
        values[outcome]++;
        values[IntersectionCounts.Header + (IntersectionCounts.PerClass * k) + outcome]++;
    }
}
