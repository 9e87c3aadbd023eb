using System.Collections.Immutable;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Durations of files in seconds. Read from tab-separated rows of file and duration, with or without a header.</summary>
public sealed class Durations
{
    private readonly Dictionary<string, double> seconds;

    private Durations(string source, ImmutableArray<string> files, Dictionary<string, double> seconds) =>
        (Source, Files, this.seconds) = (source, files, seconds);

    /// <summary>Durations given in memory.</summary>
    /// <exception cref="AnnotationException">A file has two different durations, or a duration is not positive.</exception>
    public static Durations Of(IEnumerable<(string File, double Seconds)> files, string source = "durations in memory")
    {
        ArgumentNullException.ThrowIfNull(files);
        Reading reading = new(source);
        foreach (var (file, length) in files)
            reading.Add(file, length, 0);
        return reading.Finish();
    }

    /// <summary>Reads a list of durations.</summary>
    /// <exception cref="AnnotationException">The list has invalid rows; each is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Durations Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path);
    }

    /// <summary>Reads durations from UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name of the list in messages.</param>
    /// <exception cref="AnnotationException">The list has invalid rows; each is named with its line.</exception>
    public static Durations Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        var rows = new TabRows(text);
        Reading reading = new(source);
        var first = true;
        while (rows.Next())
        {
            var isHeader = first && rows.Count == 2 && rows[0].SequenceEqual("filename"u8);
            first = false;
            if (!isHeader)
                reading.Add(rows);
        }
        return reading.Finish();
    }

    /// <summary>Path of the list, or its name in messages.</summary>
    public string Source { get; }

    /// <summary>The files in the order in which they are first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The duration of a file in seconds, or null where the list does not name it.</summary>
    public double? Of(string file) => seconds.TryGetValue(file, out var length) ? length : null;

    private sealed class Reading(string source)
    {
        private readonly ProblemList problems = new();
        private readonly List<string> files = [];
        private readonly Dictionary<string, double> seconds = new(StringComparer.Ordinal);

        public void Add(in TabRows row)
        {
            if (row.Count != 2)
                problems.Add(
                    source,
                    row.Line,
                    $"the row has {row.Count} fields",
                    "write 2 fields: the file and its duration in seconds"
                );
            else if (!TextNumbers.TryRead(row[1], out var length))
                problems.Add(source, row.Line, $"the duration \"{Encoding.UTF8.GetString(row[1])}\" is not a number");
            else
                Add(Encoding.UTF8.GetString(row[0]), length, row.Line);
        }

        public void Add(string file, double length, int line)
        {
            if (!(length > 0 && length <= SoundEvent.LatestSeconds))
                problems.Add(
                    source,
                    line,
                    FormattableString.Invariant($"the file \"{file}\" has a duration of {length} s"),
                    FormattableString.Invariant($"a duration must be greater than 0 s and at most {SoundEvent.LatestSeconds} s")
                );
            if (seconds.TryAdd(file, length))
                files.Add(file);
            else if (seconds[file] != length)
                problems.Add(
                    source,
                    line,
                    FormattableString.Invariant(
                        $"the file \"{file}\" has a duration of {length} s here and of {seconds[file]} s in an earlier row"
                    )
                );
        }

        public Durations Finish()
        {
            problems.ThrowIfAny();
            return new Durations(source, [.. files], seconds);
        }
    }
}
