using System.Globalization;
using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>The part of the labels of a corpus that is known, for plans.</summary>
public static class KnownShares
{
    /// <summary>
    /// One line for each class that is not known everywhere: in how many labelled clips of each split its presence is known,
    /// and the part of the time of strongly labelled clips in which its events are annotated. Empty if everything is known.
    /// </summary>
    public static string Describe(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        StringBuilder text = new();
        foreach (var label in manifest.Classes)
        {
            string[] parts =
            [
                .. manifest
                    .Clips.Where(clip => clip.IsTagged)
                    .GroupBy(clip => clip.Split)
                    .OrderBy(split => split.Key)
                    .Select(split => OfSplit(split.Key, label, [.. split]))
                    .Where(part => part.Length > 0),
            ];
            if (parts.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"Known labels of '{label}': {string.Join("; ", parts)}.\n");
        }
        return text.ToString();
    }

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
            $"{text}, {100 * known / timed.Sum(clip => clip.DurationSeconds):0.#} % of the annotated recordings' time"
        );
    }
}
