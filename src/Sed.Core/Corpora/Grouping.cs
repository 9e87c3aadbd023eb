namespace Sed.Core.Corpora;

/// <summary>States which recordings belong together, for example those of one patient, day or recorder.</summary>
public abstract record Grouping
{
    private protected Grouping() { }

    /// <summary>
    /// The listing with each clip's group as its source. A clip without a known group is a problem and keeps its source.
    /// </summary>
    /// <param name="listing">Clips and lists of a corpus.</param>
    /// <param name="columns">Maps column names in the lists to known names; null for none.</param>
    internal abstract CorpusListing ApplyTo(CorpusListing listing, IReadOnlyDictionary<string, string>? columns);
}
