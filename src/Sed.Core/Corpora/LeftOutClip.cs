namespace Sed.Core.Corpora;

/// <summary>A clip that the label files name and that cannot be used.</summary>
/// <param name="Name">The clip's name as the label files write it.</param>
/// <param name="Split">Where it would have belonged.</param>
/// <param name="Missing">True where there is no audio file at all, false where there is one that cannot be read.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record LeftOutClip(string Name, Split Split, bool Missing, string Reason);
