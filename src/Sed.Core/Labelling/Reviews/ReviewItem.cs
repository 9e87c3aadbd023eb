namespace Sed.Core.Labelling.Reviews;

/// <summary>A stretch of a recording to review.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Onset">Start in seconds.</param>
/// <param name="Offset">End in seconds.</param>
/// <param name="Details">Other columns of the queue, such as a reason or a score, by name.</param>
public sealed record ReviewItem(
    ReviewRecording Recording,
    double Onset,
    double Offset,
    IReadOnlyList<KeyValuePair<string, string>> Details
);
