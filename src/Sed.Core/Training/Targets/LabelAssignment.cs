using Sed.Core.Corpora;
using Sed.Core.Runtime;

namespace Sed.Core.Training.Targets;

/// <summary>The labels of a clip that training uses, in order of increasing information.</summary>
internal enum LabelKind
{
    /// <summary>The clip is not used.</summary>
    Unused,

    /// <summary>The clip is used without its labels.</summary>
    Unlabelled,

    /// <summary>The clip's tags are used.</summary>
    Weak,

    /// <summary>The clip's tags and events are used.</summary>
    Strong,
}

/// <summary>
/// Assigns a <see cref="LabelKind"/> to each training clip. With <see cref="Labels.Mixed"/>, the kind follows from the
/// annotation of the clip or, in a fully annotated corpus, is drawn at random. Otherwise all clips with tags have the
/// same kind.
/// </summary>
internal sealed class LabelAssignment
{
    // Independent of the trial's seed, so that all rows and seeds of an experiment use the same subsets.
    private const long Seed = 1;

    private readonly LabelKind[] kinds;
    private readonly int[]? shares;

    /// <param name="kinds">The kind of labels of each clip.</param>
    /// <param name="shares">
    /// Index of the share of each clip, -1 for unused clips; null without <see cref="Labels.Mixed"/>.
    /// </param>
    private LabelAssignment(LabelKind[] kinds, int[]? shares)
    {
        this.kinds = kinds;
        this.shares = shares;
        Used = [.. Enumerable.Range(0, kinds.Length).Where(clip => kinds[clip] != LabelKind.Unused)];
    }

    /// <summary>Assigns a kind of labels to each clip.</summary>
    /// <param name="labels">
    /// Labels that both <see cref="Labels.Problems"/> and <see cref="Problems"/> accept.
    /// </param>
    /// <param name="manifest">The corpus of the clips.</param>
    /// <param name="clips">Indices of the clips in the manifest.</param>
    public static LabelAssignment Of(Labels labels, Manifest manifest, IReadOnlyList<int> clips)
    {
        if (labels is not Labels.Mixed mixed)
            // A clip without annotated tags has no training target.
            return new(
                [.. clips.Select(clip => manifest.Clips[clip].IsTagged ? KindOf(labels) : LabelKind.Unused)],
                null
            );
        var shares = SharesOf(mixed, manifest, clips);
        return new(
            [.. shares.Select(share => share < 0 ? LabelKind.Unused : KindOf(mixed.Shares[share].Kind))],
            shares
        );
    }

    /// <summary>
    /// Returns the index of a clip's share in <see cref="Labels.Mixed.Shares"/>; -1 if the clip has no share.
    /// </summary>
    public int ShareOf(int clip) => shares is null ? -1 : shares[clip];

    /// <summary>Returns the positions of the used clips that belong to a share of <see cref="Labels.Mixed"/>.</summary>
    public int[] OfShare(int share) => [.. Used.Where(clip => ShareOf(clip) == share)];

    /// <summary>The kind of labels used for a clip, by its position among the assigned clips.</summary>
    public LabelKind this[int clip] => kinds[clip];

    /// <summary>Positions of the used clips.</summary>
    public int[] Used { get; }

    /// <summary>Returns the positions of the used clips with this kind of labels.</summary>
    public int[] Of(LabelKind kind) => [.. Used.Where(clip => kinds[clip] == kind)];

    /// <summary>
    /// Returns the kind of labels that a setting selects: the setting of a trial or that of one part of <see
    /// cref="Labels.Mixed"/>.
    /// </summary>
    public static LabelKind KindOf(Labels kind) =>
        kind switch
        {
            Labels.Strong => LabelKind.Strong,
            Labels.WeakOnly => LabelKind.Weak,
            _ => LabelKind.Unlabelled,
        };

    /// <summary>Returns all reasons why the clips of a corpus cannot provide these labels; empty if they can.</summary>
    public static IEnumerable<Problem> Problems(Labels labels, Manifest manifest, IReadOnlyList<int> clips)
    {
        LabelKind[] known = [.. clips.Select(clip => Known(manifest.Clips[clip]))];
        var annotated =
            $"{manifest.Corpus} has strong labels for {known.Count(kind => kind == LabelKind.Strong)} of its {known.Length} training "
            + $"clips and only weak labels for {known.Count(kind => kind == LabelKind.Weak)}";
        var events = known.Count(kind => kind == LabelKind.Strong);
        var tagged = known.Count(kind => kind != LabelKind.Unlabelled);
        switch (labels)
        {
            case Labels.Strong when events < tagged || events == 0:
                yield return Problem.Of(
                    $"{annotated}, but `labels Strong` needs strong labels for all labelled clips",
                    events == 0
                        ? "use `labels WeakOnly` or a corpus of soundscapes"
                        : "give each kind its share of a batch, for example `labels (Mixed [ annotated Strong 0.5; annotated WeakOnly 0.5 ])`"
                );
                break;
            case Labels.WeakOnly when tagged == 0:
                yield return Problem.Of(
                    $"none of the {known.Length} training clips of {manifest.Corpus} has labels, so there is nothing to learn from",
                    "add label files"
                );
                break;
            case Labels.Mixed { IsAnnotated: true } mixed:
                string?[] parts = [.. clips.Select(clip => manifest.Clips[clip].Part)];
                foreach (var share in mixed.Shares)
                    if (share.Part is not null && !parts.Contains(share.Part))
                        yield return Problem.Of(
                            $"no training clips are from a corpus '{share.Part}'",
                            parts.OfType<string>().Any()
                                ? $"the corpora are {string.Join(", ", parts.OfType<string>().Distinct().Select(part => $"'{part}'"))}"
                                : "use several corpora, for example `data [ synthetic; real ]`, or replace `annotatedIn` by `annotated`"
                        );
                    else if (
                        !known
                            .Where((_, i) => share.Part is null || parts[i] == share.Part)
                            .Contains(KindOf(share.Kind))
                    )
                        yield return Problem.Of(
                            FormattableString.Invariant(
                                $"{annotated}; {(share.Part is null ? "there are" : $"'{share.Part}' has")} no clips of the kind '{share.Kind.Summary}', but their share of a batch is {share.Batch:R}"
                            ),
                            "leave their part out of `Mixed` or, if all clips have strong labels, draw the parts with `subset`"
                        );
                break;
            case Labels.Mixed mixed:
                if (
                    mixed.Shares.Any(share => share.Kind is Labels.Strong)
                        ? events < known.Length
                        : tagged < known.Length
                )
                    yield return Problem.Of(
                        $"{annotated}, but `subset` requires that every clip has the kinds of labels that are drawn",
                        "use `annotated` instead"
                    );
                else
                {
                    var drawn = SharesOf(mixed, manifest, clips);
                    foreach (var share in mixed.Shares.Where((_, i) => !drawn.Contains(i)))
                        yield return Problem.Of(
                            FormattableString.Invariant(
                                $"{share.Kind.Summary} for {share.Clips:R} of {known.Length} training clips round to 0 clips"
                            ),
                            "give them a larger share"
                        );
                }
                break;
        }
    }

    private static LabelKind Known(Clip clip) =>
        clip.KnownEvents is not null ? LabelKind.Strong
        : clip.IsTagged ? LabelKind.Weak
        : LabelKind.Unlabelled;

    /// <summary>
    /// Returns, for each clip, the position in `Mixed` of the part to which the clip belongs; -1 for a clip that
    /// belongs to none. The part follows from the clip's annotation or is drawn at random.
    /// </summary>
    private static int[] SharesOf(Labels.Mixed mixed, Manifest manifest, IReadOnlyList<int> clips)
    {
        if (mixed.IsAnnotated)
            return [.. clips.Select(clip => AnnotatedShare(mixed, manifest.Clips[clip]))];
        double[] sizes = [.. mixed.Shares.Select(share => share.Clips!.Value)];
        var left = Math.Max(0, 1 - sizes.Sum());
        return
        [
            .. Stratification
                .Divide(manifest, [.. clips], [.. sizes, left], Seed)
                .Select(part => part < sizes.Length ? part : -1),
        ];
    }

    private static int AnnotatedShare(Labels.Mixed mixed, Clip clip)
    {
        var kind = Known(clip);
        return mixed
            .Shares.Index()
            .Where(share =>
                KindOf(share.Item.Kind) == kind && (share.Item.Part is null || share.Item.Part == clip.Part)
            )
            .Select(share => share.Index)
            .DefaultIfEmpty(-1)
            .First();
    }
}
