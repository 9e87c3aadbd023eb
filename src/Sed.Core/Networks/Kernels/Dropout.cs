using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Dropout whose mask is a hash (the 32-bit finaliser of MurmurHash3) of a seed and the element's index. The mask is
/// never stored: each thread recomputes its part, in the forward and in the backward pass.
/// </summary>
/// <param name="Rate">Probability that an element is set to zero, in [0, 1).</param>
/// <param name="Seed">Seed of the mask; differs between layers and between training steps.</param>
internal readonly record struct Dropout(double Rate, uint Seed)
{
    /// <summary>No dropout.</summary>
    public static readonly Dropout None = default;

    /// <summary>Whether the rate is positive.</summary>
    public bool Active => Rate > 0;

    /// <summary>Multiplier of the elements that are not dropped, 1 / (1 - rate).</summary>
    public float Scale => (float)(1 / (1 - Rate));

    /// <summary>The part of the mask that starts at the element with this index.</summary>
    public DropoutMask From(long index) => new(this, index);
}

/// <summary>The part of a <see cref="Dropout"/> mask that starts at a given element.</summary>
internal readonly struct DropoutMask(Dropout dropout, long first)
{
    private readonly uint seed = dropout.Seed;
    private readonly uint first = (uint)first;
    private readonly int threshold = (int)(dropout.Rate * 2147483648.0); // elements with a smaller 31-bit hash are dropped
    private readonly float scale = dropout.Scale;

    /// <summary>Whether the rate is positive.</summary>
    public readonly bool Active = dropout.Active;

    /// <summary>Multipliers of sixteen elements: 0 for dropped elements, 1 / (1 - rate) for all others.</summary>
    /// <param name="offset">Index of the first of the sixteen elements, relative to the mask's first element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(long offset)
    {
        var x = Vector512.Create(first + (uint)offset);
        x += Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        x = (x ^ Vector512.Create(seed)) * Vector512.Create(0x9E3779B1u) + Vector512.Create(seed);
        x = (x ^ (x >> 16)) * Vector512.Create(0x85EBCA6Bu);
        x = (x ^ (x >> 13)) * Vector512.Create(0xC2B2AE35u);
        x ^= x >> 16;
        var kept = Vector512.GreaterThanOrEqual((x >> 1).AsInt32(), Vector512.Create(threshold));
        return kept.AsSingle() & Vector512.Create(scale);
    }

    /// <summary>Multiplies elements by the mask.</summary>
    /// <param name="from">The elements; the first one corresponds to the mask's first element.</param>
    /// <param name="to">Receives the products; may be the same memory as <paramref name="from"/>.</param>
    /// <param name="count">Number of elements.</param>
    public unsafe void Apply(float* from, float* to, long count)
    {
        long at = 0;
        for (; at + Simd.Lanes <= count; at += Simd.Lanes)
            (Vector512.Load(from + at) * At(at)).Store(to + at);
        if (at == count)
            return;
        var last = At(at);
        for (var lane = 0; at < count; lane++, at++)
            to[at] = from[at] * last[lane];
    }
}

/// <summary>Dropout of a tensor as an operation for autograd.</summary>
internal static unsafe class DropoutLayer
{
    private const long ItemSize = 1 << 16; // elements per work item

    /// <summary>Applies dropout; records it for the backward pass if gradients are enabled.</summary>
    /// <param name="input">Contiguous, float32, on the CPU.</param>
    /// <param name="dropout">Rate and seed.</param>
    public static Tensor Train(Tensor input, Dropout dropout) =>
        is_grad_enabled() ? Function.apply(input, dropout) : Apply(input, dropout);

    private static Tensor Apply(Tensor input, Dropout dropout)
    {
        var output = empty_like(input);
        var length = input.numel();
        float* from = input.Pointer<float>(length),
            to = output.Pointer<float>(length);
        KernelThreads.Run(
            (int)((length + ItemSize - 1) / ItemSize),
            item =>
            {
                var start = item * ItemSize;
                var count = Math.Min(ItemSize, length - start);
                dropout.From(start).Apply(from + start, to + start, count);
            }
        );
        return output;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(DropoutLayer);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            context.save_data("dropout", arguments[1]);
            return Apply((Tensor)arguments[0], (Dropout)arguments[1]);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            using var contiguous = gradient.contiguous();
            return [Apply(contiguous, (Dropout)context.get_data("dropout")), null!];
        }
    }
}
