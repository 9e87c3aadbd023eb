namespace Sed.Core.Corpora;

/// <summary>What identifies the group of a recording, for example its patient, day or recorder.</summary>
public abstract record Grouping
{
    private protected Grouping() { }

    /// <summary>
    /// The listing with the groups as sources of the clips. Clips whose group is unknown are a problem and keep their sources.
    /// </summary>
    /// <param name="listing">Clips and lists of a corpus.</param>
    /// <param name="columns">Maps column names in the lists to known names; null for none.</param>
    internal abstract CorpusListing ApplyTo(CorpusListing listing, IReadOnlyDictionary<string, string>? columns);
}
