using System.Collections;
using System.Collections.Frozen;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// The sound classes of a task: distinct labels in a fixed order. All class-wise results have this order.
/// </summary>
public sealed class ClassList : IReadOnlyList<string>, IEquatable<ClassList>
{
    private readonly string[] labels;
    private readonly FrozenDictionary<string, int> positions;

    /// <summary>Creates a class list; the labels keep their order.</summary>
    /// <exception cref="ArgumentException">A label is empty or repeated.</exception>
    public ClassList(IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        this.labels = [.. labels];
        Dictionary<string, int> found = new(StringComparer.Ordinal);
        List<string> problems = [];
        for (var k = 0; k < this.labels.Length; k++)
        {
            if (string.IsNullOrWhiteSpace(this.labels[k]))
                problems.Add($"Class {k + 1} has no label.");
            else if (!found.TryAdd(this.labels[k], k))
                problems.Add($"Class {k + 1} repeats class {found[this.labels[k]] + 1}, \"{this.labels[k]}\".");
        }
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(labels));
        positions = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>
    /// The labels that occur in event lists, in ordinal alphabetical order (sed_eval's default; Mesaros et al. 2016).
    /// </summary>
    public static ClassList Of(params IEnumerable<EventList> lists) =>
        new(lists.SelectMany(list => list.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>
    /// Reads a class list: text with one label per line. A label can be in quotes. Blank lines and spaces around labels
    /// are ignored.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="AnnotationException">The file is not text, has no label or repeats one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ClassList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var bytes = ListText.Read(path);
        ListText.RequireText(bytes, path);
        ProblemList problems = new();
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        var number = 0;
        foreach (
            var line in Encoding
                .UTF8.GetString(bytes)
                .TrimStart('\uFEFF')
                .Replace("\r\n", "\n")
                .Replace('\r', '\n')
                .Split('\n')
        )
        {
            number++;
            var label = line.Trim();
            if (label.Length > 2 && label[0] == '"' && label[^1] == '"')
                label = label[1..^1].Replace("\"\"", "\"").Trim();
            if (label.Contains('\uFFFD') || label.Any(char.IsControl))
                problems.Add(path, number, "the label is not valid UTF-8 or contains a control character");
            else if (label.Length > 0 && !lines.TryAdd(label, number))
                problems.Add(path, number, $"the label \"{label}\" repeats line {lines[label]}");
        }
        problems.ThrowIfAny();
        return lines.Count > 0
            ? new ClassList(lines.OrderBy(entry => entry.Value).Select(entry => entry.Key))
            : throw new AnnotationException(path, 0, "the file has no labels", "write one label per line");
    }

    /// <summary>Number of classes.</summary>
    public int Count => labels.Length;

    /// <summary>The label of the class at a position, from 0.</summary>
    public string this[int index] => labels[index];

    /// <summary>The position of a label, or -1 if it is not a class.</summary>
    public int IndexOf(string label) => positions.TryGetValue(label, out var index) ? index : -1;

    /// <summary>True if both lists have the same labels in the same order.</summary>
    public bool Equals(ClassList? other) =>
        ReferenceEquals(this, other) || (other is not null && labels.AsSpan().SequenceEqual(other.labels));

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as ClassList);

    /// <inheritdoc />
    public override int GetHashCode() => labels.Aggregate(labels.Length, HashCode.Combine);

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)labels).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The labels, separated by semicolons because labels of DCASE 2017 contain commas.</summary>
    public override string ToString() => string.Join("; ", labels);
}
