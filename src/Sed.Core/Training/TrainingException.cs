namespace Sed.Core.Training;

/// <summary>Thrown when training cannot continue.</summary>
/// <param name="message">The cause and where it occurred, for example the epoch and the clips.</param>
public sealed class TrainingException(string message) : Exception(message);

/// <summary>Thrown when a checkpoint is damaged and training cannot be resumed from it.</summary>
/// <param name="file">Path of the checkpoint.</param>
/// <param name="cause">The damage, as a message fragment without a full stop.</param>
/// <param name="inner">The exception thrown while reading the checkpoint, if any.</param>
public sealed class CheckpointException(string file, string cause, Exception? inner = null)
    : Exception($"{file} is damaged ({cause}); delete it to start the training again.", inner)
{
    /// <summary>Path of the checkpoint.</summary>
    public string File { get; } = file;
}
