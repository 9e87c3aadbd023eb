using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>0 or <see cref="Scale"/> for the sixteen elements from <paramref name="index"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Mask(long index)
    {
        var x = Vector512.Create((uint)index) + Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        x = (x ^ Vector512.Create(Seed)) * Vector512.Create(0x9E3779B1u) + Vector512.Create(Seed);
        x = (x ^ (x >> 16)) * Vector512.Create(0x85EBCA6Bu);
        x = (x ^ (x >> 13)) * Vector512.Create(0xC2B2AE35u);
        x ^= x >> 16;
        // Compared as 31-bit signed numbers: those at or above the rate stay.
        var kept = Vector512.GreaterThanOrEqual((x >> 1).AsInt32(), Vector512.Create((int)(Rate * 2147483648.0)));
        return kept.AsSingle() & Vector512.Create(Scale);
    }
}
