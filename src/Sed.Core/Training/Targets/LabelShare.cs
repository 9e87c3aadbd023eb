using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Targets;

/// <summary>One part of <see cref="Labels.Mixed"/>: clips for which training uses the same kind of labels.</summary>
/// <param name="Kind">The kind of labels used for these clips.</param>
/// <param name="Clips">
/// Share of the training clips. The clips are drawn at random, stratified by class, and are the same for all seeds.
/// This requires a fully annotated corpus. Null: all clips whose annotation is of exactly this kind.
/// </param>
/// <param name="Batch">Share of every batch, above 0 and at most 1.</param>
public sealed record LabelShare(
    [property: Key("labels")] Labels Kind,
    [property: Key("clips")] double? Clips,
    [property: Key("batch")] double Batch
)
{
    /// <summary>
    /// The name of a corpus, if several corpora are used as one: the share contains only clips of this corpus. Null (the
    /// default): clips of all corpora.
    /// </summary>
    [Key("part")]
    public string? Part { get; init; }

    /// <summary>Whether the clips are used in the loss of the strong output. Default true.</summary>
    [Key("strongLoss", OmitWhen = true)]
    public bool HasStrongLoss { get; init; } = true;

    /// <summary>Whether the clips are used in the loss of the weak output. Default true.</summary>
    [Key("weakLoss", OmitWhen = true)]
    public bool HasWeakLoss { get; init; } = true;

    /// <summary>Whether the clips are used in the consistency loss of a mean teacher. Default true.</summary>
    [Key("consistencyLoss", OmitWhen = true)]
    public bool HasConsistencyLoss { get; init; } = true;

    /// <summary>
    /// Whether augmentations that combine clips and their labels (mixup, mixup of pairs, overlay) combine the clips of
    /// the share with each other. Default true. Interpolation consistency combines the clips in any case.
    /// </summary>
    [Key("combined", OmitWhen = true)]
    public bool IsCombined { get; init; } = true;

    /// <summary>A short description, for example "strong labels for 0.1 of the clips and 0.25 of a batch".</summary>
    public string Summary
    {
        get
        {
            var share = Clips is { } clips
                ? FormattableString.Invariant($"{Kind.Summary} for {clips:R} of the clips and {Batch:R} of a batch")
                : FormattableString.Invariant($"{Kind.Summary} as annotated{Of(Part)} for {Batch:R} of a batch");
            string[] limits =
            [
                .. HasStrongLoss && HasWeakLoss && HasConsistencyLoss ? [] : new[] { $"{Losses} only" },
                .. IsCombined ? [] : new[] { "without mixup" },
            ];
            return limits.Length == 0 ? share : $"{share} ({string.Join(", ", limits)})";
        }
    }

    private static string Of(string? part) => part is null ? "" : $" in {part}";

    private string Losses =>
        (HasStrongLoss, HasWeakLoss, HasConsistencyLoss) switch
        {
            (true, false, false) => "strong loss",
            (false, true, false) => "weak loss",
            (false, false, true) => "consistency loss",
            (true, true, false) => "strong and weak loss",
            (true, false, true) => "strong and consistency loss",
            (false, true, true) => "weak and consistency loss",
            _ => "no loss",
        };

    /// <summary>Returns a copy that contains only clips of one corpus.</summary>
    public LabelShare WithPart(string part) => this with { Part = part };

    /// <summary>Returns a copy that is used only in the selected losses.</summary>
    public LabelShare WithLosses(bool strong, bool weak, bool consistency) =>
        this with
        {
            HasStrongLoss = strong,
            HasWeakLoss = weak,
            HasConsistencyLoss = consistency,
        };

    /// <summary>A copy with a different <see cref="IsCombined"/>.</summary>
    public LabelShare WithCombined(bool combined) => this with { IsCombined = combined };

    /// <summary>All problems of this share; empty if it is valid.</summary>
    internal IEnumerable<Problem> Problems()
    {
        if (Clips is { } clips && !IsShare(clips))
            yield return Problem.Of(
                FormattableString.Invariant($"{Kind.Summary} for {clips:R} of the clips"),
                "the share must be greater than 0 and at most 1"
            );
        if (!IsShare(Batch))
            yield return Problem.Of(
                FormattableString.Invariant($"{Kind.Summary} in {Batch:R} of a batch"),
                "the share must be greater than 0 and at most 1"
            );
        if (Clips is not null && Part is not null)
            yield return Problem.Of(
                $"a subset cannot be drawn from the corpus '{Part}' alone",
                "draw it from the clips of all corpora, or use `annotatedIn` for the clips of one corpus"
            );
        if (!(HasStrongLoss || HasWeakLoss || HasConsistencyLoss))
            yield return Problem.Of($"{Kind.Summary} are used in no loss", "name at least one loss");
    }

    private static bool IsShare(double share) => share > 0 && share <= 1;
}
