namespace Sed.Core.Labelling.Reviews;

/// <summary>What became of a decision.</summary>
public enum DecisionResult
{
    /// <summary>The decision is on disk and applied.</summary>
    Applied,

    /// <summary>A decision with this identifier was applied before.</summary>
    Repeated,

    /// <summary>The stretch has changed since the page received its state. The decision was not applied.</summary>
    Outdated,

    /// <summary>The decision is not valid, or there is nothing to undo. It was not applied.</summary>
    Refused,
}

/// <summary>The outcome of a decision, and the current state of the stretch.</summary>
/// <param name="Result">What became of the decision.</param>
/// <param name="Message">
/// For the reviewer, as a sentence: why the decision was not applied, or what could not be written; null if it is applied.
/// </param>
/// <param name="Item">Number of the stretch, from 0; of an undone decision, the stretch that it changed.</param>
/// <param name="State">The current state of the stretch.</param>
public sealed record DecisionOutcome(DecisionResult Result, string? Message, int Item, ItemState State);

/// <summary>A mark with its key and reviewer.</summary>
/// <param name="Key">Key of the mark in its recording.</param>
/// <param name="Mark">The mark.</param>
/// <param name="Reviewer">Who set it; null for a label that the recording had before.</param>
public sealed record KeyedMark(string Key, ReviewMark Mark, string? Reviewer);

/// <summary>The labels of a stretch.</summary>
/// <param name="Version">Number of the last decision that changed the stretch; 0 if there is none.</param>
/// <param name="Marks">
/// The marks of the recording that overlap the view, its tags, and the labels that it had before where the review has not
/// changed them.
/// </param>
/// <param name="Annotated">
/// The times at which events were annotated before, as onset and offset in seconds; the label is null for all classes.
/// </param>
/// <param name="IsDone">Whether the review of the stretch is complete.</param>
/// <param name="CanUndo">Whether the session has a decision that can be undone.</param>
/// <param name="Done">The numbers of the stretches of the recording whose review is complete.</param>
/// <param name="Classes">All classes.</param>
public sealed record ItemState(
    long Version,
    IReadOnlyList<KeyedMark> Marks,
    IReadOnlyList<ReviewMark> Annotated,
    bool IsDone,
    bool CanUndo,
    IReadOnlyList<int> Done,
    IReadOnlyList<string> Classes
);
