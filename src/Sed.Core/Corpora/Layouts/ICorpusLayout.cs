namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// A convention for the label files and audio of a corpus. Each layout is a class in this folder and an item of
/// <see cref="CorpusLayouts.All"/>.
/// </summary>
internal interface ICorpusLayout
{
    /// <summary>Name in messages and reports, for example "DCASE 2017 Task 4". Unique among the layouts.</summary>
    string Title { get; }

    /// <summary>Description of the label files that <see cref="Recognise"/> looks for, used in messages.</summary>
    string Expected { get; }

    /// <summary>Looks for the layout's label files in a folder.</summary>
    LayoutMatch Recognise(CorpusFolder folder);

    /// <summary>
    /// Reads the label files of a folder that the layout recognises. Invalid rows are left out and are problems of the result,
    /// which also states how each list is used.
    /// </summary>
    /// <exception cref="CorpusException">No clip has valid rows. The message names every problem.</exception>
    CorpusListing Read(CorpusFolder folder);
}

/// <summary>Whether a layout recognises a folder, and why.</summary>
internal sealed record LayoutMatch
{
    private LayoutMatch() { }

    /// <summary>The label files that were found; empty if the layout does not recognise the folder.</summary>
    internal IReadOnlyList<string> LabelFiles { get; private init; } = [];

    /// <summary>
    /// The label files that were not found, as a message fragment; empty if the layout recognises the folder.
    /// </summary>
    internal string Missing { get; private init; } = "";

    /// <summary>
    /// Whether any other layout that recognises the folder takes precedence. True for label files without prescribed
    /// names. Default false.
    /// </summary>
    internal bool IsTentative { get; init; }

    internal bool IsRecognised => LabelFiles.Count > 0;

    /// <summary>
    /// Creates a match from the label files of a folder; without label files, the layout does not recognise the folder.
    /// </summary>
    /// <param name="labelFiles">The label files that were found, possibly none.</param>
    /// <param name="missing">
    /// The label files that were not found, as a message fragment; used if there are no label files.
    /// </param>
    internal static LayoutMatch Of(IEnumerable<string> labelFiles, string missing)
    {
        string[] found = [.. labelFiles];
        return found.Length > 0 ? new() { LabelFiles = found } : new() { Missing = missing };
    }
}
