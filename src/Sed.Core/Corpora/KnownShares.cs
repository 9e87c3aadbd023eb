namespace Sed.Core.Corpora;

/// <summary>Describes for plans and corpus checks which part of a corpus's labels is known.</summary>
public static class KnownShares
{
    /// <summary>
    /// Returns one line for each group of classes with equal shares of known labels. A line has two numbers for each
    /// split: the number of labelled clips in which the presence of the classes is known, and the percentage of the
    /// strongly labelled audio for which their events are annotated. Classes that are known everywhere are left out.
    /// </summary>
    public static string Describe(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var lines = manifest
            .Classes.Select(label => (Label: label, Shares: OfClass(manifest, label)))
            .Where(one => one.Shares.Length > 0)
            .GroupBy(one => one.Shares)
            .Select(alike =>
                $"Known labels of {string.Join(", ", alike.Select(one => $"'{one.Label}'"))}: {alike.Key}.\n"
            );
        return string.Concat(lines);
    }

    private static string OfClass(Manifest manifest, string label) =>
        string.Join(
            "; ",
            manifest
                .Clips.Where(clip => clip.IsTagged)
                .GroupBy(clip => clip.Split)
                .OrderBy(split => split.Key)
                .Select(split => OfSplit(split.Key, label, [.. split]))
                .Where(part => part.Length > 0)
        );

    private static string OfSplit(Split split, string label, IReadOnlyCollection<Clip> clips)
    {
        if (clips.All(clip => clip.KnownTimesOf(label).IsAlways && !clip.UnknownLabels.Contains(label)))
            return "";
        var tagged = clips.Count(clip => !clip.UnknownLabels.Contains(label));
        var text = $"{split.ToString().ToLowerInvariant()} {tagged} of {clips.Count} clips";
        Clip[] timed = [.. clips.Where(clip => clip.StrongEvents is not null)];
        if (timed.Length == 0)
            return text;
        var known = timed.Sum(clip => clip.KnownTimesOf(label).SecondsIn(0, clip.DurationSeconds));
        return FormattableString.Invariant(
            $"{text}, {100 * known / timed.Sum(clip => clip.DurationSeconds):0.#} % of the duration of clips with strong labels"
        );
    }
}
