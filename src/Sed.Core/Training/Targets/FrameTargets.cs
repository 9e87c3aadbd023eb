using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sed.Core.Annotations;
using Sed.Core.Scoring;

namespace Sed.Core.Training.Targets;

/// <summary>
/// Frame targets: a value from 0 to 1 for each frame and class. They come from annotated events or from the outputs of
/// another network (pseudo-labels). Clips are identified by name; a clip may have no targets.
/// </summary>
public abstract class FrameTargets
{
    /// <summary>Number of classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Whether a clip has frame targets.</summary>
    public abstract bool Knows(string clip);

    /// <summary>Canonical key of these targets, with a hash of their values.</summary>
    internal abstract JsonNode Key { get; }

    /// <summary>Writes the targets of a clip for which <see cref="Knows"/> is true.</summary>
    /// <param name="clip">Name of the clip.</param>
    /// <param name="possible">
    /// Whether each class may be present in the clip according to its tags, shape (classes). Empty if the tags of the
    /// clip are not used.
    /// </param>
    /// <param name="frameSeconds">Hop of the target frames, in seconds; frame k starts at k hops.</param>
    /// <param name="values">Output, row-major, shape (frames, classes).</param>
    internal abstract void Fill(string clip, ReadOnlySpan<bool> possible, double frameSeconds, Span<float> values);

    /// <summary>
    /// The length that the targets of a clip cover, and their hop, both in seconds. Null if the clip has no targets, or
    /// if its targets fit any length.
    /// </summary>
    /// <param name="clip">Name of the clip.</param>
    internal virtual (double Seconds, double HopSeconds)? LengthOf(string clip) => null;

    /// <summary>
    /// Creates targets from events. In frames that overlap an event of the class, the target is 1, or the confidence of
    /// the event if it has one. In all other frames, it is 0.
    /// </summary>
    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="events">
    /// Events of the clips. Events of zero length (DCASE 2017: tagged, but not audible) activate no frame.
    /// </param>
    /// <exception cref="ArgumentException">The label of an event is not a class.</exception>
    public static FrameTargets FromEvents(ClassList classes, EventList events) => new EventTargets(classes, events);

    /// <summary>
    /// Creates pseudo-labels from a network's strong output. If the hops differ, each target frame is the mean of the
    /// network's frames that overlap it, weighted by the overlap.
    /// </summary>
    /// <param name="scores">The network's scores; only the strong output is used.</param>
    /// <param name="threshold">
    /// Threshold of hard pseudo-labels, between 0 and 1: a pseudo-label is 1 if the probability is at least the
    /// threshold, otherwise 0. Null: soft pseudo-labels, which are the probabilities themselves.
    /// </param>
    /// <param name="withinTags">
    /// Whether the pseudo-labels of classes that are not among a clip's tags are set to 0, provided that the tags are
    /// known. Default true.
    /// </param>
    /// <exception cref="ArgumentException">A score or the threshold is out of range.</exception>
    public static FrameTargets FromScores(ClipScores scores, double? threshold = null, bool withinTags = true) =>
        new ScoreTargets(scores, threshold, withinTags);

    /// <summary>Combines these targets with fallback targets, which are used for clips without targets here.</summary>
    /// <exception cref="ArgumentException">The numbers of classes differ.</exception>
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
                    $"Targets of {first.Classes} classes cannot be combined with targets of {second.Classes}.",
                    nameof(second)
                );
            this.first = first;
            this.second = second;
        }

        public override int Classes => first.Classes;

        public override bool Knows(string clip) => first.Knows(clip) || second.Knows(clip);

        internal override JsonNode Key =>
            new JsonObject { ["first"] = first.Key.DeepClone(), ["else"] = second.Key.DeepClone() };

        internal override (double Seconds, double HopSeconds)? LengthOf(string clip) =>
            (first.Knows(clip) ? first : second).LengthOf(clip);

        internal override void Fill(
            string clip,
            ReadOnlySpan<bool> possible,
            double frameSeconds,
            Span<float> values
        ) => (first.Knows(clip) ? first : second).Fill(clip, possible, frameSeconds, values);
    }
}
