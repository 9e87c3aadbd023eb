using System.Collections.Immutable;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>How long each file is. Read from rows "file seconds", tab-separated, with or without a header.</summary>
public sealed class Durations
{
    private readonly Dictionary<string, double> seconds;

    private Durations(string source, ImmutableArray<string> files, Dictionary<string, double> seconds) =>
        (Source, Files, this.seconds) = (source, files, seconds);

    /// <summary>Lengths in memory.</summary>
    /// <exception cref="AnnotationException">A file is given twice, or a length is not positive.</exception>
    public static Durations Of(IEnumerable<(string File, double Seconds)> files, string source = "durations in memory")
    {
        ArgumentNullException.ThrowIfNull(files);
        ProblemList problems = new();
        List<string> names = [];
        Dictionary<string, double> seconds = new(StringComparer.Ordinal);
        foreach (var (file, length) in files)
            Add(file, length, 0, source, names, seconds, problems);
        problems.ThrowIfAny();
        return new Durations(source, [.. names], seconds);
    }

    /// <summary>Reads a list of lengths.</summary>
    /// <exception cref="AnnotationException">The list has rows that are no lengths; every one is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Durations Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListBytes.Read(path), path);
    }

    /// <summary>Reads lengths from UTF-8 text.</summary>
    /// <exception cref="AnnotationException">The list has rows that are no lengths; every one is named with its line.</exception>
    public static Durations Parse(ReadOnlySpan<byte> text, string source)
    {
        ListBytes.RequireText(text, source);
        var rows = new TabRows(text);
        ProblemList problems = new();
        List<string> names = [];
        Dictionary<string, double> seconds = new(StringComparer.Ordinal);
        var first = true;
        while (rows.Next())
        {
            var isHeader = first && rows.Count == 2 && rows[0].SequenceEqual("filename"u8);
            first = false;
            if (isHeader)
                continue;
            if (rows.Count != 2)
                problems.Add(
                    source,
                    rows.Line,
                    $"the row has {rows.Count} fields; it needs 2, the file and its length in seconds"
                );
            else if (!TextNumbers.TryRead(rows[1], out var length))
                problems.Add(
                    source,
                    rows.Line,
                    $"the length \"{Encoding.UTF8.GetString(rows[1])}\" is not a number of seconds"
                );
            else
                Add(Encoding.UTF8.GetString(rows[0]), length, rows.Line, source, names, seconds, problems);
        }
        problems.ThrowIfAny();
        return new Durations(source, [.. names], seconds);
    }

    /// <summary>The path the list was read from, or what it is called in messages.</summary>
    public string Source { get; }

    /// <summary>The files, in the order in which they were named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The length of a file in seconds, or null when the list does not name it.</summary>
    public double? Of(string file) => seconds.TryGetValue(file, out var length) ? length : null;

    private static void Add(
        string file,
        double length,
        int line,
        string source,
        List<string> names,
        Dictionary<string, double> seconds,
        ProblemList problems
    )
    {
        if (!(length > 0 && length <= SoundEvent.LatestSeconds))
            problems.Add(
                source,
                line,
                FormattableString.Invariant(
                    $"the file \"{file}\" lasts {length} s; it must last more than 0 s and at most {SoundEvent.LatestSeconds} s"
                )
            );
        if (seconds.TryAdd(file, length))
            names.Add(file);
        else if (seconds[file] != length)
            problems.Add(
                source,
                line,
                FormattableString.Invariant($"the file \"{file}\" lasts {length} s here and {seconds[file]} s before")
            );
    }
}
