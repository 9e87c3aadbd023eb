using Sed.Core.Corpora;

namespace Sed.Core.Training.Targets;

/// <summary>What a training is told of a clip.</summary>
internal enum Told
{
    /// <summary>It is left out.</summary>
    Unused,

    /// <summary>It is heard, and nothing is told.</summary>
    Unlabelled,

    /// <summary>Its tags.</summary>
    Weak,

    /// <summary>Its tags and its events.</summary>
    Strong,
}

/// <summary>Of which training clips how much is told: as the corpus's lists say, or drawn where everything is known.</summary>
internal sealed class ToldClips
{
    // The same clips whatever a trial's own seed is, so that rows and seeds differ in nothing else.
    private const long Seed = 1;

    private readonly Told[] kinds;

    private ToldClips(Told[] kinds)
    {
        this.kinds = kinds;
        Used = [.. Enumerable.Range(0, kinds.Length).Where(clip => kinds[clip] != Told.Unused)];
    }

    /// <summary>Who is told what.</summary>
    /// <param name="labels">Without problems, for these clips too.</param>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">Positions in it.</param>
    public static ToldClips Of(Labels labels, Manifest manifest, IReadOnlyList<int> clips) =>
        new(
            labels switch
            {
                Labels.Mixed { AreListed: true } mixed => Listed(mixed, manifest, clips),
                Labels.Mixed mixed => Drawn(mixed, manifest, clips),
                // Without tags there is nothing to hold a clip against.
                _ => [.. clips.Select(clip => manifest.Clips[clip].IsTagged ? KindOf(labels) : Told.Unused)],
            }
        );

    /// <summary>What is told of a clip.</summary>
    public Told this[int clip] => kinds[clip];

    /// <summary>The clips that are not left out, by their positions.</summary>
    public int[] Used { get; }

    /// <summary>The clips of a kind, by their positions.</summary>
    public int[] Of(Told kind) => [.. Used.Where(clip => kinds[clip] == kind)];

    /// <summary>A share's kind.</summary>
    public static Told KindOf(Labels kind) =>
        kind switch
        {
            Labels.Strong => Told.Strong,
            Labels.WeakOnly => Told.Weak,
            _ => Told.Unlabelled,
        };

    /// <summary>Every reason why a corpus's clips cannot be told of so, with its remedy; empty when they can.</summary>
    public static IEnumerable<string> Problems(Labels labels, Manifest manifest, IReadOnlyList<int> clips)
    {
        Told[] known = [.. clips.Select(clip => Known(manifest.Clips[clip]))];
        var listed =
            $"{manifest.Corpus} has strong labels for {known.Count(kind => kind == Told.Strong)} of its {known.Length} training "
            + $"clips and weak ones alone for {known.Count(kind => kind == Told.Weak)}";
        var events = known.Count(kind => kind == Told.Strong);
        var tagged = known.Count(kind => kind != Told.Unlabelled);
        switch (labels)
        {
            case Labels.Strong when events < tagged || events == 0:
                yield return $"{listed}, but all are to be told strong ones; "
                    + (
                        events == 0
                            ? "say `labels WeakOnly`, or take a corpus that is mixed"
                            : "say what each kind takes of a batch, for example `labels (Mixed [ listed Strong 0.5; listed WeakOnly 0.5 ])`"
                    );
                break;
            case Labels.WeakOnly when tagged == 0:
                yield return $"{listed}, so nothing can be told of them; add lists of labels";
                break;
            case Labels.Mixed { AreListed: true } mixed:
                foreach (var share in mixed.Shares.Where(share => !known.Contains(KindOf(share.Kind))))
                    yield return $"{listed}, and none has {share.Kind.Summary} to take {share.Batch} of a batch; "
                        + "leave that kind out, or draw the kinds with `told` where everything is known";
                break;
            case Labels.Mixed mixed:
                if (
                    mixed.Shares.Any(share => share.Kind is Labels.Strong)
                        ? events < known.Length
                        : tagged < known.Length
                )
                    yield return $"{listed}, but kinds are drawn among all of them; say `listed` instead of `told`";
                else
                {
                    Told[] drawn = Drawn(mixed, manifest, clips);
                    foreach (var share in mixed.Shares.Where(share => !drawn.Contains(KindOf(share.Kind))))
                        yield return FormattableString.Invariant(
                            $"{share.Kind.Summary} are told of {share.Clips:R} of {known.Length} training clips, which is none; give them a larger share"
                        );
                }
                break;
        }
    }

    private static Told Known(Clip clip) =>
        clip.KnownEvents is not null ? Told.Strong
        : clip.IsTagged ? Told.Weak
        : Told.Unlabelled;

    private static Told[] Listed(Labels.Mixed mixed, Manifest manifest, IReadOnlyList<int> clips)
    {
        HashSet<Told> wanted = [.. mixed.Shares.Select(share => KindOf(share.Kind))];
        return
        [
            .. clips
                .Select(clip => Known(manifest.Clips[clip]))
                .Select(kind => wanted.Contains(kind) ? kind : Told.Unused),
        ];
    }

    private static Told[] Drawn(Labels.Mixed mixed, Manifest manifest, IReadOnlyList<int> clips)
    {
        double[] shares = [.. mixed.Shares.Select(share => share.Clips!.Value)];
        var left = Math.Max(0, 1 - shares.Sum());
        return
        [
            .. Stratification
                .Divide(manifest, [.. clips], [.. shares, left], Seed)
                .Select(part => part < shares.Length ? KindOf(mixed.Shares[part].Kind) : Told.Unused),
        ];
    }
}
