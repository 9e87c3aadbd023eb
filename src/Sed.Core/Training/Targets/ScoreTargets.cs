using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Sed.Core.Scoring;

namespace Sed.Core.Training.Targets;

/// <summary>Pseudo-labels from a network's scores; see <see cref="FrameTargets.FromScores"/>.</summary>
internal sealed class ScoreTargets : FrameTargets
{
    private readonly ClipScores scores;
    private readonly double? threshold;
    private readonly bool withinTags;
    private readonly Dictionary<string, int> clips;
    private readonly Lazy<JsonNode> key;

    public ScoreTargets(ClipScores scores, double? threshold, bool withinTags)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (threshold is { } limit && !(limit > 0 && limit < 1))
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"The threshold of pseudo-labels is {limit:R}; it must be between 0 and 1."
                ),
                nameof(threshold)
            );
        var strange = Array.FindIndex(scores.Strong, value => !(value >= 0 && value <= 1));
        if (strange >= 0)
        {
            var frame = strange / scores.Classes;
            var clip = Enumerable.Range(0, scores.Names.Count).Last(clip => scores.FirstFrameOf(clip) <= frame);
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"The score of {scores.Names[clip]} in frame {frame - scores.FirstFrameOf(clip)} is {scores.Strong[strange]}; scores must be probabilities from 0 to 1."
                ),
                nameof(scores)
            );
        }
        this.scores = scores;
        this.threshold = threshold;
        this.withinTags = withinTags;
        clips = scores.Names.Select((name, clip) => (name, clip)).ToDictionary(at => at.name, at => at.clip);
        key = new(MakeKey);
    }

    public override int Classes => scores.Classes;

    public override bool Knows(string clip) => clips.ContainsKey(clip);

    internal override JsonNode Key => key.Value;

    internal override (double Seconds, double HopSeconds)? LengthOf(string clip) =>
        clips.TryGetValue(clip, out var at) ? (scores.FramesOf(at) * scores.HopSeconds, scores.HopSeconds) : null;

    internal override void Fill(string clip, ReadOnlySpan<bool> possible, double frameSeconds, Span<float> values)
    {
        Resample(scores.StrongOf(clips[clip]), frameSeconds, values);
        if (threshold is { } limit)
            foreach (ref var value in values)
                value = value >= limit ? 1 : 0;
        if (!withinTags || possible.IsEmpty)
            return;
        for (var at = 0; at < values.Length; at++)
            if (!possible[at % Classes])
                values[at] = 0;
    }

    /// <summary>
    /// Resamples to a different hop: each target frame is the mean of the source frames that overlap it, weighted by the
    /// overlap.
    /// </summary>
    private void Resample(ReadOnlySpan<float> said, double frameSeconds, Span<float> values)
    {
        // Number of source frames per target frame. Because of rounding, the targets may be slightly longer or shorter
        // than the scores.
        var length = frameSeconds / scores.HopSeconds;
        if (Math.Abs(length - 1) < 1e-9 && values.Length == said.Length)
        {
            said.CopyTo(values);
            return;
        }
        var last = said.Length / Classes - 1;
        for (var frame = 0; frame * Classes < values.Length; frame++)
        {
            var (start, end) = (frame * length, (frame + 1) * length);
            var (from, to) = ((int)Math.Floor(start + 1e-6), (int)Math.Ceiling(end - 1e-6));
            for (var k = 0; k < Classes; k++)
            {
                double sum = 0;
                for (var other = from; other < to; other++)
                {
                    var shared = Math.Min(end, other + 1) - Math.Max(start, other);
                    sum += shared * said[Math.Min(other, last) * Classes + k];
                }
                values[frame * Classes + k] = (float)Math.Clamp(sum / length, 0, 1);
            }
        }
    }

    private JsonObject MakeKey()
    {
        var hash = Hash(sums =>
        {
            sums.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', scores.Names)));
            sums.AppendData(MemoryMarshal.AsBytes<double>([scores.Frames, scores.HopSeconds]));
            sums.AppendData(MemoryMarshal.AsBytes<float>(scores.Strong));
        });
        return new JsonObject
        {
            ["scores"] = hash,
            ["threshold"] = threshold,
            ["withinTags"] = withinTags,
        };
    }
}
