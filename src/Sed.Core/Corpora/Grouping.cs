namespace Sed.Core.Corpora;

/// <summary>States which recordings belong together, for example those of one patient, day or recorder.</summary>
public abstract record Grouping
{
    private protected Grouping() { }

    /// <summary>
    /// Returns the listing with the source of each clip replaced by the clip's group. A clip without a known group
    /// keeps its source and is reported as a problem.
    /// </summary>
    /// <param name="listing">Clips and lists of a corpus.</param>
    /// <param name="columns">Maps column names in the lists to known names; null if no column is renamed.</param>
    internal abstract CorpusListing ApplyTo(CorpusListing listing, IReadOnlyDictionary<string, string>? columns);
}
