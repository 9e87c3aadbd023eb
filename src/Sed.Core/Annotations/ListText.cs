using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>Reads text files and formats their fields for messages.</summary>
internal static class ListText
{
    private const int LongestStream = 1 << 29;

    /// <summary>Reads a file as UTF-8 text (<see cref="ToUtf8"/>).</summary>
    /// <exception cref="AnnotationException">The path is a folder, or the file is too large.</exception>
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
            throw new AnnotationException(path, 0, "this is a folder", "give the path of a list in it");
        if (new FileInfo(path) is { Exists: true } file && file.Length > Array.MaxLength)
            throw new AnnotationException(
                path,
                0,
                $"the list has {file.Length} bytes, more than the {Array.MaxLength} that can be read",
                "split it"
            );
        return ToUtf8(FileIdentity.IsDevice(path) ? ReadStream(path) : File.ReadAllBytes(path));
    }

    /// <summary>
    /// Reads a pipe or a device. Stops with an error at the first byte that is not text, because the input may have no
    /// end.
    /// </summary>
    private static byte[] ReadStream(string path)
    {
        using FileStream input = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using MemoryStream text = new();
        var piece = new byte[1 << 16];
        while (input.Read(piece) is var count and > 0)
        {
            text.Write(piece, 0, count);
            if (text.Length > LongestStream)
                throw new AnnotationException(
                    path,
                    0,
                    $"the pipe or device has more than {LongestStream >> 20} MiB of text",
                    "write the list to a file"
                );
            var soFar = text.GetBuffer().AsSpan(0, (int)text.Length);
            if (piece.AsSpan(0, count).Contains((byte)0) && !HasUtf16Mark(soFar))
                RequireText(soFar, path);
        }
        return text.ToArray();
    }

    private static bool HasUtf16Mark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

    /// <summary>
    /// Converts UTF-16 text with a byte order mark to UTF-8. Converts CR to LF if the text has no LF.
    /// </summary>
    public static byte[] ToUtf8(byte[] bytes)
    {
        if (IsUtf16(bytes, out var encoding))
            bytes = Encoding.UTF8.GetBytes(encoding.GetString(bytes.AsSpan(2)));
        if (bytes.AsSpan().IndexOf((byte)'\n') < 0)
            bytes.AsSpan().Replace((byte)'\r', (byte)'\n');
        return bytes;
    }

    private static bool IsUtf16(ReadOnlySpan<byte> bytes, out Encoding encoding)
    {
        encoding = bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Encoding.Unicode : Encoding.BigEndianUnicode;
        var isMarked = encoding == Encoding.Unicode || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        return isMarked && bytes.Length % 2 == 0 && !bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]);
    }

    /// <summary>Throws if the content is binary: text in UTF-8 has no zero byte.</summary>
    public static void RequireText(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.IndexOf((byte)0) is var place and >= 0)
        {
            throw new AnnotationException(
                source,
                LineAt(bytes, place),
                $"byte {place} is zero, so this is not UTF-8 text",
                "if it is UTF-16, save it as UTF-8"
            );
        }
    }

    /// <summary>The first line of a text, without its end. Lines end in LF, CRLF or CR.</summary>
    /// <param name="text">The text from the start of a line.</param>
    /// <param name="next">Start of the next line; the length of the text if there is none.</param>
    public static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text, out int next)
    {
        var length = text.IndexOfAny((byte)'\n', (byte)'\r');
        if (length < 0)
        {
            next = text.Length;
            return text;
        }
        next = length + (text[length..].StartsWith("\r\n"u8) ? 2 : 1);
        return text[..length];
    }

    /// <summary>Number of the line that contains the byte at the given position; lines are counted from 1.</summary>
    private static int LineAt(ReadOnlySpan<byte> text, int position)
    {
        var line = 0;
        for (var start = 0; start <= position; line++)
        {
            FirstLine(text[start..], out var next);
            start += next;
        }
        return line;
    }

    /// <summary>The first 60 bytes of a field as text for messages.</summary>
    public static string Shown(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field.Length > 60 ? field[..60] : field);
        return field.Length > 60 ? text + "..." : text;
    }
}
