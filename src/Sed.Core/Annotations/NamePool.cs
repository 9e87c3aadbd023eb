using System.Text.Unicode;

namespace Sed.Core.Annotations;

/// <summary>Turns the same bytes into the same string and the same number, so that a name of a list exists once.</summary>
internal sealed class NamePool
{
    private readonly List<string> names = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private byte[] latest = new byte[256];
    private int latestLength = -1;
    private int latestIndex;

    public NamePool() => lookup = Positions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The position of each name in <see cref="Names"/>.</summary>
    public Dictionary<string, int> Positions { get; } = new(StringComparer.Ordinal);

    /// <summary>The names in the order in which they came.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The number of a name, new or known; -1 when the bytes are not UTF-8 or hold a control character.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        // Rows of one file mostly follow each other.
        if (utf8.Length == latestLength && utf8.SequenceEqual(latest.AsSpan(0, latestLength)))
            return latestIndex;
        var longer = utf8.Length > 512 ? new char[utf8.Length] : null;
        var characters = longer ?? stackalloc char[512];
        if (Utf8.ToUtf16(utf8, characters, out _, out var count, replaceInvalidSequences: false) != 0)
            return -1;
        characters = characters[..count];
        if (!lookup.TryGetValue(characters, out var index))
        {
            if (characters.IndexOfAnyInRange('\0', '\u001f') >= 0)
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
