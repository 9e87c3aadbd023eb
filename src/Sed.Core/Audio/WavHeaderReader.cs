using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Audio;

/// <summary>
/// Reads the chunks of a RIFF WAVE file up to its samples (Microsoft, "Multiple Channel Audio Data and WAVE Files").
/// Nothing that a header claims is believed before it is compared with the bytes that are there.
/// </summary>
internal static class WavHeaderReader
{
    private const int PcmTag = 1;
    private const int FloatTag = 3;
    private const int ExtensibleTag = 0xFFFE;
    private const uint UnknownSize = 0xFFFF_FFFF;

    // Outside of these no sound is recorded, and converting from them would take more memory than there is.
    private const int LowestRate = 1000;
    private const int HighestRate = 768_000;

    // A file needs a handful of chunks; a megabyte of tiny ones is a hostile or broken file.
    private const int MostChunks = 4096;

    /// <summary>Reads at a byte offset into a span and returns how many bytes there were.</summary>
    internal delegate int ReadAt(long offset, Span<byte> target);

    /// <summary>The header of a WAV file.</summary>
    /// <param name="read">Reads the file.</param>
    /// <param name="length">The file's length in bytes.</param>
    /// <param name="path">For messages.</param>
    internal static WavHeader Read(ReadAt read, long length, string path)
    {
        var riff = new byte[12];
        if (length == 0)
            throw Truncated(path, 0, "the file is empty");
        if (read(0, riff) < 12)
            throw Truncated(path, length, $"the file ends after {length} bytes, inside the RIFF header");
        var form = Name(riff, 0);
        if (form is "RIFX" or "RF64")
            throw new AudioFormatException(path, 0, $"this is an {form} file, of which only RIFF is read here")
            {
                IsOtherFormat = true,
            };
        if (form != "RIFF" || Name(riff, 8) != "WAVE")
            throw new AudioFormatException(
                path,
                0,
                $"this is not a WAV file: it starts with '{Printable(riff)}' instead of 'RIFF....WAVE'"
            )
            {
                IsOtherFormat = true,
            };

        byte[]? format = null;
        var chunk = new byte[8];
        long at = 12;
        for (var count = 0; count < MostChunks; count++)
        {
            var got = at < length ? read(at, chunk) : 0;
            if (got < 8)
                throw Truncated(
                    path,
                    at,
                    format is null ? "the file ends before a 'fmt ' chunk" : "the file ends before a 'data' chunk"
                );
            var name = Name(chunk, 0);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(4));
            if (name == "data")
            {
                if (format is null)
                    throw new AudioFormatException(path, at, "the 'data' chunk comes before any 'fmt ' chunk");
                return Describe(format, at + 8, size, length, path);
            }
            if (at + 8 + size > length)
                throw Truncated(
                    path,
                    at,
                    $"the '{Printable(chunk.AsSpan(0, 4))}' chunk claims {size} bytes, but {length - at - 8} are left"
                );
            if (name == "fmt ")
            {
                if (size < 16)
                    throw new AudioFormatException(
                        path,
                        at,
                        $"the 'fmt ' chunk has {size} bytes instead of 16 or more"
                    );
                format = new byte[Math.Min(size, 40)];
                if (read(at + 8, format) < format.Length)
                    throw Truncated(path, at, "the file ends inside the 'fmt ' chunk");
            }
            // Chunks start at even bytes.
            at += 8 + size + (size & 1);
        }
        throw new AudioFormatException(path, at, $"no 'data' chunk among the first {MostChunks} chunks");
    }

    private static WavHeader Describe(byte[] format, long dataOffset, uint claimed, long length, string path)
    {
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(2));
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format.AsSpan(4));
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(12));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(14));
        if (tag == ExtensibleTag && format.Length >= 26)
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(24));
        if (channels == 0)
            throw new AudioFormatException(path, 22, "the header says 0 channels");
        if (rate is < LowestRate or > HighestRate)
            throw new AudioFormatException(
                path,
                24,
                $"the header says {rate} samples per second, which is not between {LowestRate} and {HighestRate}"
            );

        WavEncoding encoding = tag switch
        {
            PcmTag => WavEncoding.Pcm,
            FloatTag => WavEncoding.Float,
            _ => WavEncoding.Other,
        };
        var left = length - dataOffset;
        if (encoding == WavEncoding.Other)
            return new WavHeader(
                encoding,
                tag,
                channels,
                (int)rate,
                Math.Max(8, bits),
                dataOffset,
                Math.Min(claimed, left)
            );
        if (encoding == WavEncoding.Pcm ? bits is not (8 or 16 or 24 or 32) : bits is not (32 or 64))
            throw new AudioFormatException(
                path,
                34,
                $"{bits} bits per sample; PCM is read at 8, 16, 24 and 32 bits, floating point at 32 and 64"
            );
        var frameBytes = channels * (bits / 8);
        if (align != frameBytes)
            throw new AudioFormatException(
                path,
                32,
                $"the header says {align} bytes per frame, but {channels} channels of {bits} bits make {frameBytes}"
            );
        // A program that writes into a pipe cannot go back and fill in the size: then the samples go to the file's end.
        var bytes = claimed == UnknownSize ? left - (left % frameBytes) : claimed;
        if (bytes > left)
            throw Truncated(
                path,
                length,
                $"the 'data' chunk claims {bytes} bytes, but the file ends after {left} of them"
            );
        if (bytes % frameBytes != 0)
            throw new AudioFormatException(
                path,
                dataOffset + bytes,
                $"the 'data' chunk of {bytes} bytes ends inside a frame of {frameBytes} bytes"
            );
        if (bytes == 0)
            throw new AudioFormatException(path, dataOffset, "the 'data' chunk holds no samples");
        return new WavHeader(encoding, tag, channels, (int)rate, bits, dataOffset, bytes);
    }

    private static AudioFormatException Truncated(string path, long at, string cause) =>
        new(path, at, cause) { Fault = AudioFault.Truncated };

    private static string Name(byte[] bytes, int at) => Encoding.Latin1.GetString(bytes, at, 4);

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (var b in bytes)
            text.Append(b is >= 32 and < 127 ? (char)b : '.');
        return text.ToString();
    }
}
