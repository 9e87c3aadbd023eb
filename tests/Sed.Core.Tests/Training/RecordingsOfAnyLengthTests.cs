using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Corpora whose recordings have different lengths.</summary>
[Collection(TorchCollection.Name)]
public sealed class RecordingsOfAnyLengthTests : IDisposable
{
    private const int Rate = 8000;
    private static readonly LogMelOptions logMel = LogMelOptions
        .Dcase2017.WithRate(Rate)
        .WithRange(0, 4000)
        .WithBands(8);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rate_and_windows_follow_the_recordings()
    {
        Record("a.wav", 3.2, "");
        Record("b.wav", 24.5, "1\t2.5\tbeep");
        var manifest = Read();
        Assert.Equal((Rate, 10.0, 5.0), (manifest.SampleRate, manifest.ClipSeconds, manifest.HopSeconds));
    }

    [Fact]
    public void Recordings_of_about_the_same_length_are_clips_of_the_longest()
    {
        Record("a.wav", 3.8, "");
        Record("b.wav", 4.0, "1\t2.5\tbeep");
        var manifest = Read();
        Assert.Equal((4.0, null), (manifest.ClipSeconds, manifest.HopSeconds));
    }

    [Fact]
    public void The_padding_of_recordings_of_about_the_same_length_is_neither_trained_nor_scored()
    {
        Record("a.wav", 3.8, "0.5\t1\tbuzz");
        Record("b.wav", 4.0, "1\t2.5\tbeep");
        using SedNetwork network = Pointwise(200);
        var (manifest, scored) = Scored(new(), network);
        Assert.True(manifest.MasksPadding);
        Assert.True(new TrainingOptions().LeavesOutPadding(manifest.MasksPadding));
        Assert.False(new TrainingOptions().WithMaskShortClips(false).LeavesOutPadding(manifest.MasksPadding));
        Assert.Equal([190, 200], [scored.Scores.FramesOf(0), scored.Scores.FramesOf(1)]);
        var report = Preflight.Check(folder.File("corpus"));
        Assert.Contains("kept; padded and masked  a.wav", report.ToText());
        // Trials with a different treatment of padding are different trials.
        Manifest counted = new(manifest.Corpus, manifest.Classes, Rate, manifest.ClipSeconds, manifest.Clips);
        Assert.False(counted.MasksPadding);
        Assert.NotEqual(counted.Hash, manifest.Hash);
    }

    [Fact]
    public void Recordings_of_equal_length_have_no_padding_that_changes_their_identity()
    {
        Record("a.wav", 4.0, "");
        Record("b.wav", 4.0, "1\t2.5\tbeep");
        var manifest = Read();
        Manifest counted = new(manifest.Corpus, manifest.Classes, Rate, manifest.ClipSeconds, manifest.Clips);
        Assert.Equal(counted.Hash, manifest.Hash);
    }

    [Fact]
    public void Recordings_longer_than_a_minute_are_read_in_windows_even_if_their_lengths_are_alike()
    {
        Record("a.wav", 61, "");
        Record("b.wav", 61, "1\t2.5\tbeep");
        Assert.Equal((10.0, 5.0), (Read().ClipSeconds, Read().HopSeconds));
    }

    [Fact]
    public void The_store_has_the_features_of_the_whole_recording_in_rows_of_ten_seconds()
    {
        Record("a.wav", 3.2, "");
        Record("b.wav", 24.5, "1\t2.5\tbeep");
        var manifest = Read();
        using var store = Store(manifest);
        var samples = AudioFile.Read(folder.File("corpus", "b.wav")).Samples;
        using var extractor = logMel.Extractor(CPU);
        var whole = new float[logMel.FramesOf(samples.Length) * logMel.Bands];
        extractor.Extract(samples, whole);
        var b = manifest.Clips.Index().Single(clip => clip.Item.Name == "b.wav").Index;
        Assert.Equal(whole.Length / logMel.Bands, store.FramesOf(b));
        var read = new float[whole.Length];
        store.Read(b, 0, read);
        Assert.Equal(whole, read);
        // A window over two rows, and one beyond the end.
        var window = new float[300 * logMel.Bands];
        store.Read(b, 450, window);
        Assert.Equal(whole.AsSpan(450 * logMel.Bands, window.Length).ToArray(), window);
        store.Read(b, store.FramesOf(b) - 100, window);
        Assert.Equal(whole[^(100 * logMel.Bands)..], window[..(100 * logMel.Bands)]);
        Assert.All(window[(100 * logMel.Bands)..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_store_does_not_depend_on_the_length_of_windows()
    {
        Record("a.wav", 3.2, "");
        Record("b.wav", 24.5, "1\t2.5\tbeep");
        using (var store = Store(Read()))
            Assert.Equal(4, File.ReadAllLines(Path.Combine(store.Folder, "index.tsv")).Length - 1);
        var shorter = Read(new() { ClipSeconds = 2, HopSeconds = 1 });
        var progress = new List<ExtractionProgress>();
        using var again = Store(shorter, new Synchronous<ExtractionProgress>(progress.Add));
        Assert.Empty(progress);
        Assert.NotEqual(Read().Hash, shorter.Hash);
    }

    [Fact]
    public void Training_windows_have_the_events_of_their_span()
    {
        Record("a.wav", 3.2, "0.5\t1\tbuzz");
        Record("b.wav", 24.5, "9\t12.5\tbeep", "20\t21\tbuzz");
        var manifest = Read();
        using var store = Store(manifest);
        TrainingWindows windows = new(manifest, store, logMel.HopSeconds);
        Assert.Equal(
            ["a.wav", "b.wav from 0 s", "b.wav from 10 s", "b.wav from 14.5 s"],
            windows.Manifest.Clips.Select(clip => clip.Name)
        );
        Assert.Equal(
            ["buzz 0.5 1", "beep 9 10", "beep 0 2.5", "buzz 5.5 6.5"],
            windows.Manifest.Clips.SelectMany(clip =>
                clip.StrongEvents!.Select(sound =>
                    FormattableString.Invariant($"{sound.Label} {sound.Onset} {sound.Offset}")
                )
            )
        );
        Assert.Equal(["buzz", "beep", "beep", "buzz"], windows.Manifest.Clips.SelectMany(clip => clip.WeakLabels));
        Assert.Equal(160, windows.FramesWithSound(0));
    }

    [Fact]
    public void Windows_outside_the_annotated_times_are_not_trained()
    {
        Record("a.wav", 3.2, "0.5\t1\tbuzz");
        Record("b.wav", 64.5, "19\t21.5\tbeep", "40\t41\tbuzz");
        File.WriteAllLines(
            folder.File("corpus", "annotated.tsv"),
            ["filename\tonset\toffset", "b.wav\t18\t22", "b.wav\t40\t45"]
        );
        var manifest = Read();
        using var store = Store(manifest);
        TrainingWindows windows = new(manifest, store, logMel.HopSeconds);
        Assert.Equal(
            ["a.wav", "b.wav from 10 s", "b.wav from 20 s", "b.wav from 40 s"],
            windows.Manifest.Clips.Select(clip => clip.Name)
        );
        var read = new float[windows.Frames * logMel.Bands];
        windows.Read([3], read);
        var own = new float[read.Length];
        store.Read(manifest.Clips.Index().Single(clip => clip.Item.Name == "b.wav").Index, 2000, own);
        Assert.Equal(own, read);
    }

    [Fact]
    public void A_recording_in_windows_has_the_outputs_of_the_whole()
    {
        Record("a.wav", 3.2, "0.5\t1\tbuzz");
        Record("b.wav", 24.5, "9\t12.5\tbeep");
        using SedNetwork network = Pointwise(500);
        var (manifest, parts) = Scored(new() { ClipSeconds = 10, HopSeconds = 3 }, network);
        using SedNetwork longer = Pointwise(1225);
        NetworkWeights.Load(longer, NetworkWeights.Of(network), "the same weights");
        var (_, whole) = Scored(new() { ClipSeconds = 24.5, HopSeconds = 24.5 }, longer);
        Assert.Equal([160, 1225], manifest.IndicesOf(Split.Training).Select(clip => parts.Scores.FramesOf(clip)));
        for (var clip = 0; clip < 2; clip++)
            foreach (
                var (one, other) in parts.Scores.StrongOf(clip).ToArray().Zip(whole.Scores.StrongOf(clip).ToArray())
            )
                Assert.Equal(other, one, 1e-5f);
        Assert.Equal(whole.Events.EventsAt(1).ToArray(), parts.Events.EventsAt(1).ToArray());
    }

    [Fact]
    public void Scores_of_recordings_of_different_lengths_are_read_as_written()
    {
        var scores = ClipScores.OfLengths(
            ["a", "b"],
            [1, 3],
            0.5,
            [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f],
            [0.1f, 0.2f, 0.9f, 1]
        );
        scores.Write(folder.File("scores.npz"));
        var read = ClipScores.Read(folder.File("scores.npz"));
        Assert.Equal([1, 3], [read.FramesOf(0), read.FramesOf(1)]);
        Assert.Equal(scores.StrongOf(1).ToArray(), read.StrongOf(1).ToArray());
        Assert.Equal([0.3f, 0.4f], read.StrongOf(1)[..2].ToArray());
    }

    [Fact]
    public void Weak_labels_of_a_recording_are_the_labels_of_its_windows_together()
    {
        Record("a.wav", 3.2, "0.5\t1\tbuzz");
        Record("b.wav", 24.5, "9\t12.5\tbeep");
        var manifest = Read();
        using var store = Store(manifest);
        TrainingWindows windows = new(manifest, store, logMel.HopSeconds);
        using ClipSet clips = new(
            windows.Manifest,
            windows,
            BandStatistics.Fit(store, manifest.IndicesOf(Split.Training)),
            Split.Training
        );
        var targets = TrainingTargets.Of(new Labels.WeakOnly(), clips, logMel.HopSeconds);
        var batch = Assert.Single(targets.Batches(new TrainingOptions { BatchSize = 8 }, epoch: 1));
        Assert.Equal([0, 1, 2, 3], batch.Order());
        using var scope = NewDisposeScope();
        var first = targets.Of([1, 2, 3, 0], 500, CPU);
        Assert.Equal([0, 0, 0, 1], first.Bags!);
        Assert.Equal([1, 0, 0, 1], first.Tags.data<float>());
        // Frames of the long recording have no targets; those of the short one have its labels.
        Assert.Equal([0, 0, 0, 1], first.Framed!.data<float>());
        var weak = tensor(new float[] { 0.1f, 0.2f, 0.9f, 0.3f, 0.2f, 0.1f, 0.4f, 0.6f }, [4, 2], requires_grad: true);
        NetworkOutput output = new(zeros(4, 500, 2), weak);
        new TwoOutputLoss(0, 1).Of(output, first, null).backward();
        // Only the largest output of each class of a bag has a gradient.
        Assert.Equal(
            [false, false, true, true, false, false, true, true],
            weak.grad!.data<float>().Select(value => value != 0)
        );
        // Batches that are smaller than a recording have some of its windows.
        Assert.All(
            targets.Batches(new TrainingOptions { BatchSize = 2 }, epoch: 1),
            few => Assert.InRange(few.Length, 1, 2)
        );
    }

    [Fact]
    public void Balanced_order_repeats_weakly_labelled_recordings_of_rare_classes_as_a_whole()
    {
        foreach (var name in (string[])["a.wav", "b.wav", "d.wav", "e.wav", "f.wav"])
            Record(name, 24.5, "12\t12.5\tbeep");
        Record("c.wav", 24.5, "12\t12.5\tbuzz");
        var manifest = Read(new() { ClipSeconds = 10, HopSeconds = 5 });
        using var store = Store(manifest);
        TrainingWindows windows = new(manifest, store, logMel.HopSeconds);
        using ClipSet clips = new(
            windows.Manifest,
            windows,
            BandStatistics.Fit(store, manifest.IndicesOf(Split.Training)),
            Split.Training
        );
        var targets = TrainingTargets.Of(new Labels.WeakOnly(), clips, logMel.HopSeconds);
        using var scope = NewDisposeScope();
        foreach (var size in (int[])[3, 7, 18])
        {
            var batches = targets.Batches(new() { BatchSize = size, Order = ClipOrder.Balanced }, epoch: 1);
            Assert.All(batches, batch => Assert.InRange(batch.Length, 3, size));
            var tags = cat([.. batches.Select(batch => targets.Of(batch, 500, CPU).Tags)]);
            Assert.Equal([3, 3], tags.sum(dim: 0).data<float>());
            // Each bag is complete: every recording has three windows.
            Assert.Equal(6 * 3, batches.Sum(batch => batch.Length));
            var ofBuzz = batches.SelectMany(batch => batch).Where(clip => clips.Names[clip].StartsWith("c.wav"));
            Assert.Equal([3, 3, 3], ofBuzz.CountBy(clip => clip).Select(window => window.Value));
        }
        Assert.Equal([0, 0, 0, 1, 1, 1], targets.Of([0, 1, 2, 0, 1, 2], 500, CPU).Bags!);
    }

    private (Manifest, ScoredClips) Scored(CorpusOptions options, SedNetwork network)
    {
        var manifest = Read(options);
        using var store = Store(manifest);
        using ClipSet clips = new(
            manifest,
            store,
            BandStatistics.Fit(store, manifest.IndicesOf(Split.Training)),
            Split.Training
        );
        return (manifest, new Evaluator(clips, logMel.HopSeconds, new DetectionOptions()).Evaluate(network, CPU, 3));
    }

    /// <summary>A network without context, so that windows do not change its outputs.</summary>
    private static SedNetwork Pointwise(int frames)
    {
        random.manual_seed(1);
        return new SedNetwork(
            new NetworkDescription
            {
                Frames = frames,
                Bands = 8,
                Classes = 2,
                Layers = [new Layer.Dense(4, Activation.Relu)],
                Dropout = 0,
                Weak = new WeakOutput.MaxPooling(),
            }
        );
    }

    private FeatureStore Store(Manifest manifest, IProgress<ExtractionProgress>? progress = null) =>
        FeatureStore.Open(manifest, logMel, folder.File("features"), progress: progress);

    private Manifest Read(CorpusOptions? options = null) => CorpusLayouts.Read(folder.File("corpus"), options);

    private void Record(string name, double seconds, params string[] events)
    {
        var random = new Random(name[0]);
        WavWriter.Write(
            folder.File("corpus", name),
            [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(_ => random.NextSingle() - 0.5f)],
            Rate
        );
        var list = folder.File("corpus", "train.tsv");
        if (!File.Exists(list))
            File.WriteAllText(list, "filename\tonset\toffset\tevent_label\n");
        File.AppendAllLines(list, events.Select(one => one == "" ? $"{name}\t\t\t" : $"{name}\t{one}"));
    }

    private sealed class Synchronous<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}
