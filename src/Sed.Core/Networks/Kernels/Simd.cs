using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Vector width of the CPU kernels, elementary functions of vectors, and padding to the vector width.
/// </summary>
internal static unsafe class Simd
{
    /// <summary>
    /// Number of floats per vector. In memory, channels, filters and units are padded to a multiple of this number.
    /// </summary>
    public const int Lanes = 16;

    /// <summary>1 / (1 + e^-x), absolute error below 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) =>
        Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>Hyperbolic tangent, absolute error below 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var twice = x + x;
        var two = Vector512.Create(2f);
        return two / (Vector512<float>.One + Exp(-twice)) - Vector512<float>.One;
    }

    /// <summary>
    /// e^x, relative error about 1e-7: x = n ln 2 + r, and a polynomial of degree 7 in r with the coefficients of expf
    /// in Cephes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-87f)), Vector512.Create(88f));
        // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
        var magic = Vector512.Create(12582912f);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.44269504f), magic);
        var n = shifted - magic;
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        var exponent = (shifted.AsInt32() - magic.AsInt32() + Vector512.Create(127)) << 23;
        return p * exponent.AsSingle();
    }

    /// <summary>Sets memory to zero.</summary>
    public static void Clear(float* memory, long floats) => NativeMemory.Clear(memory, (nuint)(floats * sizeof(float)));

    /// <summary>The next multiple of <see cref="Lanes"/>.</summary>
    public static int RoundUp(int size) => (size + Lanes - 1) / Lanes * Lanes;

    /// <summary>
    /// Pads a tensor with zeros at the end of each dimension. Padded parameters yield additional filters and units,
    /// whose output is always zero; callers of the CPU kernels remove this part of the output. Autograd propagates
    /// gradients through the padding and the removal.
    /// </summary>
    /// <param name="tensor">Tensor of any shape.</param>
    /// <param name="sizes">The new size of each dimension.</param>
    /// <returns>The padded tensor, or the original one if it already has these sizes.</returns>
    public static Tensor Pad(Tensor tensor, params long[] sizes)
    {
        if (tensor.shape.SequenceEqual(sizes))
            return tensor;
        List<long> padding = []; // before and after, the last dimension first
        for (var dimension = sizes.Length - 1; dimension >= 0; dimension--)
            padding.AddRange([0, sizes[dimension] - tensor.shape[dimension]]);
        return nn.functional.pad(tensor, [.. padding]);
    }
}
