namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Dropout whose mask is a function of a seed and the element's index (the 32-bit finaliser of MurmurHash3), so that
/// nobody stores it, every thread finds the same one, and the backward pass makes it again.
/// </summary>
/// <param name="Rate">Share of elements set to zero, in [0, 1).</param>
/// <param name="Seed">One per layer and step.</param>
internal readonly record struct Dropout(double Rate, uint Seed)
{
    /// <summary>No dropout at all.</summary>
    public static readonly Dropout None = default;

    /// <summary>Whether anything is dropped.</summary>
    public bool Active => Rate > 0;

    /// <summary>What is kept is multiplied by this.</summary>
    public float Scale => (float)(1 / (1 - Rate));

    /// <summary>The mask from one element on.</summary>
    public DropoutMask From(long index) => new(this, index);
}
