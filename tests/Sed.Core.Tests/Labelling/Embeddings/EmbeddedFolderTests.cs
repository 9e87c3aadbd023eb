using Sed.Core.Audio;
using Sed.Core.Features.LogMel;
using Sed.Core.Labelling.Embeddings;
using Sed.Core.Models;
using Sed.Core.Tests.Models;

namespace Sed.Core.Tests.Labelling.Embeddings;

[Collection(TorchCollection.Name)]
public sealed class EmbeddedFolderTests : IDisposable
{
    private static readonly LogMelOptions logMel = (LogMelOptions)SmallModel.Make().Features;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_vector_of_a_stretch_is_the_mean_of_its_frames_with_length_1()
    {
        var path = Wav("a.wav", 3, (1, 2));
        using var embedded = Open(EmbeddingSource.OfEncoder(logMel));
        Assert.Equal(3, embedded.Stretches);
        using var extractor = logMel.Extractor(TorchSharp.torch.CPU);
        var frames = new float[75 * 8];
        extractor.Extract(AudioFile.Read(path, 8000), frames);
        var mean = Enumerable
            .Range(0, 8)
            .Select(i => Enumerable.Range(25, 25).Average(k => frames[k * 8 + i]))
            .ToArray();
        Assert.Equal(UnitVector.Of(mean), embedded.VectorOf(0, 1), Close);
    }

    [Fact]
    public void The_scores_of_a_stretch_are_the_largest_probabilities_of_its_frames()
    {
        Wav("a.wav", 3, (1.2, 1.6));
        using var model = Model(LoudnessModel.Make());
        using var embedded = Open(Source(model), withScores: true);
        Assert.InRange(embedded.ScoresOf(0, 0)[1], 0, 0.1);
        Assert.InRange(embedded.ScoresOf(0, 1)[1], 0.9, 1);
        Assert.InRange(embedded.ScoresOf(0, 2)[1], 0, 0.1);
        var frames = model.Scores(Path.Combine(folder.Path, "recordings", "a.wav")).Of(1);
        Assert.Equal(frames[25..50].ToArray().Max(), embedded.ScoresOf(0, 1)[1], 0.02);
    }

    [Fact]
    public void Without_an_encoder_the_vectors_are_those_of_the_network()
    {
        Wav("a.wav", 2.5, (0, 1));
        using var model = Model(SmallModel.Make(members: 2));
        var source = Source(model);
        Assert.Equal((true, 4), (source.IsHidden, source.Width));
        using var embedded = Open(source);
        Assert.Equal(3, embedded.Stretches);
        var first = embedded.VectorOf(0, 0);
        Assert.Equal(1, first.Sum(value => value * value), 0.01);
        Assert.NotEqual(first, embedded.VectorOf(0, 1));
        // A file that contains the first stretch alone has the same vector.
        WavWriter.Write(folder.File("alone.wav"), LoudnessModel.Sound(2.5, (0, 1)).AsSpan(0, 8000), 8000);
        Assert.Equal(
            first,
            embedded.VectorOf(folder.File("alone.wav"), 0, null).Vector,
            (a, b) => Math.Abs(a - b) < 0.05
        );
    }

    [Fact]
    public void A_model_with_an_encoder_shares_the_vectors_of_the_encoder()
    {
        Wav("a.wav", 2, (1, 2));
        var saved = EncoderModel.Loudness(folder.Path);
        float[] vector;
        using (var alone = Open(EmbeddingSource.OfEncoder(saved.Features)))
        {
            Assert.Equal(1, alone.Computed);
            vector = alone.VectorOf(0, 1);
        }
        using var model = Model(saved);
        using (var shared = Open(Source(model)))
        {
            Assert.Equal((0, false), (shared.Computed, shared.Source.IsHidden));
            Assert.Equal(vector, shared.VectorOf(0, 1));
        }
        using var scored = Open(Source(model), withScores: true);
        Assert.Equal(1, scored.Computed);
        Assert.InRange(scored.ScoresOf(0, 1)[1], 0.9, 1);
    }

    [Fact]
    public void Only_new_and_changed_recordings_are_computed()
    {
        Wav("a.wav", 2);
        Wav("b.wav", 1);
        using (var first = Open(EmbeddingSource.OfEncoder(logMel)))
            Assert.Equal(2, first.Computed);
        Wav("b.wav", 3);
        Wav("c.wav", 2.5);
        File.Move(Path.Combine(folder.Path, "recordings", "a.wav"), Path.Combine(folder.Path, "recordings", "d.wav"));
        using var second = Open(EmbeddingSource.OfEncoder(logMel));
        Assert.Equal(2, second.Computed);
        Assert.Equal(["b.wav", "c.wav", "d.wav"], second.Recordings.Select(recording => recording.Name));
        using var longer = Open(EmbeddingSource.OfEncoder(logMel), length: 2);
        Assert.Equal(3, longer.Computed);
    }

    [Fact]
    public void An_interrupted_computation_continues_with_the_missing_recordings()
    {
        for (var k = 0; k < 40; k++)
            Wav($"{k}.wav", 1 + k / 100.0);
        using CancellationTokenSource stop = new();
        CancelAfter progress = new(5, stop);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Open(EmbeddingSource.OfEncoder(logMel), progress: progress, cancellation: stop.Token)
        );
        using var rest = Open(EmbeddingSource.OfEncoder(logMel));
        Assert.InRange(rest.Computed, 1, 35);
        Assert.Equal(40, rest.Recordings.Count);
    }

    [Fact]
    public void Recordings_that_cannot_be_read_are_skipped()
    {
        Wav("a.wav", 1);
        File.WriteAllText(folder.File("recordings", "b.wav"), "no audio");
        WavWriter.Write(folder.File("recordings", "c.wav"), [], 8000);
        using var embedded = Open(EmbeddingSource.OfEncoder(logMel));
        Assert.Equal("a.wav", Assert.Single(embedded.Recordings).Name);
        Assert.Equal(2, embedded.Skipped.Count);
        Assert.Contains(embedded.Skipped, problem => problem.Contains("c.wav", StringComparison.Ordinal));
    }

    [Fact]
    public void Similar_stretches_are_found_and_copies_are_searched_once()
    {
        Wav("a.wav", 4, (1, 2));
        Wav("b.wav", 3, (2, 3));
        File.Copy(Path.Combine(folder.Path, "recordings", "a.wav"), folder.File("recordings", "copy.wav"));
        using var embedded = Open(EmbeddingSource.OfEncoder(logMel));
        var (vector, offset) = embedded.VectorOf(embedded.Recordings[0].Path, 1, 2);
        Assert.Equal(2, offset);
        var hits = embedded.Find(vector, 2);
        Assert.Equal(["a.wav, 1 s to 2 s", "b.wav, 2 s to 3 s"], hits.Select(hit => hit.Stretch.ToString()));
        Assert.Equal(
            ["b.wav, 2 s to 3 s"],
            embedded.Find(vector, 1, (recording, stretch) => recording == 0).Select(hit => hit.Stretch.ToString())
        );
        Assert.Equal(7, embedded.Find(vector, 100).Count);
    }

    [Fact]
    public void A_clip_that_begins_after_the_end_of_its_file_is_an_error()
    {
        var path = Wav("a.wav", 1);
        using var embedded = Open(EmbeddingSource.OfEncoder(logMel));
        Assert.Equal(
            $"{path}: the clip begins at 2 s, but the file ends at 1 s",
            Assert.Throws<ArgumentException>(() => embedded.VectorOf(path, 2, null)).Message
        );
        Assert.Equal(1, embedded.VectorOf(path, 0.5, 9).Offset);
    }

    [Fact]
    public void Invalid_arguments_are_errors()
    {
        Wav("a.wav", 1);
        Assert.StartsWith(
            "The length of a stretch must be between 0.1 s and 1000000000 s, was 0 s.",
            Assert.Throws<ArgumentException>(() => Open(EmbeddingSource.OfEncoder(logMel), length: 0)).Message
        );
        Assert.StartsWith(
            "Class scores are computed by a model, but the vectors are defined without a model.",
            Assert.Throws<ArgumentException>(() => Open(EmbeddingSource.OfEncoder(logMel), withScores: true)).Message
        );
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-3;

    private string Wav(string name, double seconds, params (double, double)[] events)
    {
        var path = folder.File("recordings", name);
        WavWriter.Write(path, LoudnessModel.Sound(seconds, events), 8000);
        return path;
    }

    private SedModel Model(SavedModel saved)
    {
        ModelFile.Write(folder.File("model.sed"), saved);
        return SedModel.Load(folder.File("model.sed"), device: "cpu");
    }

    private EmbeddingSource Source(SedModel model) => EmbeddingSource.OfModel(model, folder.File("model.sed"));

    private EmbeddedFolder Open(
        EmbeddingSource source,
        double length = 1,
        bool withScores = false,
        IProgress<(int, int)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var root = Path.Combine(folder.Path, "recordings");
        return EmbeddedFolder.Open(
            source,
            length,
            withScores,
            [.. Directory.GetFiles(root).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), path))],
            root,
            Path.Combine(folder.Path, "stores"),
            null,
            progress,
            cancellation
        );
    }

    private sealed class CancelAfter(int count, CancellationTokenSource stop) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value)
        {
            if (value.Done >= count)
                stop.Cancel();
        }
    }
}
