namespace Sed.Core.Annotations;

/// <summary>What all tab-separated lists have in common: their bytes.</summary>
internal static class ListBytes
{
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
            throw new AnnotationException(path, 0, "this is a folder; name a list in it");
        if (new FileInfo(path) is { Exists: true } file && file.Length > Array.MaxLength)
            throw new AnnotationException(
                path,
                0,
                $"the list has {file.Length} bytes, more than the {Array.MaxLength} that can be read; split it"
            );
        return File.ReadAllBytes(path);
    }

    /// <summary>Refuses what is surely no text: it holds a zero byte.</summary>
    public static void RequireText(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.IndexOf((byte)0) is var place and >= 0)
        {
            var line = 1 + bytes[..place].Count((byte)'\n');
            throw new AnnotationException(
                source,
                line,
                $"byte {place} is zero, so this is no text list (a list in UTF-16 must be saved as UTF-8)"
            );
        }
    }

    /// <summary>Refuses names and labels that cannot be fields; all of them are named.</summary>
    /// <param name="source">What their list is called in messages.</param>
    /// <param name="names">Names and labels.</param>
    public static void RequireWritable(string source, IEnumerable<string> names)
    {
        ProblemList problems = new();
        foreach (var name in names)
            if (UnwritableBecause(name) is { } cause)
                problems.Add(source, 0, cause);
        problems.ThrowIfAny();
    }

    private static string? UnwritableBecause(string name) =>
        name.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0
            ? $"\"{name}\" holds a tab, a line end or another control character and cannot be written"
        : name.Trim(' ') != name ? $"\"{name}\" begins or ends with a space, which would not be read back"
        : null;
}
