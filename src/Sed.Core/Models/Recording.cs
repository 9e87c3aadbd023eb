using Sed.Core.Annotations;

namespace Sed.Core.Models;

/// <summary>What a model heard in a recording.</summary>
/// <param name="Seconds">Length of the recording.</param>
/// <param name="Events">In order of their onsets.</param>
/// <param name="Tags">The classes that the recording has, in the order of the classes.</param>
/// <param name="TagProbabilities">
/// Probability that the recording has each class: the weak output, of a long recording the largest of its windows.
/// </param>
public sealed record Recording(
    double Seconds,
    IReadOnlyList<SoundEvent> Events,
    IReadOnlyList<string> Tags,
    IReadOnlyList<float> TagProbabilities
);

/// <summary>A file that a model listened to, or why it could not.</summary>
/// <param name="Path">The file.</param>
/// <param name="Recording">What was heard; null where the file cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
public sealed record HeardFile(string Path, Recording? Recording, string? Problem);

/// <summary>Receives the frame probabilities of a recording, piece by piece, in order.</summary>
/// <param name="path">The file.</param>
/// <param name="first">The first frame's number, from 0.</param>
/// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
public delegate void FrameListener(string path, long first, ReadOnlySpan<float> probabilities);
