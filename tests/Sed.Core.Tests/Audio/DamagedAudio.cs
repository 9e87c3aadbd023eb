using System.Buffers.Binary;
using System.Text;
using Sed.Core.Corpora.Checks;

namespace Sed.Core.Tests.Audio;

/// <summary>Files as the open internet has them: each with its name, its bytes and what it must be found to be.</summary>
internal static class DamagedAudio
{
    public static IReadOnlyList<(string Name, byte[] Bytes, FindingKind Kind)> All { get; } =
    [.. Headers(), .. Formats(), .. Others()];

    private static byte[] Good => WavTests.Wav(1, 1, 16, new byte[200]);

    private static IEnumerable<(string, byte[], FindingKind)> Headers()
    {
        yield return ("empty.wav", [], FindingKind.Truncated);
        yield return ("four-bytes.wav", Good[..4], FindingKind.Truncated);
        yield return ("eleven-bytes.wav", Good[..11], FindingKind.Truncated);
        yield return ("no-chunks.wav", Good[..12], FindingKind.Truncated);
        yield return ("format-cut.wav", Good[..30], FindingKind.Truncated);
        yield return ("no-data.wav", Good[..36], FindingKind.Truncated);
        yield return ("data-header-cut.wav", Good[..41], FindingKind.Truncated);
        yield return ("no-samples-left.wav", Good[..44], FindingKind.Truncated);
        yield return ("half.wav", Good[..144], FindingKind.Truncated);
        yield return ("one-byte-short.wav", Good[..^1], FindingKind.Truncated);
        yield return ("claims-too-much.wav", With(40, BitConverter.GetBytes(100_000)), FindingKind.Truncated);
        yield return (
            "claims-two-gigabytes.wav",
            With(40, BitConverter.GetBytes(int.MaxValue - 1)),
            FindingKind.Truncated
        );
        yield return ("data-of-nothing.wav", With(40, [0, 0, 0, 0])[..44], FindingKind.Unreadable);
        yield return (
            "data-of-nothing-before-a-list.wav",
            [.. With(40, [0, 0, 0, 0])[..44], .. "LIST"u8, 4, 0, 0, 0, .. "INFO"u8],
            FindingKind.Unreadable
        );
        yield return ("half-a-frame.wav", [.. With(40, [1, 0, 0, 0])[..44], 0], FindingKind.Unreadable);
        yield return ("zeros.wav", new byte[1000], FindingKind.Unreadable);
        yield return (
            "text.wav",
            Encoding.ASCII.GetBytes("this is a text and no sound at all"),
            FindingKind.Unreadable
        );
        yield return ("page.wav", Encoding.ASCII.GetBytes("<!DOCTYPE html><html>404</html>"), FindingKind.Unreadable);
        yield return ("picture.wav", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. new byte[50]], FindingKind.Unreadable);
        yield return ("archive.wav", [.. "PK"u8, 3, 4, .. new byte[50]], FindingKind.Unreadable);
        yield return ("big-endian.wav", With(0, "RIFX"u8.ToArray()), FindingKind.Unreadable);
        yield return ("rf64.wav", With(0, "RF64"u8.ToArray()), FindingKind.Unreadable);
        yield return ("avi.wav", With(8, "AVI "u8.ToArray()), FindingKind.Unreadable);
        yield return ("data-first.wav", [.. Good[..12], .. Good[36..], .. Good[12..36]], FindingKind.Unreadable);
        yield return (
            "format-too-short.wav",
            [.. Good[..16], 14, 0, 0, 0, .. Good[20..34], .. Good[36..]],
            FindingKind.Unreadable
        );
        yield return (
            "endless-list.wav",
            [.. Good[..12], .. "LIST"u8, 0xF0, 0xFF, 0xFF, 0xFF, .. Good[12..]],
            FindingKind.Truncated
        );
        yield return (
            "only-lists.wav",
            [.. Good[..12], .. Repeat([.. "LIST"u8, 0, 0, 0, 0], 5000)],
            FindingKind.Unreadable
        );
    }

    private static IEnumerable<(string, byte[], FindingKind)> Formats()
    {
        yield return ("no-channels.wav", With(22, [0, 0]), FindingKind.Unreadable);
        yield return ("rate-zero.wav", With(24, [0, 0, 0, 0]), FindingKind.Unreadable);
        yield return ("rate-one.wav", With(24, [1, 0, 0, 0]), FindingKind.Unreadable);
        yield return ("rate-of-billions.wav", With(24, [0xFF, 0xFF, 0xFF, 0xFF]), FindingKind.Unreadable);
        yield return ("bits-zero.wav", With(34, [0, 0]), FindingKind.Unreadable);
        yield return ("bits-12.wav", With(34, [12, 0]), FindingKind.Unreadable);
        yield return ("bits-20.wav", With(34, [20, 0]), FindingKind.Unreadable);
        yield return ("integers-of-64-bits.wav", WavTests.Wav(1, 1, 64, new byte[64]), FindingKind.Unreadable);
        yield return ("halves.wav", WavTests.Wav(3, 1, 16, new byte[64]), FindingKind.Unreadable);
        yield return ("two-channels-in-frames-of-one.wav", With(22, [2, 0]), FindingKind.Unreadable);
        yield return ("65535-channels.wav", With(22, [0xFF, 0xFF]), FindingKind.Unreadable);
        yield return ("nan.wav", Floats(0.5f, float.NaN), FindingKind.NotANumber);
        yield return ("infinity.wav", Floats(float.PositiveInfinity, 0), FindingKind.NotANumber);
        yield return (
            "nan-of-64-bits.wav",
            WavTests.Wav(3, 1, 64, BitConverter.GetBytes(double.NaN)),
            FindingKind.NotANumber
        );
    }

    private static IEnumerable<(string, byte[], FindingKind)> Others()
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        yield return ("unknown-code.wav", WavTests.Wav(0x1234, 1, 16, noise), FindingKind.Unreadable);
        yield return ("no-vorbis.ogg", Encoding.ASCII.GetBytes("no audio"), FindingKind.Unreadable);
        yield return ("nothing.mp3", [], FindingKind.Truncated);
        yield return ("noise.m4a", noise, FindingKind.Unreadable);
        yield return ("mark-only.flac", "fLaC"u8.ToArray(), FindingKind.Truncated);
    }

    private static byte[] With(int at, byte[] bytes)
    {
        var wav = Good;
        bytes.CopyTo(wav, at);
        return wav;
    }

    private static byte[] Floats(float first, float second)
    {
        var data = new byte[8];
        BinaryPrimitives.WriteSingleLittleEndian(data, first);
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4), second);
        return WavTests.Wav(3, 1, 32, data);
    }

    private static byte[] Repeat(byte[] bytes, int times) =>
        [.. Enumerable.Repeat(bytes, times).SelectMany(part => part)];
}
