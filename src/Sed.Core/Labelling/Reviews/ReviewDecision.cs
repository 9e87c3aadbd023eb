using System.Text.Json.Serialization;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// One change to the marks of a recording: sets or replaces the mark with the given key, or removes this mark.
/// </summary>
/// <param name="Key">Key of the mark, unique in the recording.</param>
/// <param name="Mark">The new mark; null to remove it.</param>
public sealed record ReviewOperation(
    string Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ReviewMark? Mark
);

/// <summary>
/// A decision of a reviewer, which is one line of the log. It consists of operations on the marks of a recording, which
/// are applied together, or it reverses an earlier decision. Immutable.
/// </summary>
public sealed record ReviewDecision
{
    /// <summary>Identifier from the page. A decision that arrives twice is applied once.</summary>
    public required string Id { get; init; }

    /// <summary>Identifier of the browser tab. Undo reverses the decisions of one tab, the latest one first.</summary>
    public required string Session { get; init; }

    /// <summary>Name of the reviewer.</summary>
    public required string Reviewer { get; init; }

    /// <summary>Time of the decision (UTC).</summary>
    public required DateTime Time { get; init; }

    /// <summary>Name of the recording.</summary>
    public required string Recording { get; init; }

    /// <summary>The changes to the marks; empty if the decision reverses an earlier one.</summary>
    public IReadOnlyList<ReviewOperation> Operations { get; init; } = [];

    /// <summary>Identifier of the decision that this one reverses; null (default) if it reverses none.</summary>
    public string? Undoes { get; init; }
}
