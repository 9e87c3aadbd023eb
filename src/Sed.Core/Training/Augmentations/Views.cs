using Sed.Core.Features;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Augmentations that are drawn independently for a mean teacher and its student, so that the two networks get different
/// views of the same batch. Nam et al. (2022, arXiv 2110.03282) use FilterAugment in this way. The augmentations must not
/// change labels. They are applied after all augmentations that both networks share. Without a mean teacher, there is only
/// one view.
/// </summary>
/// <param name="Inner">The augmentations, in the order of their application; at least one.</param>
[Key("views")]
public sealed record Views([property: Key("augmentations")] IReadOnlyList<Augmentation> Inner) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => $"views with {string.Join(" and ", Inner.Select(inner => inner.Summary))}";

    /// <inheritdoc/>
    public bool Equals(Views? other) => other is not null && Inner.SequenceEqual(other.Inner);

    /// <inheritdoc/>
    public override int GetHashCode() => Inner.Aggregate(Inner.Count, (hash, inner) => HashCode.Combine(hash, inner));

    internal override bool IsPerNetwork => true;

    /// <inheritdoc/>
    public override bool NeedsEnergies => Inner.Any(inner => inner.NeedsEnergies);

    internal override bool NeedsScale => Inner.Any(inner => inner.NeedsScale);

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (Inner.Count == 0)
            yield return Problem.Of(
                "`views` has no augmentations",
                "give at least one, for example `views [ specAugment 20 8 ]`"
            );
        foreach (var inner in Inner.Where(inner => inner.ChangesLabels))
            yield return Problem.Of(
                $"{inner.Summary} in `views` would give student and teacher different labels",
                "put it before `views`, so that both get the same batch"
            );
        foreach (var problem in Inner.SelectMany(inner => inner.Problems()))
            yield return problem;
    }

    internal override IEnumerable<Problem> ProblemsWith(FeatureSource features) =>
        Inner.SelectMany(inner => inner.ProblemsWith(features));

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw) =>
        Inner.Aggregate(batch, (changed, inner) => inner.Apply(changed, draw));
}
