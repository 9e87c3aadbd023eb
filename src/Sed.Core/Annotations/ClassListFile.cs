using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Reads the classes of a task: UTF-8 text with a label in each line, in the order of every per-class result.</summary>
public static class ClassListFile
{
    /// <summary>Reads a list; blank lines and blanks around labels are passed over.</summary>
    /// <exception cref="AnnotationException">It is no text, has no label, or has one twice; every line is named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ClassList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var bytes = ListBytes.Read(path);
        ListBytes.RequireText(bytes, path);
        ProblemList problems = new();
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var label = line.Trim();
            if (label.Contains('\uFFFD') || label.Any(char.IsControl))
                problems.Add(path, number, "the label is not UTF-8 text or holds a control character");
            else if (label.Length > 0 && !lines.TryAdd(label, number))
                problems.Add(path, number, $"the label \"{label}\" stands in line {lines[label]} already");
        }
        problems.ThrowIfAny();
        return lines.Count > 0
            ? new ClassList(lines.OrderBy(entry => entry.Value).Select(entry => entry.Key))
            : throw new AnnotationException(path, 0, "there are no labels in it; write one in each line");
    }
}
