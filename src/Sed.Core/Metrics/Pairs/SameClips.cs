using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Pairs;

/// <summary>Checks that a reference and an estimate in memory have the same clips.</summary>
internal static class SameClips
{
    /// <param name="reference">Number of reference clips.</param>
    /// <param name="estimated">Number of estimated clips.</param>
    public static void RequireCount(int reference, int estimated)
    {
        if (reference != estimated)
            throw new ArgumentException(
                $"The reference has {reference} clips, but the estimate has {estimated}; they must have the same clips.",
                nameof(estimated)
            );
    }

    /// <param name="classes">Classes, the second axis of both arrays.</param>
    /// <param name="first">Number of elements of the first array.</param>
    /// <param name="second">Number of elements of the second array.</param>
    /// <param name="parameter">Parameter name of the second array, for the exception.</param>
    public static void RequireShape(ClassList classes, int first, int second, string parameter)
    {
        if (first != second || classes.Count == 0 || first % classes.Count != 0)
            throw new ArgumentException(
                $"Both arrays must have the shape (clips, {classes.Count}), but have {first} and {second} elements.",
                parameter
            );
    }
}
