using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Pairs;

/// <summary>Checks that a reference and an estimate in memory have the same clips.</summary>
internal static class SameClips
{
    /// <param name="reference">The number of clips of the reference.</param>
    /// <param name="estimated">The number of clips of the estimate.</param>
    public static void RequireCount(int reference, int estimated)
    {
        if (reference != estimated)
            throw new ArgumentException(
                $"The reference has {reference} clips and the estimate {estimated}; they must be the same clips.",
                nameof(estimated)
            );
    }

    /// <param name="classes">The classes.</param>
    /// <param name="first">The number of elements of the first array.</param>
    /// <param name="second">The number of elements of the second array.</param>
    /// <param name="parameter">The parameter name of the second array.</param>
    public static void RequireShape(ClassList classes, int first, int second, string parameter)
    {
        if (first != second || classes.Count == 0 || first % classes.Count != 0)
            throw new ArgumentException(
                $"Both must have the shape (clips, {classes.Count}), but have {first} and {second} elements.",
                parameter
            );
    }
}
