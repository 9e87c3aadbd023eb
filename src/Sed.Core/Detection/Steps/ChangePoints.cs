using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// Sound event bounding boxes from change points (cSEBBs: Ebbers, Germain, Wichern and Le Roux, Interspeech 2024, arXiv
    /// 2406.04212). An event extends from the steepest rise of the scores to the steepest fall after it, independent of the
    /// threshold, and its confidence is its mean score. Scores become the confidence inside a box and 0 elsewhere, so the
    /// threshold selects boxes and does not move their boundaries.
    /// </summary>
    /// <param name="Seconds">
    /// Length of the step filter, above 0. The filter's response is the mean of its second half minus the mean of its first half.
    /// </param>
    /// <param name="MergeDifference">
    /// Absolute merge threshold, from 0 (the default, off) to 1: neighbouring boxes are merged if the lower of their confidences
    /// exceeds the mean score of the gap by less than this.
    /// </param>
    /// <param name="MergeRatio">
    /// Relative merge threshold, at least 1 (the default, off): neighbouring boxes are merged if the lower of their confidences
    /// is less than this many times the mean score of the gap.
    /// </param>
    [Key("changePoints")]
    public sealed record ChangePoints(
        [property: Key("seconds")] double Seconds,
        [property: Key("mergeDifference")] double MergeDifference = 0,
        [property: Key("mergeRatio")] double MergeRatio = 1
    ) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary
        {
            get
            {
                List<string> merged = [];
                if (MergeDifference > 0)
                    merged.Add(FormattableString.Invariant($"difference of {MergeDifference:R}"));
                if (MergeRatio > 1)
                    merged.Add(FormattableString.Invariant($"ratio of {MergeRatio:R}"));
                return FormattableString.Invariant($"change points with a filter of {Seconds:R} s")
                    + (merged.Count > 0 ? $", merged below a {string.Join(" or a ", merged)}" : "");
            }
        }

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Seconds > 0 && double.IsFinite(Seconds)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the change point filter is {Seconds:R} s long"),
                    "it must be longer than 0 s, for example 0.5 s"
                );
            if (!(MergeDifference is >= 0 and <= 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the merge difference is {MergeDifference:R}"),
                    "it must lie between 0 (off) and 1"
                );
            if (!(MergeRatio >= 1 && double.IsFinite(MergeRatio)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the merge ratio is {MergeRatio:R}"),
                    "it must be 1 (off) or more"
                );
        }

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            var sums = new double[scores.Length + 1];
            for (var frame = 0; frame < scores.Length; frame++)
                sums[frame + 1] = sums[frame] + scores[frame];
            var boxes = Boxes(sums, Math.Max(1, Frames(Seconds, framesPerSecond) / 2));
            Merge(boxes, sums);
            scores.Clear();
            foreach (var (onset, offset) in boxes)
                scores[onset..offset].Fill((float)Mean(sums, onset, offset));
        }

        private static double Mean(double[] sums, int from, int to) => (sums[to] - sums[from]) / (to - from);

        /// <summary>
        /// Onsets and offsets, as boundaries between frames. Of several rises before a fall, the steepest is the onset; of several
        /// falls before a rise, the steepest is the offset.
        /// </summary>
        /// <param name="sums">Cumulative scores: the sum of all frames before each boundary.</param>
        /// <param name="half">Half of the filter's length, in frames.</param>
        private static List<(int Onset, int Offset)> Boxes(double[] sums, int half)
        {
            List<(int, int)> boxes = [];
            var frames = sums.Length - 1;
            var (onset, offset) = (-1, -1);
            var (steepestRise, steepestFall) = (0.0, 0.0);
            for (var boundary = 0; boundary <= frames; boundary++)
            {
                var after = sums[Math.Min(boundary + half, frames)] - sums[boundary];
                var before = sums[boundary] - sums[Math.Max(boundary - half, 0)];
                var change = after - before;
                if (change > 0 && offset >= 0)
                {
                    boxes.Add((onset, offset));
                    (onset, offset, steepestRise, steepestFall) = (-1, -1, 0, 0);
                }
                if (change > steepestRise && offset < 0)
                    (onset, steepestRise) = (boundary, change);
                else if (change < steepestFall && onset >= 0)
                    (offset, steepestFall) = (boundary, change);
            }
            if (offset >= 0)
                boxes.Add((onset, offset));
            return boxes;
        }

        /// <summary>Merges neighbouring boxes, those with the smallest difference first, until no pair qualifies.</summary>
        private void Merge(List<(int Onset, int Offset)> boxes, double[] sums)
        {
            while (true)
            {
                var (closest, smallest) = (-1, double.PositiveInfinity);
                for (var k = 0; k + 1 < boxes.Count; k++)
                {
                    var gap = Mean(sums, boxes[k].Offset, boxes[k + 1].Onset);
                    var lower = Math.Min(Confidence(boxes[k]), Confidence(boxes[k + 1]));
                    if ((lower - gap < MergeDifference || lower < MergeRatio * gap) && lower - gap < smallest)
                        (closest, smallest) = (k, lower - gap);
                }
                if (closest < 0)
                    return;
                boxes[closest] = (boxes[closest].Onset, boxes[closest + 1].Offset);
                boxes.RemoveAt(closest + 1);
            }

            double Confidence((int Onset, int Offset) box) => Mean(sums, box.Onset, box.Offset);
        }
    }
}
