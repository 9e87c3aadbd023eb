using Sed.Core.Annotations;

namespace Sed.Core.Models;

/// <summary>The events and tags that a model detects in a recording.</summary>
/// <param name="Seconds">Length of the recording in seconds.</param>
/// <param name="Events">Detected events, ordered by onset.</param>
/// <param name="Tags">Labels of the detected classes, in the order of the classes.</param>
/// <param name="TagProbabilities">
/// The weak output: probability of each class in the recording; for a long recording, the maximum over its windows.
/// </param>
public sealed record Prediction(
    double Seconds,
    IReadOnlyList<SoundEvent> Events,
    IReadOnlyList<string> Tags,
    IReadOnlyList<float> TagProbabilities
)
{
    /// <summary>
    /// The detected events with their confidence: the mean probability of the class in the frames of the event.
    /// </summary>
    public IReadOnlyList<SoftEvent> Detections { get; init; } = [];
}

/// <summary>The prediction for a file, or the reason why there is none.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Prediction">The prediction; null if the file cannot be read or processed.</param>
/// <param name="Problem">The reason why the file cannot be read or processed; null if it can.</param>
public sealed record FilePrediction(string Path, Prediction? Prediction, string? Problem)
{
    /// <summary>Faults of a readable file, for example a header without a length; each as a message fragment.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>Receives the frame probabilities of a recording, piece by piece, in order.</summary>
/// <param name="path">Path of the file.</param>
/// <param name="firstFrame">Number of the first frame of the piece, from 0.</param>
/// <param name="probabilities">Frame probabilities, shape (frames, classes).</param>
public delegate void FrameProbabilityHandler(string path, long firstFrame, ReadOnlySpan<float> probabilities);
