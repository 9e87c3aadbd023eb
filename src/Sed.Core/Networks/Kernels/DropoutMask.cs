using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>The mask of a <see cref="Dropout"/> from one element on, ready to be asked in a loop.</summary>
internal readonly struct DropoutMask(Dropout dropout, long first)
{
    private readonly uint seed = dropout.Seed;
    private readonly uint first = (uint)first;
    private readonly int dropped = (int)(dropout.Rate * 2147483648.0); // of the 31-bit numbers, those below
    private readonly float scale = dropout.Scale;

    /// <summary>Whether anything is dropped.</summary>
    public readonly bool Active = dropout.Active;

    /// <summary>0 or the scale for sixteen elements.</summary>
    /// <param name="offset">From the first element of this mask.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(long offset)
    {
        var x = Vector512.Create(first + (uint)offset);
        x += Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        x = (x ^ Vector512.Create(seed)) * Vector512.Create(0x9E3779B1u) + Vector512.Create(seed);
        x = (x ^ (x >> 16)) * Vector512.Create(0x85EBCA6Bu);
        x = (x ^ (x >> 13)) * Vector512.Create(0xC2B2AE35u);
        x ^= x >> 16;
        var kept = Vector512.GreaterThanOrEqual((x >> 1).AsInt32(), Vector512.Create(dropped));
        return kept.AsSingle() & Vector512.Create(scale);
    }

    /// <summary>Applies the mask to the elements that it begins with.</summary>
    /// <param name="from">The elements.</param>
    /// <param name="to">Receives them, some zero and the others scaled; may be the same memory.</param>
    /// <param name="count">How many.</param>
    public unsafe void Apply(float* from, float* to, long count)
    {
        long at = 0;
        for (; at + Tile.Lanes <= count; at += Tile.Lanes)
            (Vector512.Load(from + at) * At(at)).Store(to + at);
        if (at == count)
            return;
        var last = At(at);
        for (var lane = 0; at < count; lane++, at++)
            to[at] = from[at] * last[lane];
    }
}
