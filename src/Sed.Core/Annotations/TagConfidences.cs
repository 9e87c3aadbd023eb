namespace Sed.Core.Annotations;

/// <summary>The confidence of a clip-level label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Confidence">Confidence of the label, from 0 to 1.</param>
public readonly record struct SoftTag(string Label, double Confidence);

/// <summary>
/// Collects the confidences of the tags in a list. The confidence of a file's label is the mean over the annotators of
/// the file. An annotator who lists the label contributes the stated confidence, or 1 if none is stated; an annotator
/// who does not list the label contributes 0. Annotators who state that the label is unknown are left out of the mean.
/// </summary>
internal sealed class TagConfidences
{
    private readonly Dictionary<string, OfFile> files = new(StringComparer.Ordinal);

    private sealed class OfFile
    {
        internal HashSet<string> Annotators { get; } = new(StringComparer.Ordinal);

        internal Dictionary<string, List<Opinion>> Labels { get; } = new(StringComparer.Ordinal);
    }

    private readonly record struct Opinion(string Annotator, double? Confidence, int Line);

    /// <summary>Whether the list has neither confidences nor annotators.</summary>
    internal bool IsEmpty => files.Count == 0;

    /// <summary>Number of files with several annotators.</summary>
    internal int Combined => files.Keys.Count(HasSeveralAnnotators);

    /// <summary>Whether a file has several annotators.</summary>
    internal bool HasSeveralAnnotators(string file) => files.TryGetValue(file, out var own) && own.Annotators.Count > 1;

    /// <summary>The labels of all files, including labels below the minimum confidence. A label can repeat.</summary>
    internal IEnumerable<string> Labels => files.Values.SelectMany(own => own.Labels.Keys);

    /// <summary>Adds an annotator of a file. The annotator need not list a label.</summary>
    internal void AddAnnotator(string file, string annotator) => Of(file).Annotators.Add(annotator);

    /// <summary>Adds the confidence of a label.</summary>
    /// <param name="file">The file.</param>
    /// <param name="annotator">The annotator; empty in lists without annotators.</param>
    /// <param name="label">The label.</param>
    /// <param name="confidence">
    /// The confidence of the label; 0 if the label is stated to be absent, null if it is stated to be unknown.
    /// </param>
    /// <param name="line">Line of the row.</param>
    internal void Add(string file, string annotator, string label, double? confidence, int line)
    {
        var own = Of(file);
        own.Annotators.Add(annotator);
        if (!own.Labels.TryGetValue(label, out var opinions))
            own.Labels.Add(label, opinions = []);
        opinions.Add(new Opinion(annotator, confidence, line));
    }

    /// <summary>
    /// The labels of a file with their confidences and the lines of their first rows, in the order of the rows. The
    /// confidence of a label is null if all annotators state that the label is unknown.
    /// </summary>
    internal IReadOnlyList<(string Label, double? Confidence, int Line)> TagsOf(string file) =>
        files.TryGetValue(file, out var own)
            ? [.. own.Labels.Select(entry => (entry.Key, Mean(own, entry.Value), entry.Value.Min(one => one.Line)))]
            : [];

    /// <summary>Returns a copy with different labels.</summary>
    internal TagConfidences Relabelled(Func<string, string> newLabel)
    {
        TagConfidences other = new();
        foreach (var (file, own) in files)
        {
            other.Of(file).Annotators.UnionWith(own.Annotators);
            foreach (var (label, opinions) in own.Labels)
            foreach (var (annotator, confidence, line) in opinions)
                other.Add(file, annotator, newLabel(label), confidence, line);
        }
        return other;
    }

    private static double? Mean(OfFile own, List<Opinion> opinions)
    {
        var byAnnotator = opinions.GroupBy(one => one.Annotator).ToArray();
        var count = own.Annotators.Count - byAnnotator.Count(annotator => annotator.All(one => one.Confidence is null));
        return count == 0 ? null : byAnnotator.Sum(annotator => annotator.Max(one => one.Confidence ?? 0)) / count;
    }

    private OfFile Of(string file)
    {
        if (!files.TryGetValue(file, out var own))
            files.Add(file, own = new OfFile());
        return own;
    }
}
