using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Sed.Core.Audio;

/// <summary>Stored samples to floating point, channels averaged.</summary>
internal static class SampleFormat
{
    /// <summary>Decodes whole frames.</summary>
    /// <param name="bytes">Interleaved samples as stored; a whole number of frames.</param>
    /// <param name="header">Encoding, width and channels.</param>
    /// <param name="mono">One value per frame.</param>
    internal static void ToMono(ReadOnlySpan<byte> bytes, WavHeader header, Span<float> mono)
    {
        var native = BitConverter.IsLittleEndian;
        if (native && header is { Encoding: WavEncoding.Pcm, BitsPerSample: 16, Channels: 1 })
            Pcm16(MemoryMarshal.Cast<byte, short>(bytes), mono);
        else if (native && header is { Encoding: WavEncoding.Float, BitsPerSample: 32, Channels: 1 })
            bytes.CopyTo(MemoryMarshal.AsBytes(mono));
        else
            Any(bytes, header, mono);
    }

    private static void Pcm16(ReadOnlySpan<short> source, Span<float> target)
    {
        const float Scale = 1f / 32_768f;
        var width = Vector<short>.Count;
        var i = 0;
        for (; i + width <= source.Length; i += width)
        {
            Vector.Widen(new Vector<short>(source[i..]), out Vector<int> low, out Vector<int> high);
            (Vector.ConvertToSingle(low) * Scale).CopyTo(target[i..]);
            (Vector.ConvertToSingle(high) * Scale).CopyTo(target[(i + (width / 2))..]);
        }
        for (; i < source.Length; i++)
            target[i] = source[i] * Scale;
    }

    private static void Any(ReadOnlySpan<byte> bytes, WavHeader header, Span<float> mono)
    {
        var width = header.BitsPerSample / 8;
        var at = 0;
        for (var frame = 0; frame < mono.Length; frame++)
        {
            double sum = 0;
            for (var channel = 0; channel < header.Channels; channel++, at += width)
                sum += Sample(bytes.Slice(at, width), header.Encoding);
            mono[frame] = (float)(sum / header.Channels);
        }
    }

    private static double Sample(ReadOnlySpan<byte> bytes, WavEncoding encoding) =>
        (encoding, bytes.Length) switch
        {
            (WavEncoding.Pcm, 1) => (bytes[0] - 128) / 128.0,
            (WavEncoding.Pcm, 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32_768.0,
            (WavEncoding.Pcm, 3) => ((bytes[2] << 24) | (bytes[1] << 16) | (bytes[0] << 8)) / 2_147_483_648.0,
            (WavEncoding.Pcm, _) => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2_147_483_648.0,
            (_, 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
}
