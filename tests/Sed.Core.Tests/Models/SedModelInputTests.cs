using Sed.Core.Audio;
using Sed.Core.Models;

namespace Sed.Core.Tests.Models;

/// <summary>Predictions for files, samples and streams.</summary>
[Collection(TorchCollection.Name)]
public sealed class SedModelInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SedModel model = SedModel.Of(LoudnessModel.Make(), device: "cpu");

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    private string Wav(double seconds, params (double, double)[] events)
    {
        WavWriter.Write(folder.File("a.wav"), LoudnessModel.Sound(seconds, events), 8000);
        return folder.File("a.wav");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7.3)]
    public void A_file_its_samples_and_a_stream_of_its_bytes_have_the_same_events(double seconds)
    {
        var path = Wav(seconds, (0.2, 0.6));
        var expected = model.Predict(path);
        Assert.NotEmpty(expected.Events);

        var samples = AudioFile.Read(path).Samples;
        Assert.Equal(expected.Detections, model.Detect(samples, 8000));
        Assert.Equal(expected.TagProbabilities, model.Predict(samples.AsSpan(), 8000).TagProbabilities);
        using var stream = File.OpenRead(path);
        Assert.Equal(expected.Detections, model.Detect(stream));
        Assert.True(stream.CanRead);
        stream.Position = 0;
        using PipeLikeStream pipe = new(stream);
        var prediction = model.Predict(pipe);
        Assert.Equal(expected.Events, prediction.Events);
        Assert.Equal(expected.Seconds, prediction.Seconds);
    }

    [Fact]
    public void The_confidence_of_an_event_is_the_mean_probability_of_its_class_and_is_printed()
    {
        var path = Wav(7.3, (0.2, 0.6), (2.4, 5.2));
        var scores = model.Scores(path);
        var found = model.Detect(path);
        Assert.NotEmpty(found);
        foreach (var sound in found)
        {
            var (first, end) = (
                (int)Math.Round(sound.Onset / model.HopSeconds),
                Math.Min(scores.Frames, (int)Math.Round(sound.Offset / model.HopSeconds))
            );
            var own = scores.Of(model.Classes.IndexOf(sound.Label))[first..end].ToArray();
            Assert.Equal(own.Average(), sound.Confidence, 1e-3);
            Assert.EndsWith(
                FormattableString.Invariant($"{sound.Label} (confidence {sound.Confidence:0.###})"),
                $"{sound}",
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Samples_at_another_rate_are_resampled()
    {
        float[] samples = LoudnessModel.Sound(1, (0.2, 0.6));
        var twice = Resampler.Resample(samples, 8000, 16000);
        Assert.Equal(model.Predict(samples, 8000).Events, model.Predict(twice, 16000).Events);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Detect(samples, 0));
    }

    [Fact]
    public void A_stream_that_is_not_audio_is_reported_and_its_temporary_file_deleted()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "*.tmp").ToHashSet();
        using MemoryStream text = new("not audio at all, but a text of some length"u8.ToArray());
        var refused = Assert.Throws<AudioFormatException>(() => model.Detect(text));
        Assert.StartsWith("the stream", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFiles(Path.GetTempPath(), "*.tmp"),
            file => !before.Contains(file) && new FileInfo(file).Length == text.Length
        );
        Assert.StartsWith(
            "the samples",
            Assert.Throws<AudioFormatException>(() => model.Detect([0, float.NaN], 8000)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Cancellation_ends_a_long_recording()
    {
        var path = Wav(60, (0.2, 0.6));
        using CancellationTokenSource afterFirstPiece = new();
        Assert.Throws<OperationCanceledException>(() =>
            model.Predict(path, (_, _, _) => afterFirstPiece.Cancel(), afterFirstPiece.Token)
        );
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Detect(path, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() =>
            model.Detect(AudioFile.Read(path).Samples, 8000, cancelled.Token)
        );
        using var stream = File.OpenRead(path);
        Assert.Throws<OperationCanceledException>(() => model.Detect(stream, cancelled.Token));
    }

    [Fact]
    public void An_enumeration_that_ends_early_leaves_no_file_open()
    {
        // Two batches of 16 files and a third one, of recordings that are longer than a clip and therefore stay open.
        string[] files = [.. Enumerable.Range(0, 35).Select(k => folder.File($"{k}.wav"))];
        foreach (var file in files)
            WavWriter.Write(file, LoudnessModel.Sound(1.5, (0.2, 0.6)), 8000);
        AreClosed();

        Assert.NotNull(model.PredictAll(files).First().Prediction);
        AreClosed();

        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() =>
            model.PredictAll(files, (_, _, _) => stop.Cancel(), stop.Token).Count()
        );
        AreClosed();

        Assert.Throws<NotSupportedException>(() =>
            model.PredictAll(files, (_, _, _) => throw new NotSupportedException()).Count()
        );
        AreClosed();

        // A file with the exclusive right to read cannot be opened while it is open elsewhere.
        void AreClosed() =>
            Assert.All(files, file => File.Open(file, FileMode.Open, FileAccess.Read, FileShare.None).Dispose());
    }

    [Fact]
    public void A_folder_is_reported_as_a_folder()
    {
        var message =
            $"{folder.Path}: it is a folder, not an audio file; pass its files one by one, for example with "
            + "foreach (var file in Directory.EnumerateFiles(folder)).";
        Assert.Equal(message, Assert.Throws<AudioFormatException>(() => model.Detect(folder.Path)).Message);
        Assert.Equal(message, Assert.Throws<AudioFormatException>(() => AudioFile.Read(folder.Path)).Message);
        Assert.Equal(message, Assert.Single(model.PredictAll([folder.Path])).Problem);
        Assert.Equal(
            $"{folder.Path}: it is a folder, not a model file.",
            Assert.Throws<ModelFileException>(() => SedModel.Load(folder.Path)).Message
        );
    }

    /// <summary>A stream that cannot seek, as from a network.</summary>
    private sealed class PipeLikeStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            inner.Read(buffer, offset, Math.Min(count, 1000));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
