using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Training;

public sealed partial record TrainingOptions
{
    /// <summary>
    /// Returns all problems of applying the augmentations to the given features; empty if there are none.
    /// </summary>
    /// <param name="features">The definition of the features.</param>
    public IReadOnlyList<Problem> FeatureProblems(FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return [.. Augmentations.SelectMany(augmentation => augmentation.ProblemsWith(features))];
    }

    private IEnumerable<Problem> AugmentationProblems()
    {
        foreach (var problem in Augmentations.SelectMany(augmentation => augmentation.Problems()))
            yield return problem;
        if (!AugmentsNormalised)
            yield break;
        if (Augmentations.Count == 0)
            yield return Problem.Of(
                "`augmentNormalised` has no effect, because there are no augmentations",
                "add `augment [ mixupPairs 1.0 ]`"
            );
        if (MeanTeacher is not null || Frozen is not null)
            yield return Problem.Of(
                "`augmentNormalised` is not possible with a mean teacher or frozen parts",
                "leave out `augmentNormalised`, or the mean teacher and the frozen parts"
            );
        foreach (var augmentation in Augmentations.Where(augmentation => augmentation.NeedsEnergies))
            yield return Problem.Of(
                $"{augmentation.Summary} is not possible with `augmentNormalised`, because the augmentation needs energies, but the output of the network's first layer contains none",
                "leave out the augmentation or `augmentNormalised`"
            );
    }
}
