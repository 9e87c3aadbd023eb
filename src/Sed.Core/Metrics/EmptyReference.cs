namespace Sed.Core.Metrics;

/// <summary>Error rates where the reference has nothing at all.</summary>
public enum EmptyReference
{
    /// <summary>Every error rate divides by the reference count plus 2^-52, so that one insertion over nothing is 4.5e15 (sed_eval).</summary>
    AddEpsilon,

    /// <summary>Undefined, and left out of averages or counted as zero like every undefined value.</summary>
    Undefined,
}
