namespace Sed.Core.Features;

/// <summary>A clip whose sound turned out to be unreadable when its features were wanted.</summary>
/// <param name="Index">Its position in the manifest, and the row that holds the features of silence instead.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it cannot be read, with the file.</param>
public sealed record BrokenClip(int Index, string Name, string Reason);
