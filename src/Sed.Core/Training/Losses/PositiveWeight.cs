using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Losses;

/// <summary>
/// The weight of a present class relative to an absent one in both losses, as data (PyTorch: pos_weight). Weights by class
/// frequency are resolved when the training clips are known.
/// </summary>
public abstract record PositiveWeight
{
    private PositiveWeight() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>Every reason the weight cannot be used; empty when it can.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>One weight per class; null where all are 1.</summary>
    /// <param name="tags">The tags of the labelled training clips, one array of presences per clip, in the order of the classes.</param>
    /// <param name="classes">Number of classes.</param>
    internal abstract float[]? Resolve(IEnumerable<ReadOnlyMemory<bool>> tags, int classes);

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
                    "it has to be above 0"
                );
        }

        internal override float[]? Resolve(IEnumerable<ReadOnlyMemory<bool>> tags, int classes) =>
            Weight == 1 ? null : [.. Enumerable.Repeat((float)Weight, classes)];
    }

    /// <summary>For each class, the number of labelled training clips without it divided by the number with it.</summary>
    [Key("byRarity")]
    public sealed record ByRarity : PositiveWeight
    {
        private const double Smallest = 1e-3;

        /// <inheritdoc/>
        public override string Summary => "by rarity";

        internal override float[] Resolve(IEnumerable<ReadOnlyMemory<bool>> tags, int classes)
        {
            var present = new int[classes];
            var clips = 0;
            foreach (var clip in tags)
            {
                clips++;
                for (var label = 0; label < classes; label++)
                    present[label] += clip.Span[label] ? 1 : 0;
            }
            // A class without any training clip keeps the weight 1, so that the loss stays defined.
            return
            [
                .. present.Select(count => count == 0 ? 1 : (float)Math.Max((double)(clips - count) / count, Smallest)),
            ];
        }
    }
}
