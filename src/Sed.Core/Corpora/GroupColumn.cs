using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>
/// Groups recordings by a column of the label lists or of splits.tsv. The column has one value per recording, for
/// example the site or the device.
/// </summary>
/// <param name="Name">Name of the column. Case, spaces, hyphens and underscores are ignored.</param>
public sealed record GroupColumn(string Name) : Grouping
{
    internal override CorpusListing ApplyTo(CorpusListing listing, IReadOnlyDictionary<string, string>? columns)
    {
        List<Problem> problems = [.. listing.Problems];
        Dictionary<string, FileColumn> found = [];
        foreach (var use in listing.Lists.Where(use => !use.IsIgnored).DistinctBy(use => use.File))
            if (Read(Path.Combine(listing.Folder, use.File), columns, problems) is { } column)
                found.Add(use.File, column);
        if (found.Count == 0 && problems.Count == listing.Problems.Count)
            problems.Add(
                new Problem(
                    listing.Folder,
                    $"no list has a column \"{Name}\" for the groups",
                    "name a column of the lists of labels or of splits.tsv"
                )
            );
        var values = found
            .Values.Select(column => column.Of(listing.Clips.Select(clip => clip.Name), listing.Audio.HasAtTop))
            .ToArray();
        string[] without =
        [
            .. listing
                .Clips.Where(clip => IsLabelled(clip) && GroupOf(clip) is null)
                .Select(clip => clip.Name)
                .Distinct(),
        ];
        if (found.Count > 0 && without.Length > 0)
            problems.Add(
                new Problem(
                    listing.Folder,
                    $"{without.Length} recordings have no value in the column \"{Name}\", for example {without[0]}",
                    "add the values (write recordings of the same name with their folders), or choose another column for the groups"
                )
            );
        return listing with
        {
            Clips = [.. listing.Clips.Select(clip => clip with { Source = GroupOf(clip) ?? clip.Source })],
            Lists =
            [
                .. listing.Lists.Select(use => found.TryGetValue(use.File, out var own) ? Without(use, own) : use),
            ],
            Problems = problems,
        };

        string? GroupOf(LabelledClip clip) =>
            values
                .Select(column => column.GetValueOrDefault(clip.Name))
                .FirstOrDefault(value => value is not null and not FileColumn.Empty);
    }

    // Lists of unlabelled clips have no columns other than the names.
    private static bool IsLabelled(LabelledClip clip) => clip.IsTagged || clip.StrongEvents is not null;

    private FileColumn? Read(string list, IReadOnlyDictionary<string, string>? columns, List<Problem> problems)
    {
        try
        {
            // Annotation files of single recordings are shown as a pattern.
            return File.Exists(list) ? FileColumn.Read(list, Name, columns) : null;
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems.Except(problems));
            return null;
        }
    }

    /// <summary>Returns the use of a list, without the column in the note about unused columns.</summary>
    private static ListUse Without(ListUse use, FileColumn column) =>
        use with
        {
            Note = string.Join("; ", column.RemoveFromNotesWithoutSource(use.Note.Split("; "))),
        };
}
