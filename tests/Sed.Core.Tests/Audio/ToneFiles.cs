using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Tests.Audio;

/// <summary>A tone as a file in several formats, with sizes in the header as the test needs them.</summary>
internal static class ToneFiles
{
    public const int Rate = 8_000;

    /// <summary>One second of a tone in a Hann window.</summary>
    public static readonly short[] Tone =
    [
        .. Enumerable
            .Range(0, Rate)
            .Select(i =>
                (short)
                    Math.Round(
                        16_000
                            * Math.Sin(2 * Math.PI * 440 * i / Rate)
                            * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Rate)))
                    )
            ),
    ];

    private static byte[] Samples(bool isBigEndian)
    {
        var data = new byte[2 * Tone.Length];
        for (var i = 0; i < Tone.Length; i++)
            if (isBigEndian)
                BinaryPrimitives.WriteInt16BigEndian(data.AsSpan(2 * i), Tone[i]);
            else
                BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(2 * i), Tone[i]);
        return data;
    }

    public static byte[] Wav() => WavTests.Wav(1, 1, 16, Samples(false));

    public static byte[] With(byte[] wav, params (int At, uint Size)[] sizes)
    {
        foreach (var (at, size) in sizes)
            BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(at), size);
        return wav;
    }

    public static byte[] BigEndian() =>
        [
            .. "RIFX"u8,
            .. Big(16_036),
            .. "WAVEfmt "u8,
            .. Big(16),
            0,
            1,
            0,
            1,
            .. Big(Rate),
            .. Big(2 * Rate),
            0,
            2,
            0,
            16,
            .. "data"u8,
            .. Big(16_000),
            .. Samples(true),
        ];

    public static byte[] Rf64(string name, long size)
    {
        var plain = Wav();
        var sizes = new byte[28];
        BinaryPrimitives.WriteInt64LittleEndian(sizes, 16_072);
        BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), size);
        return
        [
            .. Encoding.ASCII.GetBytes(name),
            .. Big(uint.MaxValue),
            .. "WAVEds64"u8,
            28,
            0,
            0,
            0,
            .. sizes,
            .. plain[12..40],
            .. Big(uint.MaxValue),
            .. plain[44..],
        ];
    }

    public static byte[] Aiff(uint size, uint frames) =>
        [
            .. "FORM"u8,
            .. Big(0),
            .. "AIFFCOMM"u8,
            .. Big(18),
            0,
            1,
            .. Big(frames),
            0,
            16,
            // 8000 Hz in extended precision: 1.953125 * 2^12.
            0x40,
            0x0B,
            0xFA,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. "SSND"u8,
            .. Big(size),
            .. new byte[8],
            .. Samples(true),
        ];

    private static byte[] Big(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
