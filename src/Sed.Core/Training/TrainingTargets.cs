using System.Text.Json.Nodes;
using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>The targets of each training clip, and the composition of the batches.</summary>
public sealed partial class TrainingTargets
{
    private readonly Labels labels;
    private readonly LabelAssignment assignment;
    private readonly RecordingBags? bags;
    private readonly FrameTargets? events;
    private readonly FrameTargets? pseudo;
    private readonly double hopSeconds;

    private TrainingTargets(Labels labels, ClipSet clips, double hopSeconds, FrameTargets? pseudo)
    {
        this.labels = labels;
        this.hopSeconds = hopSeconds;
        this.pseudo = pseudo;
        Clips = clips;
        assignment = LabelAssignment.Of(labels, clips.Manifest, clips.Rows);
        bags = RecordingBags.Of(clips, assignment);
        var strong = assignment.Of(LabelKind.Strong);
        if (strong.Length > 0)
            events = FrameTargets.FromEvents(
                clips.Classes,
                strong.Any(clip => clips.Of(clip).SoftEvents is not null)
                    ? EventList.OfSoft([.. strong.Select(clip => (clips.Names[clip], SoftEventsOf(clips.Of(clip))))])
                    : EventList.Of(strong.Select(clip => (clips.Names[clip], clips.Of(clip).KnownEvents!)))
            );
    }

    private static IReadOnlyList<SoftEvent> SoftEventsOf(Clip clip) =>
        clip.SoftEvents ?? [.. clip.KnownEvents!.Select(sound => new SoftEvent(sound, 1))];

    /// <summary>Creates the targets of training clips.</summary>
    /// <param name="labels">Kinds of labels (strong, weak, none) that training uses.</param>
    /// <param name="clips">Training clips.</param>
    /// <param name="hopSeconds">Hop of the features, in seconds.</param>
    /// <param name="pseudo">
    /// Pseudo-labels: frame targets of clips without strong labels. If null and <paramref name="labels"/> is
    /// <see cref="Labels.WeakOnly"/>, the tags are repeated for every frame.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The corpus lacks these labels, or the pseudo-labels and the clips have different numbers of classes, or the
    /// pseudo-labels of a clip do not have the length of the clip. The message lists every problem.
    /// </exception>
    public static TrainingTargets Of(Labels labels, ClipSet clips, double hopSeconds, FrameTargets? pseudo = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(clips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        List<Problem> problems = [.. labels.Problems()];
        if (problems.Count == 0)
            problems.AddRange(LabelAssignment.Problems(labels, clips.Manifest, clips.Rows));
        if (pseudo is not null && pseudo.Classes != clips.Classes.Count)
            problems.Add(
                Problem.Of($"the pseudo-labels have {pseudo.Classes} classes, but the clips have {clips.Classes.Count}")
            );
        if (pseudo is not null)
            problems.AddRange(LengthProblems(clips, hopSeconds, pseudo));
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
        return new TrainingTargets(labels, clips, hopSeconds, pseudo);
    }

    /// <summary>
    /// Compares the length of each clip with that of its pseudo-labels. If padding is masked, neither length includes
    /// padding. A difference of 2 % of the clip length, plus one frame of the clip and one frame of the pseudo-labels,
    /// is allowed, because pseudo-labels from different features have a different number of frames.
    /// </summary>
    private static IEnumerable<Problem> LengthProblems(ClipSet clips, double hopSeconds, FrameTargets pseudo)
    {
        (string Name, double Said, double Own)[] different =
        [
            .. Enumerable
                .Range(0, clips.Count)
                .Select(clip => (Clip: clip, Length: pseudo.LengthOf(clips.Names[clip])))
                .Where(at => at.Length is not null)
                .Select(at =>
                    (
                        Clip: at.Clip,
                        Said: at.Length!.Value.Seconds,
                        Own: hopSeconds * (clips.MasksPadding ? clips.FramesWithSound(at.Clip) : clips.Frames),
                        Frames: hopSeconds + at.Length.Value.HopSeconds
                    )
                )
                .Where(at => Math.Abs(at.Said - at.Own) > hopSeconds * clips.Frames / 50 + at.Frames)
                .Select(at => (clips.Names[at.Clip], at.Said, at.Own)),
        ];
        if (different is [var (name, said, own), ..])
            yield return Problem.Of(
                FormattableString.Invariant(
                    $"the pseudo-labels of {name} cover {said:0.###} s, but the clip lasts {own:0.###} s (clips with such a difference: {different.Length})"
                ),
                "use pseudo-labels of a network that was scored on the same clips, with the same clip length and padding"
            );
    }

    /// <summary>
    /// Lists all reasons why a corpus's training clips cannot provide these labels. The list is empty if they can.
    /// </summary>
    public static IReadOnlyList<Problem> Problems(Labels labels, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(manifest);
        return [.. LabelAssignment.Problems(labels, manifest, manifest.IndicesOf(Split.Training))];
    }

    /// <summary>
    /// Computes the weight of each class in the clips and frames in which the class is present. The weights depend on
    /// the clips whose tags training uses. Returns null if all weights are 1.
    /// </summary>
    internal float[]? PositiveWeights(PositiveWeight weight)
    {
        var classes = Clips.Classes.Count;
        var tags = Clips.Tags.ToArray();
        var known = Clips.Truth.KnownTags;
        return weight.Resolve(
            assignment
                .Used.Where(clip => assignment[clip] >= LabelKind.Weak)
                .Select(clip => new TagsOfClip(tags, known, clip * classes)),
            classes
        );
    }

    /// <summary>Targets from the clips' weak labels only.</summary>
    internal static TrainingTargets WeakOnly(ClipSet clips) => new(new Labels.WeakOnly(), clips, 0, null);

    /// <summary>The training clips.</summary>
    public ClipSet Clips { get; }

    /// <summary>Canonical key of the targets, with hashes of the events and pseudo-labels.</summary>
    internal JsonObject Key =>
        new()
        {
            ["labels"] = CanonicalKey.Node(labels),
            ["events"] = events?.Key.DeepClone(),
            ["pseudoLabels"] = pseudo?.Key.DeepClone(),
        };

    /// <summary>Validates these targets against the clips and options of a training run.</summary>
    /// <exception cref="ArgumentException">
    /// One of the following: the targets are for different clips; the batches are too small; clips lack pseudo-labels
    /// that a loss needs; unlabelled clips are not used by any loss; recordings with weak labels are longer than a
    /// clip, but labels are mixed or an augmentation combines clips.
    /// </exception>
    internal void Require(ClipSet clips, TrainingOptions options)
    {
        if (!ReferenceEquals(clips, Clips))
            throw new ArgumentException("The targets are for a different set of clips.", nameof(clips));
        if (labels is Labels.Mixed mixed && options.BatchSize < mixed.Shares.Count)
            throw new ArgumentException(
                $"Batches of {options.BatchSize} clips are too small for {mixed.Shares.Count} kinds of labels.",
                nameof(options)
            );
        if (bags is not null && labels is Labels.Mixed)
            throw new ArgumentException(
                "Mixed labels are not possible with weakly labelled recordings that are longer than a clip; "
                    + "use clips as long as the longest recording.",
                nameof(options)
            );
        if (bags is not null && options.Augmentations.FirstOrDefault(kind => kind.CombinesClips) is { } combining)
            throw new ArgumentException(
                $"{combining.Summary} is not possible with weakly labelled recordings that are longer than a clip, because their windows "
                    + "share one label; use clips as long as the longest recording.",
                nameof(options)
            );
        if (
            options.PseudoWeight is not null
            && assignment.Used.Count(clip => pseudo?.Knows(Clips.Names[clip]) != true) is var untaught and > 0
        )
            throw new ArgumentException(
                $"PseudoWeight is set, but {untaught} training clips have no pseudo-labels.",
                nameof(options)
            );
        if (
            options.MeanTeacher is null
            && assignment.Of(LabelKind.Unlabelled).Count(clip => pseudo?.Knows(Clips.Names[clip]) != true)
                is var idle
                    and > 0
        )
            throw new ArgumentException(
                $"{idle} clips are unlabelled but not used: there are neither pseudo-labels nor a mean teacher.",
                nameof(options)
            );
    }

    /// <summary>Creates the targets of a batch. The tensors belong to the current dispose scope.</summary>
    /// <param name="batch">Positions in the clip set.</param>
    /// <param name="frames">Number of frames of the strong output.</param>
    /// <param name="device">Device of the tensors.</param>
    /// <param name="frameStep">Number of feature frames per output frame.</param>
    /// <param name="addsPseudo">
    /// True: pseudo-labels are the targets of a separate loss (<see cref="TrainingOptions.PseudoWeight"/>). False: they
    /// are the frame targets of clips without strong labels.
    /// </param>
    internal BatchTargets Of(int[] batch, int frames, Device device, double frameStep = 1, bool addsPseudo = false)
    {
        BatchTargets targets =
            bags?.TargetsOf(batch, device)
            ?? new(Clips.Labels(batch, device)) { KnownTags = Clips.KnownLabels(batch, device) };
        if (events is null && pseudo is null && bags is null && labels is not Labels.Mixed)
            return targets;
        var classes = Clips.Classes.Count;
        var values = new float[batch.Length * frames * classes];
        var added = addsPseudo && pseudo is not null ? new float[values.Length] : null;
        var known = Clips.Truth.KnownTags is null && Clips.Truth.KnownTimes is null ? null : new float[values.Length];
        var (tagged, framed, kinds) = (new float[batch.Length], new float[batch.Length], new int[batch.Length]);
        var (consistent, combined) = (new float[batch.Length], new bool[batch.Length]);
        for (var i = 0; i < batch.Length; i++)
        {
            var kind = assignment[batch[i]];
            var share = assignment.ShareOf(batch[i]);
            var uses = share < 0 ? null : ((Labels.Mixed)labels).Shares[share];
            tagged[i] = kind == LabelKind.Unlabelled || uses is { HasWeakLoss: false } ? 0 : 1;
            var own = values.AsSpan(i * frames * classes, frames * classes);
            var isFramed = Fill(batch[i], kind, hopSeconds * frameStep, own, added is null ? pseudo : null);
            if (added is not null)
                pseudo!.Fill(
                    Clips.Names[batch[i]],
                    PossibleTags(batch[i], kind),
                    hopSeconds * frameStep,
                    added.AsSpan(i * frames * classes, own.Length)
                );
            framed[i] = isFramed && uses is null or { HasStrongLoss: true } ? 1 : 0;
            consistent[i] = uses is { HasConsistencyLoss: false } ? 0 : 1;
            combined[i] = uses is not { IsCombined: false };
            if (known is not null)
                FillKnown(
                    batch[i],
                    kind,
                    hopSeconds * frameStep,
                    known.AsSpan(i * frames * classes, own.Length),
                    added is null ? pseudo : null
                );
            // If shares are assigned to single corpora, clips of different corpora are not mixed with each other.
            var group = uses?.Part is null ? 0 : share + 1;
            kinds[i] = 2 * ((int)kind + (group * Enum.GetValues<LabelKind>().Length)) + (isFramed ? 1 : 0);
        }
        return targets with
        {
            Tagged = OrAll(tagged),
            Frames = tensor(values, [batch.Length, frames, classes], device: device),
            Framed = OrAll(framed),
            Consistent = OrAll(consistent),
            Kinds = kinds,
            Combined = Array.TrueForAll(combined, one => one) ? null : combined,
            KnownFrames = known is null ? null : tensor(known, [batch.Length, frames, classes], device: device),
            Pseudo = added is null ? null : tensor(added, [batch.Length, frames, classes], device: device),
        };

        Tensor? OrAll(float[] which) => Array.TrueForAll(which, one => one == 1) ? null : tensor(which, device: device);
    }

    /// <summary>
    /// Returns for each class whether frame targets may mark it as present in the clip, shape (classes). Returns an
    /// empty span if the clip's labels are not used.
    /// </summary>
    private ReadOnlySpan<bool> PossibleTags(int clip, LabelKind kind)
    {
        if (kind == LabelKind.Unlabelled)
            return [];
        var classes = Clips.Classes.Count;
        if (Clips.Truth.KnownTags is not { } known)
            return Clips.Tags.Slice(clip * classes, classes);
        // Pseudo-labels may mark a class that is not known to be absent.
        return Enumerable.Range(clip * classes, classes).Select(at => Clips.Tags[at] || !known[at]).ToArray();
    }

    /// <summary>Writes the frame targets of a clip, shape (frames, classes); returns false if it has none.</summary>
    private bool Fill(int clip, LabelKind kind, double frameSeconds, Span<float> values, FrameTargets? taught)
    {
        var classes = Clips.Classes.Count;
        var name = Clips.Names[clip];
        var source =
            kind == LabelKind.Strong ? events
            : taught?.Knows(name) == true ? taught
            : null;
        if (source is not null)
        {
            source.Fill(name, PossibleTags(clip, kind), frameSeconds, values);
            return true;
        }
        if (labels is not Labels.WeakOnly || bags?.Contains(clip) == true)
            return false;
        for (var at = 0; at < values.Length; at++)
            values[at] = Clips.WeakTargetsOf(clip)[at % classes];
        return true;
    }

    /// <summary>
    /// Writes a mask of the frame targets of a clip, shape (frames, classes): 1 if the target is known and 0 if it is
    /// unknown. Targets from events are known in frames within annotated spans. Targets from tags are known in all
    /// frames if the tag of the class is known. Targets from pseudo-labels are always known.
    /// </summary>
    private void FillKnown(int clip, LabelKind kind, double frameSeconds, Span<float> known, FrameTargets? taught)
    {
        known.Fill(1);
        var classes = Clips.Classes.Count;
        var labelled = Clips.Of(clip);
        if (labelled.IsFullyKnown || (kind != LabelKind.Strong && taught?.Knows(Clips.Names[clip]) == true))
            return;
        for (var k = 0; k < classes; k++)
        {
            var spans =
                kind == LabelKind.Strong ? labelled.KnownTimesOf(Clips.Classes[k])
                : labelled.UnknownLabels.Contains(Clips.Classes[k]) ? KnownSpans.Never
                : KnownSpans.Always;
            for (var frame = 0; frame * classes < known.Length && !spans.IsAlways; frame++)
                if (!spans.Contain(frame * frameSeconds, (frame + 1) * frameSeconds))
                    known[(frame * classes) + k] = 0;
        }
    }
}
