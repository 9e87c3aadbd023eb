namespace Sed.Core.Labelling.Reviews;

/// <summary>A decision in the form in which a review page sends it.</summary>
public sealed record DecisionRequest
{
    /// <summary>Identifier, unique to the decision. A decision that is sent again has the same identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Identifier of the browser tab.</summary>
    public required string Session { get; init; }

    /// <summary>Number of the stretch, from 0.</summary>
    public required int Item { get; init; }

    /// <summary>The version of the labels that the page shows (<see cref="ItemState.Version"/>).</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Start of the part of the recording that the page shows (the view), in seconds. The HTTP response contains the
    /// marks in the view.
    /// </summary>
    public double From { get; init; }

    /// <summary>End of the part of the recording that the page shows, in seconds.</summary>
    public double To { get; init; }

    /// <summary>Whether the request is to undo the session's last decision. Default false.</summary>
    public bool IsUndo { get; init; }

    /// <summary>The changes to the marks of the recording; empty if the request is an undo.</summary>
    public IReadOnlyList<ReviewOperation> Operations { get; init; } = [];
}
