namespace Sed.Core.Labelling.Embeddings;

/// <summary>A recording whose stretches have vectors in a store.</summary>
/// <param name="Name">Its name: the path relative to the folder of the recordings, with forward slashes.</param>
/// <param name="Path">Path of the audio file.</param>
/// <param name="Content">SHA-256 of the audio file's content, 64 lower-case hexadecimal digits.</param>
/// <param name="Seconds">Duration in seconds.</param>
public sealed record EmbeddedRecording(string Name, string Path, string Content, double Seconds);
