namespace Sed.Core.Labelling.Embeddings;

/// <summary>The vectors of a recording in a store.</summary>
/// <param name="Content">SHA-256 of the audio file's content, 64 lower-case hexadecimal digits.</param>
/// <param name="Seconds">Duration of the recording in seconds.</param>
/// <param name="First">Row of its first vector.</param>
/// <param name="Count">Number of its vectors: one for each stretch.</param>
internal sealed record VectorRange(string Content, double Seconds, long First, int Count);
