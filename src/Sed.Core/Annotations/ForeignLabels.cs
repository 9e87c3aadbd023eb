using System.Globalization;

namespace Sed.Core.Annotations;

/// <summary>
/// Collects labels that are not among the classes. Reports one problem for each list of annotations that has such
/// labels.
/// </summary>
/// <param name="classes">The classes that are scored.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class ForeignLabels(ClassList classes, ProblemList problems)
{
    private const int MaxShown = 10;

    private readonly List<string> sources = [];
    private readonly Dictionary<string, List<Foreign>> lists = new(StringComparer.Ordinal);

    /// <summary>Adds a row whose label is not in the class list.</summary>
    /// <param name="source">Name of the list.</param>
    /// <param name="file">Path of the file with the row; the name of the list if the list is a single file.</param>
    /// <param name="line">Line number from 1; 0 if the list has no line numbers.</param>
    /// <param name="label">The label.</param>
    public void Add(string source, string file, int line, string? label)
    {
        if (!lists.TryGetValue(source, out var own))
        {
            sources.Add(source);
            lists.Add(source, own = []);
        }
        if (own.Find(one => one.Label == label) is { } known)
            known.Rows++;
        else
            own.Add(new Foreign(label, file, line));
    }

    /// <summary>Adds one problem for each list of annotations that has labels outside the classes.</summary>
    public void Report()
    {
        if (sources.Count == 0)
            return;
        var similar = classes.GroupBy(SimilarNames.KeyOf).ToDictionary(group => group.Key, group => group.First());
        foreach (var source in sources)
        {
            var own = lists[source];
            var classesText = $"the {classes.Count} classes ({Shown(classes)})";
            var remedy = string.Join(
                "; ",
                own.Select(one => Resemblance(one.Label, similar))
                    .OfType<string>()
                    .Take(3)
                    .Append("correct the labels, or add them to the classes")
            );
            if (own is [var only])
                problems.Add(
                    only.File,
                    only.Line,
                    $"the label \"{only.Label}\" is not one of {classesText}{(only.Rows > 1 ? $", and occurs in {Count(only.Rows)} rows" : "")}",
                    remedy
                );
            else
                problems.Add(
                    source,
                    0,
                    $"{Count(own.Count)} labels are not among {classesText}: {Shown(own.Select(one => one.In(source)))}",
                    remedy
                );
        }
    }

    /// <summary>
    /// Names the class that has a similar name, as a message fragment; null if no class has a similar name.
    /// </summary>
    /// <param name="label">A label that is not a class.</param>
    /// <param name="similar">The classes by <see cref="SimilarNames.KeyOf"/>.</param>
    private static string? Resemblance(string? label, Dictionary<string, string> similar) =>
        label is not null && similar.TryGetValue(SimilarNames.KeyOf(label), out var known)
            ? $"\"{label}\" resembles the class \"{known}\""
            : null;

    private static string Shown(IEnumerable<string> all)
    {
        string[] some = [.. all.Take(MaxShown + 1)];
        return some.Length <= MaxShown ? string.Join("; ", some) : string.Join("; ", some.Take(MaxShown)) + "; ...";
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private sealed class Foreign(string? label, string file, int line)
    {
        public string? Label => label;

        /// <summary>Path of the file with the first row.</summary>
        public string File => file;

        public int Line => line;

        public int Rows { get; set; } = 1;

        /// <summary>
        /// Formats the label with the line of its first row and the number of its rows. If the list is a folder, the
        /// name of the file with the first row is added.
        /// </summary>
        public string In(string list)
        {
            var name = file == list ? "" : $"{Path.GetFileName(file)}, ";
            var place = line > 0 ? FormattableString.Invariant($"{name}line {line}, ") : name;
            return FormattableString.Invariant($"\"{label}\" ({place}{Rows} {(Rows == 1 ? "row" : "rows")})");
        }
    }
}
