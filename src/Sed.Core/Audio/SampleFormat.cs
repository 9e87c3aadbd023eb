using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using NAudio.Codecs;
using Sed.Core.Runtime;

namespace Sed.Core.Audio;

/// <summary>Encoding of uncompressed samples.</summary>
public enum SampleEncoding
{
    /// <summary>Integers of 8, 16, 24 or 32 bits.</summary>
    Pcm,

    /// <summary>IEEE floating point of 32 or 64 bits; full scale is -1 to 1.</summary>
    Float,

    /// <summary>A-law, 8 bits (ITU-T G.711).</summary>
    ALaw,

    /// <summary>Mu-law, 8 bits (ITU-T G.711).</summary>
    MuLaw,
}

/// <summary>Format of the samples in a WAV or AIFF file. Channels are interleaved.</summary>
/// <param name="Encoding">Encoding of one sample.</param>
/// <param name="BitsPerSample">Width of one sample of one channel in bits, a multiple of 8.</param>
/// <param name="Channels">Number of channels, at least 1.</param>
internal readonly record struct SampleFormat(SampleEncoding Encoding, int BitsPerSample, int Channels)
{
    /// <summary>Whether the most significant byte comes first. Default false, as in RIFF.</summary>
    internal bool IsBigEndian { get; init; }

    /// <summary>Whether 8-bit integers are signed, as in AIFF. Default false, as in WAV.</summary>
    internal bool HasSignedBytes { get; init; }

    /// <summary>Length of a frame (one sample of all channels) in bytes.</summary>
    internal int FrameBytes => Channels * (BitsPerSample / 8);

    /// <summary>Decodes whole frames to mono: the mean of all channels, or one selected channel.</summary>
    /// <param name="bytes">
    /// The interleaved samples as stored in the file; each frame has <see cref="FrameBytes"/> bytes.
    /// </param>
    /// <param name="mono">Receives one sample per frame; full scale is -1 to 1.</param>
    /// <param name="channel">The selected channel, from 1; null (default) for the mean of all channels.</param>
    internal void ToMono(ReadOnlySpan<byte> bytes, Span<float> mono, int? channel = null)
    {
        if (bytes.Length != (long)mono.Length * FrameBytes)
            throw new ArgumentException($"{bytes.Length} bytes are not {mono.Length} frames of {FrameBytes} bytes.");
        var isNative = BitConverter.IsLittleEndian && !IsBigEndian;
        var isSixteenBits =
            Encoding is SampleEncoding.ALaw or SampleEncoding.MuLaw
            || this is { Encoding: SampleEncoding.Pcm, BitsPerSample: 16 };
        if (channel is { } selected && Channels > 1)
            OneChannel(bytes, mono, selected);
        else if (isSixteenBits && Channels <= 2 && BitConverter.IsLittleEndian)
            SixteenBits(bytes, mono);
        else if (isNative && this is { Encoding: SampleEncoding.Float, BitsPerSample: 32, Channels: 1 })
            bytes.CopyTo(MemoryMarshal.AsBytes(mono));
        else
            Any(bytes, mono);
    }

    /// <summary>Converts interleaved samples to mono: the mean of all channels, or one selected channel.</summary>
    /// <param name="interleaved">The interleaved samples; each frame has <paramref name="channels"/> samples.</param>
    /// <param name="channels">Number of channels, at least 1.</param>
    /// <param name="mono">Receives one sample per frame.</param>
    /// <param name="channel">The selected channel, from 1; null (default) for the mean of all channels.</param>
    internal static void Average(ReadOnlySpan<float> interleaved, int channels, Span<float> mono, int? channel = null)
    {
        if (interleaved.Length != (long)mono.Length * channels)
            throw new ArgumentException(
                $"{interleaved.Length} samples are not {mono.Length} frames of {channels} channels."
            );
        if (channels == 1)
            interleaved.CopyTo(mono);
        else if (channel is { } selected)
            for (var frame = 0; frame < mono.Length; frame++)
                mono[frame] = interleaved[(frame * channels) + selected - 1];
        else
            for (int frame = 0, at = 0; frame < mono.Length; frame++)
            {
                double sum = 0;
                for (var k = 0; k < channels; k++)
                    sum += interleaved[at++];
                mono[frame] = (float)(sum / channels);
            }
    }

    // Fast path for mono and stereo in 16 bits, A-law or mu-law (which expand to 16 bits). Results are the same as on
    // the general path.
    private void SixteenBits(ReadOnlySpan<byte> bytes, Span<float> mono)
    {
        var isStored = Encoding == SampleEncoding.Pcm && !IsBigEndian;
        var count = mono.Length * Channels;
        var expanded = isStored ? [] : ArrayPool<short>.Shared.Rent(count);
        if (Encoding == SampleEncoding.ALaw)
            ALawDecoder.Decode(bytes, expanded);
        else if (Encoding == SampleEncoding.MuLaw)
            MuLawDecoder.Decode(bytes, expanded);
        else if (IsBigEndian)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, short>(bytes), expanded);
        var samples = isStored ? MemoryMarshal.Cast<byte, short>(bytes) : expanded.AsSpan(0, count);
        if (Channels == 1)
            Pcm16(samples, mono);
        else
            StereoPcm16(samples, mono);
        if (!isStored)
            ArrayPool<short>.Shared.Return(expanded);
    }

    private static void Pcm16(ReadOnlySpan<short> source, Span<float> target)
    {
        const float Scale = 1f / 32_768f;
        var width = Vector<short>.Count;
        var i = 0;
        for (; i + width <= source.Length; i += width)
        {
            Vector.Widen(new Vector<short>(source[i..]), out var low, out var high);
            (Vector.ConvertToSingle(low) * Scale).CopyTo(target[i..]);
            (Vector.ConvertToSingle(high) * Scale).CopyTo(target[(i + (width / 2))..]);
        }
        for (; i < source.Length; i++)
            target[i] = source[i] * Scale;
    }

    // Exact, like the general path: the sum has 17 bits and the scale is a power of two.
    private static void StereoPcm16(ReadOnlySpan<short> source, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = (source[2 * i] + source[(2 * i) + 1]) * (1f / 65_536f);
    }

    private void OneChannel(ReadOnlySpan<byte> bytes, Span<float> mono, int channel)
    {
        var width = BitsPerSample / 8;
        for (var frame = 0; frame < mono.Length; frame++)
            mono[frame] = (float)Sample(bytes.Slice((((frame * Channels) + channel) - 1) * width, width));
    }

    private void Any(ReadOnlySpan<byte> bytes, Span<float> mono)
    {
        var width = BitsPerSample / 8;
        var at = 0;
        for (var frame = 0; frame < mono.Length; frame++)
        {
            double sum = 0;
            for (var channel = 0; channel < Channels; channel++, at += width)
                sum += Sample(bytes.Slice(at, width));
            mono[frame] = (float)(sum / Channels);
        }
    }

    private double Sample(ReadOnlySpan<byte> bytes) =>
        Encoding switch
        {
            SampleEncoding.Pcm => Integer(bytes) / 2_147_483_648.0,
            SampleEncoding.ALaw => ALawDecoder.ALawToLinearSample(bytes[0]) / 32_768.0,
            SampleEncoding.MuLaw => MuLawDecoder.MuLawToLinearSample(bytes[0]) / 32_768.0,
            _ when bytes.Length == 4 => IsBigEndian
                ? BinaryPrimitives.ReadSingleBigEndian(bytes)
                : BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => IsBigEndian
                ? BinaryPrimitives.ReadDoubleBigEndian(bytes)
                : BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };

    // Reads a sample into the upper bits of a 32-bit integer, so that all widths have the same scale.
    private int Integer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1)
            return (HasSignedBytes ? (sbyte)bytes[0] : bytes[0] - 128) << 24;
        var value = 0;
        for (var i = 0; i < bytes.Length; i++)
            value |= bytes[i] << (8 * (IsBigEndian ? 3 - i : 4 - bytes.Length + i));
        return value;
    }
}

/// <summary>Rejects NaN and infinite samples in floating-point files.</summary>
internal static class FiniteSamples
{
    /// <summary>Checks decoded samples.</summary>
    /// <param name="path">Path of the file, for the message.</param>
    /// <param name="samples">Decoded samples.</param>
    /// <param name="before">Number of samples of the file that were decoded before <paramref name="samples"/>.</param>
    /// <exception cref="AudioFormatException">
    /// A sample is NaN or infinite. The message gives the first such sample.
    /// </exception>
    internal static void Require(string path, ReadOnlySpan<float> samples, long before = 0)
    {
        if (FiniteValues.FirstOther(samples) is var i and >= 0)
            throw new AudioFormatException(path, null, $"sample {before + i} is {samples[i]}, not a finite number")
            {
                Fault = AudioFault.NotANumber,
            };
    }
}
