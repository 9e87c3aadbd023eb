namespace Sed.Core.Labelling.Reviews;

/// <summary>What became of a decision.</summary>
public enum DecisionResult
{
    /// <summary>The decision is on disk and applied.</summary>
    Applied,

    /// <summary>A decision with this identifier was applied before.</summary>
    Repeated,

    /// <summary>
    /// The stretch or labels in its view have changed since the page received them. The decision was not applied.
    /// </summary>
    Outdated,

    /// <summary>The decision is not valid, or there is nothing to undo. It was not applied.</summary>
    Refused,
}

/// <summary>The outcome of a decision, and the current state of the stretch.</summary>
/// <param name="Result">What became of the decision.</param>
/// <param name="Message">
/// A sentence for the reviewer: why the decision was not applied, or, for an applied decision, why the lists of labels
/// could not be written. Null if there is nothing to report.
/// </param>
/// <param name="Item">
/// Number of the stretch, from 0. After an undo, it is the number of a stretch that the undone decision had changed.
/// </param>
/// <param name="State">The current state of the stretch.</param>
public sealed record DecisionOutcome(DecisionResult Result, string? Message, int Item, ItemState State);
