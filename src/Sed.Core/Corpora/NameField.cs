using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Groups recordings by a field of the file name, which is read without its extension.</summary>
/// <param name="Separator">The character between fields, for example '_'.</param>
/// <param name="Index">Position of the field, from 0.</param>
public sealed record NameField(char Separator, int Index) : Grouping
{
    /// <summary>The field of a name; null if the name has too few fields or the field is empty.</summary>
    public string? Of(string name)
    {
        var fields = Path.GetFileNameWithoutExtension(name.Replace('\\', '/')).Split(Separator);
        return Index < fields.Length && fields[Index].Length > 0 ? fields[Index] : null;
    }

    internal override CorpusListing ApplyTo(CorpusListing listing, IReadOnlyDictionary<string, string>? columns)
    {
        string[] without = [.. listing.Clips.Select(clip => clip.Name).Where(name => Of(name) is null).Distinct()];
        return listing with
        {
            Clips = [.. listing.Clips.Select(clip => clip with { Source = Of(clip.Name) ?? clip.Source })],
            Problems = without.Length == 0 ? listing.Problems : [.. listing.Problems, Problem(listing.Folder, without)],
        };
    }

    private Problem Problem(string folder, string[] without) =>
        new(
            folder,
            $"{without.Length} file names have no field {Index} (fields are counted from 0 and separated by '{Separator}'), for example {without[0]}",
            "choose another field or separator for the groups"
        );
}
