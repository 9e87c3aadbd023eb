using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sed.Core.Annotations;
using Sed.Core.Scoring;

namespace Sed.Core.Training.Targets;

/// <summary>
/// What the frames of clips are held against, a value from 0 to 1 for each class and frame: from events that somebody wrote
/// down, or from what another network said (pseudo labels). Clips are known by their names; about some nothing may be known.
/// </summary>
public abstract class FrameTargets
{
    /// <summary>Number of classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Whether anything is known about a clip's frames.</summary>
    public abstract bool Knows(string clip);

    /// <summary>The canonical key of these targets, which contains a hash of their values.</summary>
    internal abstract JsonNode Key { get; }

    /// <summary>Writes the targets of a clip that is known.</summary>
    /// <param name="clip">Its name.</param>
    /// <param name="possible">The classes that it may have, as its tags say; empty where these are unknown.</param>
    /// <param name="frameSeconds">Distance between the frames that are held against them; frame k begins after k of them.</param>
    /// <param name="values">Frame after frame, shape (frames, classes).</param>
    internal abstract void Fill(string clip, ReadOnlySpan<bool> possible, double frameSeconds, Span<float> values);

    /// <summary>How long what is known of each clip lasts, in seconds; null where any length will do.</summary>
    internal virtual double? Seconds => null;

    /// <summary>1 in each frame that an event of the class touches and 0 in others.</summary>
    /// <param name="classes">The classes, in the order of the outputs.</param>
    /// <param name="events">The events of the clips. Those without a length (DCASE 2017: tagged, but not heard) touch no frame.</param>
    /// <exception cref="ArgumentException">An event's label is no class.</exception>
    public static FrameTargets FromEvents(ClassList classes, EventList events) => new EventTargets(classes, events);

    /// <summary>
    /// What a network said of clips. Other frames than its own hold the mean of its frames within them, each weighted by the
    /// time that they share, so that a coarser network's frames are repeated.
    /// </summary>
    /// <param name="scores">What it said; the strong output is taken.</param>
    /// <param name="threshold">From here on a frame is 1, and 0 below (hard); null keeps probabilities (soft).</param>
    /// <param name="withinTags">Whether classes that a clip's tags do not name are 0, where its tags are known. Default true.</param>
    /// <exception cref="ArgumentException">A score is no probability, or the threshold does not lie between 0 and 1.</exception>
    public static FrameTargets FromScores(ClipScores scores, double? threshold = null, bool withinTags = true) =>
        new ScoreTargets(scores, threshold, withinTags);

    /// <summary>These targets, and others for the clips that these know nothing about.</summary>
    /// <exception cref="ArgumentException">The others are of other classes.</exception>
    public FrameTargets Else(FrameTargets others) => new OneOrOther(this, others);

    private protected static string Hash(Action<IncrementalHash> add)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        add(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class OneOrOther : FrameTargets
    {
        private readonly FrameTargets first;
        private readonly FrameTargets second;

        public OneOrOther(FrameTargets first, FrameTargets second)
        {
            ArgumentNullException.ThrowIfNull(second);
            if (first.Classes != second.Classes)
                throw new ArgumentException(
                    $"Targets of {first.Classes} classes cannot be joined with targets of {second.Classes}.",
                    nameof(second)
                );
            this.first = first;
            this.second = second;
        }

        public override int Classes => first.Classes;

        public override bool Knows(string clip) => first.Knows(clip) || second.Knows(clip);

        internal override JsonNode Key =>
            new JsonObject { ["first"] = first.Key.DeepClone(), ["else"] = second.Key.DeepClone() };

        internal override double? Seconds => first.Seconds ?? second.Seconds;

        internal override void Fill(
            string clip,
            ReadOnlySpan<bool> possible,
            double frameSeconds,
            Span<float> values
        ) => (first.Knows(clip) ? first : second).Fill(clip, possible, frameSeconds, values);
    }
}
