using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Losses;

/// <summary>
/// The weight of present classes relative to absent classes in the strong and in the weak loss (PyTorch: pos_weight).
/// <see cref="Resolve"/> computes frequency-based weights from the training clips.
/// </summary>
public abstract record PositiveWeight
{
    private PositiveWeight() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of the weight; empty if it is valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>Computes one weight per class; null if all weights are 1.</summary>
    /// <param name="tags">Tags of the labelled training clips.</param>
    /// <param name="classes">Number of classes.</param>
    internal abstract float[]? Resolve(IEnumerable<TagsOfClip> tags, int classes);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>The same weight for every class.</summary>
    /// <param name="Weight">Above 0. 1 treats present and absent classes alike.</param>
    [Key("same")]
    public sealed record Same([property: Key("weight")] double Weight = 1) : PositiveWeight
    {
        /// <inheritdoc/>
        public override string Summary => FormattableString.Invariant($"{Weight:R}");

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Weight > 0 && double.IsFinite(Weight)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the weight of present classes is {Weight:R}"),
                    "it must be finite and greater than 0"
                );
        }

        internal override float[]? Resolve(IEnumerable<TagsOfClip> tags, int classes) =>
            Weight == 1 ? null : [.. Enumerable.Repeat((float)Weight, classes)];
    }

    /// <summary>
    /// For each class, the number of labelled training clips without the class divided by the number with it. Clips in
    /// which the tag of the class is not annotated are left out.
    /// </summary>
    [Key("byRarity")]
    public sealed record ByRarity : PositiveWeight
    {
        private const double Smallest = 1e-3;

        /// <inheritdoc/>
        public override string Summary => "by rarity";

        internal override float[] Resolve(IEnumerable<TagsOfClip> tags, int classes)
        {
            var (present, absent) = (new int[classes], new int[classes]);
            foreach (var clip in tags)
                for (var label = 0; label < classes; label++)
                    if (clip.IsPresent(label))
                        present[label]++;
                    else if (clip.IsKnown(label))
                        absent[label]++;
            // A class without training clips has weight 1, which avoids a division by zero.
            return
            [
                .. present.Zip(
                    absent,
                    (with, without) => with == 0 ? 1 : (float)Math.Max((double)without / with, Smallest)
                ),
            ];
        }
    }
}

/// <summary>The tags of a clip.</summary>
/// <param name="Tags">Tags of all clips, shape (clips, classes).</param>
/// <param name="Known">Whether each tag is known; null: all tags are known.</param>
/// <param name="Start">Position of the clip's first tag.</param>
internal readonly record struct TagsOfClip(bool[] Tags, bool[]? Known, int Start)
{
    /// <summary>Whether a class is present in the clip.</summary>
    public bool IsPresent(int label) => Tags[Start + label];

    /// <summary>Whether the tag of a class is known for the clip.</summary>
    public bool IsKnown(int label) => Known is null || Known[Start + label];
}
