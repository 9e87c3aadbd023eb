namespace Sed.Core.Corpora;

/// <summary>Properties of a corpus that replace those of its layout.</summary>
public sealed record CorpusOptions
{
    /// <summary>Name of the corpus; null (default) takes the layout's.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Sampling rate at which recordings are read, in Hz; null (default) takes the layout's or, if it has none, the rate of most
    /// recordings.
    /// </summary>
    public int? SampleRate { get; init; }

    /// <summary>
    /// Length of a clip, the network's input, in seconds. Null (default) takes the layout's or, if it has none, chooses it from
    /// the recordings: their own length if all differ by at most 10 %, otherwise 10 s.
    /// </summary>
    public double? ClipSeconds { get; init; }

    /// <summary>
    /// Seconds between the starts of the windows in which recordings are scored, at most <see cref="ClipSeconds"/>. Null
    /// (default): half a clip if recordings have different lengths. Without windows, every recording is a clip of fixed length,
    /// cut or padded to it.
    /// </summary>
    public double? HopSeconds { get; init; }

    internal CorpusListing ApplyTo(CorpusListing listing) =>
        listing with
        {
            Corpus = Name ?? listing.Corpus,
            SampleRate = SampleRate ?? listing.SampleRate,
            ClipSeconds = ClipSeconds ?? listing.ClipSeconds,
            HopSeconds = HopSeconds ?? listing.HopSeconds,
        };
}
