namespace Sed.Core.Labelling.Reviews;

/// <summary>A mark with its key and reviewer.</summary>
/// <param name="Key">Key of the mark in its recording.</param>
/// <param name="Mark">The mark.</param>
/// <param name="Reviewer">Name of the reviewer who set the mark; null for a label from before the review.</param>
public sealed record KeyedMark(string Key, ReviewMark Mark, string? Reviewer);

/// <summary>The labels of a stretch, as a review page shows them.</summary>
/// <param name="Version">
/// Number of the last decision that changed the stretch, or labels in its view (<see cref="ReviewView.SpanOf"/>); 0 if
/// no decision changed them.
/// </param>
/// <param name="Marks">
/// The marks that overlap the view, the tags of the recording, and the labels from before the review that the review
/// has not changed.
/// </param>
/// <param name="Annotated">
/// The spans of time in which events were annotated before the review, with onset and offset in seconds. A span with
/// the label null applies to all classes.
/// </param>
/// <param name="IsDone">Whether the review of the stretch is complete.</param>
/// <param name="CanUndo">Whether the browser tab has made a decision that has not been undone.</param>
/// <param name="Done">The numbers, from 0, of the recording's stretches whose review is complete.</param>
/// <param name="Classes">All classes of the review.</param>
public sealed record ItemState(
    long Version,
    IReadOnlyList<KeyedMark> Marks,
    IReadOnlyList<ReviewMark> Annotated,
    bool IsDone,
    bool CanUndo,
    IReadOnlyList<int> Done,
    IReadOnlyList<string> Classes
);
