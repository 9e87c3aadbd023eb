using System.Runtime.InteropServices;
using Sed.Core.Features.Store;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>The form of the rows of a vector store: the number of values per vector and their precision.</summary>
/// <param name="Width">Number of values per vector.</param>
/// <param name="Precision">
/// Precision of the values. In float16, values of magnitude below 2^-14 are stored as 0.
/// </param>
internal sealed record VectorForm(int Width, FeaturePrecision Precision)
{
    /// <summary>Rows are padded with zeros to a multiple of this number of values.</summary>
    internal const int Lanes = 32;

    // Smaller values would be subnormal numbers, which some processors multiply slowly.
    private const float SmallestHalf = 1f / (1 << 14);

    /// <summary>Number of values per row, with padding.</summary>
    public int Stride => (Width + Lanes - 1) / Lanes * Lanes;

    /// <summary>Number of bytes per row.</summary>
    public int RowBytes => Stride * (Precision == FeaturePrecision.Float16 ? 2 : 4);

    /// <summary>Converts vectors to the bytes of their rows.</summary>
    /// <param name="vectors">Shape (vectors, width).</param>
    public byte[] ToBytes(ReadOnlySpan<float> vectors)
    {
        var count = vectors.Length / Width;
        var bytes = new byte[checked(count * RowBytes)];
        for (var k = 0; k < count; k++)
        {
            var vector = vectors.Slice(k * Width, Width);
            var row = bytes.AsSpan(k * RowBytes, RowBytes);
            if (Precision == FeaturePrecision.Float32)
                vector.CopyTo(MemoryMarshal.Cast<byte, float>(row));
            else
                for (var i = 0; i < Width; i++)
                    MemoryMarshal.Cast<byte, Half>(row)[i] =
                        Math.Abs(vector[i]) < SmallestHalf ? Half.Zero : (Half)vector[i];
        }
        return bytes;
    }

    /// <summary>Converts the bytes of a row to a vector.</summary>
    public void Read(ReadOnlySpan<byte> row, Span<float> vector)
    {
        if (Precision == FeaturePrecision.Float32)
            MemoryMarshal.Cast<byte, float>(row)[..Width].CopyTo(vector);
        else
            for (var i = 0; i < Width; i++)
                vector[i] = (float)MemoryMarshal.Cast<byte, Half>(row)[i];
    }
}
