using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>
/// Enumerates the rows of a tab-separated text without copying it. Lines end in LF or CRLF. Blank lines, a byte order mark and
/// spaces around fields are ignored.
/// </summary>
internal ref struct TabRows
{
    private readonly ReadOnlySpan<byte> text;
    private ReadOnlySpan<byte> row;
    private int[] ends;
    private int position;

    public TabRows(ReadOnlySpan<byte> text)
    {
        this.text = text;
        ends = new int[8];
        position = text.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>Line number of the current row, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Number of fields of the current row, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>A field of the current row, from 0, without surrounding spaces.</summary>
    public readonly ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var start = field == 0 ? 0 : ends[field - 1] + 1;
            var span = row[start..ends[field]];
            if (span.Length > 0 && (span[0] == ' ' || span[^1] == ' '))
                span = span.Trim((byte)' ');
            return span;
        }
    }

    /// <summary>Advances to the next row that is not blank; false at the end.</summary>
    public bool Next()
    {
        while (position < text.Length)
        {
            var rest = text[position..];
            var length = rest.IndexOf((byte)'\n');
            row = length < 0 ? rest : rest[..length];
            position += row.Length + 1;
            Line++;
            if (row.Length > 0 && row[^1] == '\r')
                row = row[..^1];
            if (row.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
                continue;
            Split();
            return true;
        }
        return false;
    }

    private void Split()
    {
        Count = 0;
        var start = 0;
        while (true)
        {
            var length = row[start..].IndexOf((byte)'\t');
            if (Count == ends.Length)
                Array.Resize(ref ends, 2 * Count);
            ends[Count++] = length < 0 ? row.Length : start + length;
            if (length < 0)
                return;
            start += length + 1;
        }
    }
}

/// <summary>Reads files of text, and shows their fields in messages.</summary>
internal static class ListText
{
    private const int LongestStream = 1 << 29;

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="AnnotationException">The path is a folder, or the file is too large.</exception>
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
            throw new AnnotationException(path, 0, "this is a folder", "name a list in it");
        if (new FileInfo(path) is { Exists: true } file && file.Length > Array.MaxLength)
            throw new AnnotationException(
                path,
                0,
                $"the list has {file.Length} bytes, more than the {Array.MaxLength} that can be read",
                "split it"
            );
        return FileIdentity.IsDevice(path) ? ReadStream(path) : File.ReadAllBytes(path);
    }

    /// <summary>Reads a pipe or a device, which may have no end, up to the first byte that is not text.</summary>
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
                    $"the pipe or device gave more than {LongestStream >> 20} MiB without an end",
                    "write the list to a file"
                );
            if (piece.AsSpan(0, count).Contains((byte)0))
                RequireText(text.GetBuffer().AsSpan(0, (int)text.Length), path);
        }
        return text.ToArray();
    }

    /// <summary>Rejects binary content: text in UTF-8 has no zero byte.</summary>
    public static void RequireText(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.IndexOf((byte)0) is var place and >= 0)
        {
            var line = 1 + bytes[..place].Count((byte)'\n');
            throw new AnnotationException(
                source,
                line,
                $"byte {place} is zero, so this is not text in UTF-8",
                "save a list in UTF-16 as UTF-8"
            );
        }
    }

    /// <summary>A field as text for messages, at most 60 bytes of it.</summary>
    public static string Shown(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field.Length > 60 ? field[..60] : field);
        return field.Length > 60 ? text + "..." : text;
    }
}

/// <summary>Reads numbers in invariant notation.</summary>
internal static class TextNumbers
{
    private static readonly double[] PowersOfTen =
    [
        1e0,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
    ];

    /// <summary>
    /// The double nearest to a decimal number. Up to 15 digits with a decimal point are converted directly: the digits and the
    /// power of ten are exact doubles, so their quotient is correctly rounded.
    /// </summary>
    /// <returns>False where the field is not a number. NaN and infinity count as numbers.</returns>
    public static bool TryRead(ReadOnlySpan<byte> field, out double value)
    {
        long digits = 0;
        var point = -1;
        for (var k = 0; k < field.Length; k++)
        {
            var digit = (uint)(field[k] - '0');
            if (digit <= 9)
                digits = 10 * digits + digit;
            else if (field[k] == '.' && point < 0)
                point = k;
            else
                return TryReadAny(field, out value);
        }
        var count = point < 0 ? field.Length : field.Length - 1;
        if (count is 0 or > 15)
            return TryReadAny(field, out value);
        value = point < 0 ? digits : digits / PowersOfTen[field.Length - 1 - point];
        return true;
    }

    private static bool TryReadAny(ReadOnlySpan<byte> field, out double value) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}

/// <summary>Assigns indices to distinct names, so that a name that repeats in a list is one string.</summary>
internal sealed class NamePool
{
    private readonly List<string> names = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private byte[] latest = new byte[256];
    private int latestLength = -1;
    private int latestIndex;

    public NamePool() => lookup = Positions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The index of each name in <see cref="Names"/>.</summary>
    public Dictionary<string, int> Positions { get; } = new(StringComparer.Ordinal);

    /// <summary>The names in the order in which they were first met.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The index of a name, new or known; -1 where the bytes are not valid UTF-8 or contain a control character.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        // Rows of one file are mostly consecutive.
        if (utf8.Length == latestLength && utf8.SequenceEqual(latest.AsSpan(0, latestLength)))
            return latestIndex;
        var longer = utf8.Length > 512 ? new char[utf8.Length] : null;
        var characters = longer ?? stackalloc char[512];
        if (Utf8.ToUtf16(utf8, characters, out _, out var count, replaceInvalidSequences: false) != 0)
            return -1;
        characters = characters[..count];
        if (!lookup.TryGetValue(characters, out var index))
        {
            if (OneLine.HasUnprintable(characters))
                return -1;
            index = names.Count;
            names.Add(characters.ToString());
            Positions.Add(names[index], index);
        }
        if (utf8.Length > latest.Length)
            latest = new byte[2 * utf8.Length];
        utf8.CopyTo(latest);
        latestLength = utf8.Length;
        latestIndex = index;
        return index;
    }
}
