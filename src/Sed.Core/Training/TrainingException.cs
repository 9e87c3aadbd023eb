namespace Sed.Core.Training;

/// <summary>Training cannot continue.</summary>
/// <param name="message">Why, and where.</param>
public sealed class TrainingException(string message) : Exception(message);

/// <summary>A checkpoint is damaged, so training cannot be resumed from it.</summary>
/// <param name="file">The checkpoint.</param>
/// <param name="cause">What is wrong with it, as a clause.</param>
/// <param name="inner">The exception that reading it caused, where there was one.</param>
public sealed class CheckpointException(string file, string cause, Exception? inner = null)
    : Exception($"{file} is damaged ({cause}); delete it to start the training again.", inner)
{
    /// <summary>The checkpoint.</summary>
    public string File { get; } = file;
}
