namespace Sed.Core.Corpora.Checks;

/// <summary>One thing that a check of a corpus found.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Split">The split, where it belongs to one.</param>
/// <param name="Name">The clip, file, source or class.</param>
/// <param name="Detail">What exactly, with the values; empty where the kind says it all.</param>
public sealed record Finding(FindingKind Kind, Split? Split, string Name, string Detail);
