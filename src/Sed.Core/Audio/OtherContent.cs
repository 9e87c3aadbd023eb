using System.Text;
using System.Text.Unicode;

namespace Sed.Core.Audio;

/// <summary>
/// Recognises files that incomplete clones and failed downloads leave in place of a recording: pointers to large files,
/// web pages, server messages, text, archives and images.
/// </summary>
internal static class OtherContent
{
    private const int HeadBytes = 1024;
    private const int MaxShown = 12;

    private static readonly (byte[] Start, string Name, string Remedy)[] Signatures =
    [
        ([0x1F, 0x8B], "a gzip archive", "unpack it"),
        ([.. "PK"u8, 3, 4], "a ZIP archive", "unpack it"),
        ([.. "BZh"u8], "a bzip2 archive", "unpack it"),
        ([0xFD, .. "7zXZ"u8, 0], "an xz archive", "unpack it"),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "unpack it"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive", "unpack it"),
        ([.. "Rar!"u8], "a RAR archive", "unpack it"),
        ([.. "%PDF"u8], "a PDF document", ""),
        ([0x89, .. "PNG"u8], "a PNG image", ""),
        ([0xFF, 0xD8, 0xFF], "a JPEG image", ""),
        ([.. "GIF8"u8], "a GIF image", ""),
        ([0x89, .. "HDF"u8], "an HDF5 file", "export its recordings as WAV"),
        ([0x93, .. "NUMPY"u8], "a NumPy array", "export it as WAV"),
    ];

    private static readonly byte[][] AudioStarts =
    [
        [.. "RIF"u8],
        [.. "RF64"u8],
        [.. "BW64"u8],
        [.. "FORM"u8],
        [.. "OggS"u8],
        [.. "fLaC"u8],
        [.. "ID3"u8],
    ];

    /// <summary>
    /// What a file contains instead of audio, with a remedy, as a message fragment; null if the content is not
    /// recognised.
    /// </summary>
    internal static string? NameOf(AudioBytes bytes)
    {
        var head = bytes.Peek(0, HeadBytes).ToArray();
        foreach (var (start, name, remedy) in Signatures)
            if (head.AsSpan().StartsWith(start))
                return $"this is {name} instead of a recording{(remedy == "" ? "" : $"; {remedy}")}";
        if (head.Length > 262 && head.AsSpan(257, 5).SequenceEqual("ustar"u8))
            return "this is a tar archive instead of a recording; unpack it";
        // A truncated recording can consist of a few printable bytes.
        if (AudioStarts.Any(name => head.AsSpan().StartsWith(name)))
            return null;
        return TextOf(head, bytes.Length) is { } text ? OfText(text) : null;
    }

    /// <summary>Whether a file starts with zero bytes instead of a header.</summary>
    internal static bool StartsWithZeros(AudioBytes bytes) => bytes.Peek(0, HeadBytes).IndexOfAnyExcept((byte)0) < 0;

    /// <summary>The start of a text, without white space before it; null if the file is not text.</summary>
    private static string? TextOf(byte[] head, long length)
    {
        var isWide = head.Length >= 4 && head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) && head[3] == 0;
        var text = isWide ? Encoding.Unicode.GetString(head) : Encoding.UTF8.GetString(head);
        // Web pages in other encodings are recognised because their first characters are ASCII. The last character of
        // the head can be truncated and is then not validated.
        var isUtf8 = isWide || Utf8.IsValid(head.Length < length ? head.AsSpan(0, LastWhole(head)) : head);
        var isMarkup = text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t') is ['<', not ' ', ..];
        return
            (isUtf8 || isMarkup)
            && !text.Any(letter => char.IsControl(letter) && letter is not ('\t' or '\r' or '\n' or '\f'))
            ? text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t')
            : null;
    }

    private static int LastWhole(byte[] head)
    {
        var end = head.Length;
        while (end > 0 && end > head.Length - 4 && (head[end - 1] & 0xC0) == 0x80)
            end--;
        return end > 0 && head[end - 1] >= 0xC0 ? end - 1 : head.Length;
    }

    private static string OfText(string text)
    {
        bool Starts(string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
        if (Starts("version https://git-lfs"))
            return "this is a Git LFS pointer instead of the recording; fetch the recordings with 'git lfs pull'";
        if (Starts("/annex/objects/") || text.Contains(".git/annex/objects/", StringComparison.Ordinal))
            return "this is a git-annex pointer instead of the recording; fetch the recordings with 'git annex get'";
        if (Starts("<!DOCTYPE html") || Starts("<html") || Starts("<head") || Starts("<body") || Starts("<script"))
            return "this is a web page instead of a recording; download the recording again";
        if (text.StartsWith('<'))
            return text.Contains("<html", StringComparison.OrdinalIgnoreCase)
                ? "this is a web page instead of a recording; download the recording again"
                : $"this is an XML document instead of a recording{Message(text)}; download the recording again";
        if (text is ['{' or '[', ..])
            return $"this is JSON instead of a recording ({Shown(text, 60)}); download the recording again";
        return text.Length == 0
            ? "this is blank text instead of a recording"
            : $"this is text instead of a recording: it starts with '{Shown(text, MaxShown)}'";
    }

    /// <summary>The error code in a server message, for example "AccessDenied" from Amazon S3.</summary>
    private static string Message(string xml)
    {
        const string Open = "<Code>";
        var start = xml.IndexOf(Open, StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf('<', start + Open.Length);
        return end < 0 ? "" : $" ({Shown(xml[(start + Open.Length)..end], 60)})";
    }

    private static string Shown(string text, int length)
    {
        var line = text.ReplaceLineEndings(" ").Replace('\t', ' ').Trim();
        return line.Length <= length ? line : line[..length].TrimEnd() + "...";
    }
}
