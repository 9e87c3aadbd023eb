using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>What a training holds its network's outputs against, clip by clip, and which clips stand together in a batch.</summary>
public sealed class TrainingTargets
{
    private readonly Labels labels;
    private readonly ToldClips told;
    private readonly FrameTargets? events;
    private readonly FrameTargets? pseudo;
    private readonly double hopSeconds;

    private TrainingTargets(Labels labels, ClipSet clips, double hopSeconds, FrameTargets? pseudo)
    {
        this.labels = labels;
        this.hopSeconds = hopSeconds;
        this.pseudo = pseudo;
        Clips = clips;
        told = ToldClips.Of(labels, clips.Manifest, clips.Rows);
        var strong = told.Of(Told.Strong);
        if (strong.Length > 0)
            events = FrameTargets.FromEvents(
                clips.Classes,
                EventList.Of(strong.Select(clip => (clips.Names[clip], clips.Of(clip).KnownEvents!)))
            );
    }

    /// <summary>The targets of training clips.</summary>
    /// <param name="labels">What is told of the clips.</param>
    /// <param name="clips">The clips.</param>
    /// <param name="hopSeconds">Distance between the frames of their features.</param>
    /// <param name="pseudo">
    /// What the frames of clips are held against of which no events are told (pseudo labels); null: nothing, or under weak
    /// labels the repeated tags.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The corpus does not know what is to be told, or the pseudo labels are of other classes or of clips of another length; all
    /// reasons are in the message.
    /// </exception>
    public static TrainingTargets Of(Labels labels, ClipSet clips, double hopSeconds, FrameTargets? pseudo = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(clips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        var seconds = hopSeconds * clips.Frames;
        List<string> problems = [.. labels.Problems()];
        if (problems.Count == 0)
            problems.AddRange(ToldClips.Problems(labels, clips.Manifest, clips.Rows));
        if (pseudo is not null && pseudo.Classes != clips.Classes.Count)
            problems.Add($"the pseudo labels are of {pseudo.Classes} classes, the clips of {clips.Classes.Count}");
        if (pseudo?.Seconds is { } said && Math.Abs(said - seconds) > seconds / 50)
            problems.Add(
                FormattableString.Invariant(
                    $"the pseudo labels are of clips of {said:0.###} s, the clips last {seconds:0.###} s"
                )
            );
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
        return new TrainingTargets(labels, clips, hopSeconds, pseudo);
    }

    /// <summary>Every reason why a corpus's training clips cannot be told of so, with its remedy; empty when they can.</summary>
    public static IReadOnlyList<string> Problems(Labels labels, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(manifest);
        return [.. ToldClips.Problems(labels, manifest, manifest.IndicesOf(Split.Training))];
    }

    /// <summary>The training clips whose tags are told, by their positions in the corpus.</summary>
    /// <param name="labels">Without problems, for this corpus too.</param>
    /// <param name="manifest">The corpus.</param>
    public static IReadOnlyList<int> Tagged(Labels labels, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(manifest);
        var clips = manifest.IndicesOf(Split.Training);
        var told = ToldClips.Of(labels, manifest, clips);
        return [.. clips.Where((_, clip) => told[clip] >= Told.Weak)];
    }

    /// <summary>The clips' weak labels alone.</summary>
    internal static TrainingTargets WeakOnly(ClipSet clips) => new(new Labels.WeakOnly(), clips, 0, null);

    /// <summary>The clips.</summary>
    public ClipSet Clips { get; }

    /// <summary>What is told, with hashes; equal targets of the same clips have the same.</summary>
    public string Identity =>
        string.Join(
            "; ",
            new[]
            {
                labels.Summary,
                events?.Identity,
                pseudo is null ? null : $"pseudo labels: {pseudo.Identity}",
            }.OfType<string>()
        );

    /// <summary>Refuses to train with these targets.</summary>
    /// <exception cref="ArgumentException">They are of other clips, or the options do not fit them.</exception>
    internal void Require(ClipSet clips, TrainingOptions options)
    {
        if (!ReferenceEquals(clips, Clips))
            throw new ArgumentException("The targets are of another set of clips.", nameof(clips));
        if (labels is Labels.Mixed mixed && options.BatchSize < mixed.Shares.Count)
            throw new ArgumentException(
                $"Batches of {options.BatchSize} clips have no room for {mixed.Shares.Count} kinds of labels.",
                nameof(options)
            );
        if (
            options.MeanTeacher is null
            && told.Of(Told.Unlabelled).Count(clip => pseudo?.Knows(Clips.Names[clip]) != true) is var idle and > 0
        )
            throw new ArgumentException(
                $"Of {idle} clips nothing is told, so nothing can be learnt from them; pseudo labels or a mean teacher would.",
                nameof(options)
            );
    }

    /// <summary>
    /// The clips of an epoch, batch after batch. Each clip of which anything is told comes once; where batches have shares of
    /// kinds, there are as many batches as that takes, and each kind goes through its own clips, beginning again when they
    /// run out.
    /// </summary>
    internal int[] Order(TrainingOptions options, int epoch)
    {
        if (labels is not Labels.Mixed mixed)
            return Clips.Order(options.Order, options.Seed, epoch, told.Used);
        var steps = (told.Used.Length + options.BatchSize - 1) / options.BatchSize;
        var counts = mixed.Counts(options.BatchSize);
        int[][] kinds =
        [
            .. mixed.Shares.Select(
                (share, i) => Repeated(ToldClips.KindOf(share.Kind), steps * counts[i], options, epoch)
            ),
        ];
        return
        [
            .. Enumerable
                .Range(0, steps)
                .SelectMany(step => kinds.SelectMany((own, i) => own.Skip(step * counts[i]).Take(counts[i]))),
        ];
    }

    private int[] Repeated(Told kind, int count, TrainingOptions options, int epoch)
    {
        var own = told.Of(kind);
        // What is not told must not decide about the order either.
        var order = kind == Told.Unlabelled ? ClipOrder.Shuffled : options.Order;
        return
        [
            .. Enumerable
                .Range(0, (count + own.Length - 1) / own.Length)
                .SelectMany(round =>
                    Clips.Order(order, RandomSource.SeedFor(options.Seed, "kind", DrawName(kind), round), epoch, own)
                )
                .Take(count),
        ];
    }

    // Part of the seed, so it never changes.
    private static string DrawName(Told kind) =>
        kind switch
        {
            Told.Unlabelled => "Unlabelled",
            Told.Weak => "Weak",
            Told.Strong => "Strong",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>The targets of a batch, in the current dispose scope.</summary>
    /// <param name="batch">Positions in the set.</param>
    /// <param name="frames">Frames of the strong output.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="frameStep">Frames of the features from one frame of the output to the next.</param>
    internal BatchTargets Of(int[] batch, int frames, Device device, double frameStep = 1)
    {
        BatchTargets targets = new(Clips.Labels(batch, device));
        if (events is null && pseudo is null)
            return targets;
        var classes = Clips.Classes.Count;
        var values = new float[batch.Length * frames * classes];
        var (tagged, framed, kinds) = (new float[batch.Length], new float[batch.Length], new int[batch.Length]);
        for (var i = 0; i < batch.Length; i++)
        {
            var kind = told[batch[i]];
            tagged[i] = kind == Told.Unlabelled ? 0 : 1;
            framed[i] = Fill(
                batch[i],
                kind,
                hopSeconds * frameStep,
                values.AsSpan(i * frames * classes, frames * classes)
            )
                ? 1
                : 0;
            kinds[i] = 2 * (int)kind + (int)framed[i];
        }
        return targets with
        {
            Tagged = OrAll(tagged),
            Frames = tensor(values, [batch.Length, frames, classes], device: device),
            Framed = OrAll(framed),
            Kinds = kinds,
        };

        Tensor? OrAll(float[] which) => Array.TrueForAll(which, one => one == 1) ? null : tensor(which, device: device);
    }

    /// <summary>Writes what a clip's frames are held against, if there is anything.</summary>
    private bool Fill(int clip, Told kind, double frameSeconds, Span<float> values)
    {
        var classes = Clips.Classes.Count;
        var tags = kind == Told.Unlabelled ? [] : Clips.Tags.Slice(clip * classes, classes);
        var name = Clips.Names[clip];
        var source =
            kind == Told.Strong ? events
            : pseudo?.Knows(name) == true ? pseudo
            : null;
        if (source is not null)
        {
            source.Fill(name, tags, frameSeconds, values);
            return true;
        }
        if (labels is not Labels.WeakOnly)
            return false;
        for (var at = 0; at < values.Length; at++)
            values[at] = tags[at % classes] ? 1 : 0;
        return true;
    }
}
