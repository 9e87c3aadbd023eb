using System.Text.Unicode;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>Assigns indices to distinct names, so that a repeated name is stored as one string.</summary>
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

    /// <summary>The names in the order of their first occurrence.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>
    /// Returns the index of a name, and adds the name if it is new. Returns -1 if the bytes are not valid UTF-8 or
    /// contain a control character.
    /// </summary>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        // Rows of the same file are usually consecutive.
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
