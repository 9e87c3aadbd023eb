using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Audio;

/// <summary>Writes mono WAV files.</summary>
public static class WavWriter
{
    /// <summary>Writes a mono file, replacing an existing file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="samples">Samples; full scale is -1 to 1. Integer encodings clip larger values.</param>
    /// <param name="sampleRate">Samples per second (Hz), positive.</param>
    /// <param name="encoding">PCM or floating point. Default PCM.</param>
    /// <param name="bitsPerSample">16, 24 or 32 for PCM, 32 or 64 for floating point. Default 16.</param>
    public static void Write(
        string path,
        ReadOnlySpan<float> samples,
        int sampleRate,
        SampleEncoding encoding = SampleEncoding.Pcm,
        int bitsPerSample = 16
    ) => File.WriteAllBytes(path, ToBytes(samples, sampleRate, encoding, bitsPerSample));

    /// <summary>Encodes a mono file in memory.</summary>
    /// <param name="samples">Samples; full scale is -1 to 1. Integer encodings clip larger values.</param>
    /// <param name="sampleRate">Samples per second (Hz), positive.</param>
    /// <param name="encoding">PCM or floating point. Default PCM.</param>
    /// <param name="bitsPerSample">16, 24 or 32 for PCM, 32 or 64 for floating point. Default 16.</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] ToBytes(
        ReadOnlySpan<float> samples,
        int sampleRate,
        SampleEncoding encoding = SampleEncoding.Pcm,
        int bitsPerSample = 16
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        var isSupported = encoding switch
        {
            SampleEncoding.Pcm => bitsPerSample is 16 or 24 or 32,
            SampleEncoding.Float => bitsPerSample is 32 or 64,
            _ => false,
        };
        if (!isSupported)
            throw new ArgumentException(
                $"{encoding} of {bitsPerSample} bits cannot be written.",
                nameof(bitsPerSample)
            );

        var width = bitsPerSample / 8;
        var bytes = new byte[checked(44 + (samples.Length * width))];
        WriteHeader(bytes, samples.Length * width, sampleRate, encoding, bitsPerSample);
        var data = bytes.AsSpan(44);
        if (encoding == SampleEncoding.Pcm && bitsPerSample == 16)
            WritePcm16(data, samples);
        else
            for (var i = 0; i < samples.Length; i++)
                WriteSample(data.Slice(i * width, width), samples[i], encoding);
        return bytes;
    }

    private static void WriteHeader(Span<byte> header, int dataBytes, int sampleRate, SampleEncoding encoding, int bits)
    {
        var width = bits / 8;
        Encoding.ASCII.GetBytes("RIFF", header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], 36 + dataBytes);
        Encoding.ASCII.GetBytes("WAVEfmt ", header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], (short)(encoding == SampleEncoding.Pcm ? 1 : 3));
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sampleRate * width);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)width);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], (short)bits);
        Encoding.ASCII.GetBytes("data", header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], dataBytes);
    }

    private static void WritePcm16(Span<byte> target, ReadOnlySpan<float> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var value = MathF.Round(samples[i] * 32_768f, MidpointRounding.ToEven);
            BinaryPrimitives.WriteInt16LittleEndian(target[(2 * i)..], (short)Math.Clamp(value, -32_768f, 32_767f));
        }
    }

    private static void WriteSample(Span<byte> target, float sample, SampleEncoding encoding)
    {
        switch (encoding, target.Length)
        {
            case (SampleEncoding.Pcm, 3):
                var value = (int)Integer(sample, 8_388_608);
                target[0] = (byte)value;
                target[1] = (byte)(value >> 8);
                target[2] = (byte)(value >> 16);
                break;
            case (SampleEncoding.Pcm, _):
                BinaryPrimitives.WriteInt32LittleEndian(target, (int)Integer(sample, 2_147_483_648));
                break;
            case (_, 4):
                BinaryPrimitives.WriteSingleLittleEndian(target, sample);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(target, sample);
                break;
        }
    }

    private static double Integer(float sample, double scale) =>
        Math.Clamp(Math.Round(sample * scale, MidpointRounding.ToEven), -scale, scale - 1);
}
