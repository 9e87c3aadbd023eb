namespace Sed.Core.Training;

/// <summary>A checkpoint is damaged, so that training cannot go on from it.</summary>
/// <param name="file">The checkpoint.</param>
/// <param name="cause">What is wrong with it, as a clause.</param>
/// <param name="inner">What was found, where an exception said it.</param>
public sealed class CheckpointException(string file, string cause, Exception? inner = null)
    : Exception($"{file} is damaged ({cause}); remove it to start anew.", inner)
{
    /// <summary>The checkpoint.</summary>
    public string File { get; } = file;
}
