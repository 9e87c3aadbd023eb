namespace Sed.Core.Corpora;

/// <summary>What a corpus in tab-separated lists does not say about itself.</summary>
public sealed record FolderCorpusOptions
{
    /// <summary>Samples per second at which clips are read (Hz). Default 44,100.</summary>
    public int SampleRate { get; init; } = 44_100;

    /// <summary>Length to which every clip is cut or padded (s). Default 10.</summary>
    public double ClipSeconds { get; init; } = 10;
}
