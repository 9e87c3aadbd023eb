namespace Sed.Core.Labelling.Embeddings;

/// <summary>The rows of a vector store that contain the vectors of one recording.</summary>
/// <param name="Content">SHA-256 of the audio file's content, 64 lower-case hexadecimal digits.</param>
/// <param name="Seconds">Duration of the recording in seconds.</param>
/// <param name="First">Row of the recording's first vector, from 0.</param>
/// <param name="Count">Number of the recording's vectors: one for each stretch.</param>
internal sealed record VectorRange(string Content, double Seconds, long First, int Count);
