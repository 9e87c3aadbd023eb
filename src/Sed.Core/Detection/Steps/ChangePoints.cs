using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// Sound event bounding boxes from change points (cSEBBs: Ebbers, Germain, Wichern and Le Roux, Interspeech 2024,
    /// arXiv 2406.04212). The output is bounding boxes in seconds; the confidence of a box is the mean of its scores.
    /// The threshold selects boxes and does not move their boundaries. Change points must be the last step of a class.
    /// </summary>
    /// <remarks>
    /// A step filter slides over the scores, which are constant within a frame and 0 outside the clip. Its response at
    /// a time is the mean of the following half length minus the mean of the preceding half length. A box extends from
    /// a local maximum of the response to the next local minimum. Both ends of a box can lie within a frame, because
    /// half the filter need not be a whole number of frames. A constant response is treated like a falling one: a
    /// plateau of the scores that is longer than the filter begins a box or extends one. The authors' code
    /// (merlresearch/sebbs 1.0.1) does the same, apart from its rounding errors.
    /// </remarks>
    /// <param name="Seconds">Length of the step filter, above 0.</param>
    /// <param name="MergeDifference">
    /// Absolute merge threshold, from 0 to 1: two neighbouring boxes are merged if the maximum score of each box
    /// exceeds the minimum score in the gap between them by less than this value. Default 0, which disables this
    /// criterion.
    /// </param>
    /// <param name="MergeRatio">
    /// Relative merge threshold, at least 1: two neighbouring boxes are merged if the maximum score of each box is less
    /// than this ratio times the minimum score in the gap between them, with 0.001 added to the maximum and to the
    /// minimum. Default 1, which disables this criterion. If both thresholds are used, both conditions must hold; if
    /// neither is used, no boxes are merged.
    /// </param>
    [Key("boundingBoxes")]
    public sealed record ChangePoints(
        [property: Key("seconds")] double Seconds,
        [property: Key("mergeDifference")] double MergeDifference = 0,
        [property: Key("mergeRatio")] double MergeRatio = 1
    ) : DecodingStep
    {
        /// <summary>Distance in seconds below which two borders count as equal.</summary>
        internal const double Tolerance = 1e-7;

        private const double RatioOffset = 1e-3;

        private bool HasDifference => MergeDifference > 0;

        private bool HasRatio => MergeRatio > 1;

        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary
        {
            get
            {
                List<string> merged = [];
                if (HasDifference)
                    merged.Add(FormattableString.Invariant($"difference of {MergeDifference:R}"));
                if (HasRatio)
                    merged.Add(FormattableString.Invariant($"ratio of {MergeRatio:R}"));
                return FormattableString.Invariant($"change points with a filter of {Seconds:R} s")
                    + (merged.Count > 0 ? $", merged below a {string.Join(" and a ", merged)}" : "");
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

        /// <summary>The boxes of one class in one clip, ordered by onset and separated by gaps.</summary>
        /// <param name="scores">Score of each frame.</param>
        /// <param name="framesPerSecond">Number of frames per second.</param>
        public IReadOnlyList<EventBox> Boxes(ReadOnlySpan<float> scores, double framesPerSecond)
        {
            var spans = Falling(scores, framesPerSecond);
            Merge(spans, scores);
            var sums = new double[scores.Length + 1];
            for (var frame = 0; frame < scores.Length; frame++)
                sums[frame + 1] = sums[frame] + scores[frame];
            var boxes = new EventBox[spans.Count];
            for (var k = 0; k < boxes.Length; k++)
            {
                var (from, to) = spans[k];
                var mean = (SumUntil(to, sums, scores) - SumUntil(from, sums, scores)) / (to - from);
                boxes[k] = new(SecondsOf(from, framesPerSecond), SecondsOf(to, framesPerSecond), mean);
            }
            return boxes;
        }

        /// <summary>
        /// Replaces each score by the confidence of the box at the frame's centre, or 0. <see cref="Boxes"/> has the
        /// exact borders.
        /// </summary>
        internal override void Apply(Span<float> scores, double framesPerSecond) =>
            Fill(scores, Boxes(scores, framesPerSecond), framesPerSecond);

        /// <summary>Writes the confidence of the box at each frame's centre, or 0.</summary>
        internal static void Fill(Span<float> scores, IReadOnlyList<EventBox> boxes, double framesPerSecond)
        {
            scores.Clear();
            foreach (var (onset, offset, confidence) in boxes)
                for (
                    var frame = (int)Math.Ceiling(onset * framesPerSecond - 0.5);
                    frame < scores.Length && frame + 0.5 < offset * framesPerSecond;
                    frame++
                )
                    scores[frame] = (float)confidence;
        }

        /// <summary>
        /// The parts of the clip in which the filter's response does not rise, from a local maximum to the next local
        /// minimum, in frames.
        /// </summary>
        /// <remarks>
        /// The response is linear between the times at which an end or the centre of the filter passes a frame border.
        /// Between these times, its slope is proportional to the second difference of the scores at the two ends and the
        /// centre of the filter. Where these three scores are equal, the second difference is exactly 0, unlike a
        /// difference of sums, so rounding errors add no boxes.
        /// </remarks>
        private List<(double From, double To)> Falling(ReadOnlySpan<float> scores, double framesPerSecond)
        {
            var tolerance = Tolerance * framesPerSecond;
            var half = Math.Min(Seconds / 2 * framesPerSecond, scores.Length + 1);
            var whole = (int)Math.Floor(half + tolerance);
            var rest = half - whole <= tolerance ? 0 : half - whole;
            // Positions within a frame at which an end or the centre of the filter passes a border.
            List<double> breaks = [0];
            foreach (var at in rest < 0.5 ? (double[])[rest, 1 - rest] : [1 - rest, rest])
                if (at - breaks[^1] > tolerance && at < 1)
                    breaks.Add(at);
            List<(double, double)> spans = [];
            var from = -1.0;
            for (var frame = 0; frame < scores.Length; frame++)
            for (var part = 0; part < breaks.Count; part++)
            {
                var middle = (breaks[part] + (part + 1 < breaks.Count ? breaks[part + 1] : 1)) / 2;
                double here = scores[frame];
                var before = ScoreAt(scores, frame - whole - (middle < rest ? 1 : 0));
                var after = ScoreAt(scores, frame + whole + (middle + rest >= 1 ? 1 : 0));
                var rises = after - here > here - before;
                if (!rises && from < 0)
                    from = frame + breaks[part];
                if (rises && from >= 0)
                {
                    spans.Add((from, frame + breaks[part]));
                    from = -1;
                }
            }
            if (from >= 0)
                spans.Add((from, scores.Length));
            return spans;
        }

        /// <summary>Merges all qualifying neighbours at once, by the scores of the boxes before merging.</summary>
        private void Merge(List<(double From, double To)> spans, ReadOnlySpan<float> scores)
        {
            if (!HasDifference && !HasRatio)
                return;
            var count = 0;
            var left = double.NaN; // maximum score of the last box before merging
            foreach (var span in spans.ToArray())
            {
                var right = Extreme(scores, span.From, span.To, 1) + RatioOffset;
                if (count > 0)
                {
                    var gap = Extreme(scores, spans[count - 1].To, span.From, -1) + RatioOffset;
                    if (Qualify(left, gap) && Qualify(right, gap))
                        spans[count - 1] = (spans[count - 1].From, span.To);
                    else
                        spans[count++] = span;
                }
                else
                    spans[count++] = span;
                left = right;
            }
            spans.RemoveRange(count, spans.Count - count);

            bool Qualify(double box, double gap) =>
                (!HasDifference || box - gap < MergeDifference) && (!HasRatio || box / gap < MergeRatio);
        }

        /// <summary>
        /// The maximum (sign 1) or minimum (sign -1) of the scores of the frames that a span overlaps.
        /// </summary>
        private static double Extreme(ReadOnlySpan<float> scores, double from, double to, int sign)
        {
            var extreme = double.NegativeInfinity;
            for (var frame = (int)from; frame < to; frame++)
                extreme = Math.Max(extreme, sign * (double)scores[frame]);
            return sign * extreme;
        }

        private static double ScoreAt(ReadOnlySpan<float> scores, int frame) =>
            (uint)frame < (uint)scores.Length ? scores[frame] : 0;

        private static double SumUntil(double position, double[] sums, ReadOnlySpan<float> scores) =>
            (int)position is var frame && frame < scores.Length
                ? sums[frame] + (position - frame) * scores[frame]
                : sums[frame];

        /// <summary>
        /// Converts a position in frames to seconds. Borders of frames are exact; other positions are rounded to 10 ns.
        /// </summary>
        private static double SecondsOf(double position, double framesPerSecond) =>
            position == Math.Floor(position)
                ? position / framesPerSecond
                : Math.Round(position / framesPerSecond, 8, MidpointRounding.AwayFromZero);
    }
}

/// <summary>A sound event bounding box of one class (SEBB; Ebbers et al. 2024): an event with a confidence.</summary>
/// <param name="Onset">Start in seconds.</param>
/// <param name="Offset">End in seconds, after <paramref name="Onset"/>.</param>
/// <param name="Confidence">
/// Mean of the scores between onset and offset. The event is detected at thresholds up to this value.
/// </param>
public readonly record struct EventBox(double Onset, double Offset, double Confidence);
