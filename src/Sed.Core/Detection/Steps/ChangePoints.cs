using System.Text.Json.Serialization;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// Sound event bounding boxes from change points (cSEBBs: Ebbers, Germain, Wichern and Le Roux, Interspeech 2024, arXiv
    /// 2406.04212): an event lies between the steepest rise of the scores and the steepest fall that follows, whatever the
    /// threshold, and has one confidence, the mean of its scores. Between boxes the score is 0, so a threshold decides which
    /// boxes are events and does not move their borders.
    /// </summary>
    /// <param name="Seconds">
    /// Length of the step filter, above 0: the mean of its second half less that of its first one is the change.
    /// </param>
    /// <param name="MergeDifference">
    /// Neighbouring boxes are one where the mean score between them lies less than so much below the confidence of both, from
    /// 0 (the default, never) to 1.
    /// </param>
    /// <param name="MergeRatio">
    /// Neighbouring boxes are one where the confidence of both is less than so many times the mean score between them; 1 (the
    /// default) is never.
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
                    merged.Add(FormattableString.Invariant($"a fall below {MergeDifference:R}"));
                if (MergeRatio > 1)
                    merged.Add(FormattableString.Invariant($"a ratio below {MergeRatio:R}"));
                return FormattableString.Invariant($"change points by a filter of {Seconds:R} s")
                    + (merged.Count > 0 ? $", merged over {string.Join(" or ", merged)}" : "");
            }
        }

        /// <inheritdoc/>
        public override IEnumerable<string> Problems()
        {
            if (!(Seconds > 0 && double.IsFinite(Seconds)))
                yield return FormattableString.Invariant(
                    $"the filter for change points is {Seconds:R} s long; give it a length, for example 0.5 s"
                );
            if (!(MergeDifference is >= 0 and <= 1))
                yield return FormattableString.Invariant(
                    $"boxes are merged over a fall below {MergeDifference:R}; it lies between 0, which is never, and 1"
                );
            if (!(MergeRatio >= 1 && double.IsFinite(MergeRatio)))
                yield return FormattableString.Invariant(
                    $"boxes are merged over a ratio below {MergeRatio:R}; it is 1, which is never, or more"
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
        /// The borders between frames at which events begin and end. Where scores rise in several steps, the steepest of them is
        /// the onset, and likewise of falls.
        /// </summary>
        /// <param name="sums">The sum of the scores before each border.</param>
        /// <param name="half">Frames of half a filter.</param>
        private static List<(int Onset, int Offset)> Boxes(double[] sums, int half)
        {
            List<(int, int)> boxes = [];
            var frames = sums.Length - 1;
            var (onset, offset) = (-1, -1);
            var (steepestRise, steepestFall) = (0.0, 0.0);
            for (var border = 0; border <= frames; border++)
            {
                var behind = sums[Math.Min(border + half, frames)] - sums[border];
                var before = sums[border] - sums[Math.Max(border - half, 0)];
                var change = behind - before;
                if (change > 0 && offset >= 0)
                {
                    boxes.Add((onset, offset));
                    (onset, offset, steepestRise, steepestFall) = (-1, -1, 0, 0);
                }
                if (change > steepestRise && offset < 0)
                    (onset, steepestRise) = (border, change);
                else if (change < steepestFall && onset >= 0)
                    (offset, steepestFall) = (border, change);
            }
            if (offset >= 0)
                boxes.Add((onset, offset));
            return boxes;
        }

        /// <summary>Makes one box of two, those with the smallest fall between them first, until every fall is deep enough.</summary>
        private void Merge(List<(int Onset, int Offset)> boxes, double[] sums)
        {
            while (true)
            {
                var (shallowest, smallest) = (-1, double.PositiveInfinity);
                for (var k = 0; k + 1 < boxes.Count; k++)
                {
                    var between = Mean(sums, boxes[k].Offset, boxes[k + 1].Onset);
                    var lower = Math.Min(Confidence(boxes[k]), Confidence(boxes[k + 1]));
                    if (
                        (lower - between < MergeDifference || lower < MergeRatio * between)
                        && lower - between < smallest
                    )
                        (shallowest, smallest) = (k, lower - between);
                }
                if (shallowest < 0)
                    return;
                boxes[shallowest] = (boxes[shallowest].Onset, boxes[shallowest + 1].Offset);
                boxes.RemoveAt(shallowest + 1);
            }

            double Confidence((int Onset, int Offset) box) => Mean(sums, box.Onset, box.Offset);
        }
    }
}
