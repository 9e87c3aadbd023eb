using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Networks;

namespace Sed.Core.Models;

/// <content>Predictions for one recording: a file, samples in memory, or a stream with the bytes of a file.</content>
public sealed partial class SedModel
{
    private const string SamplesName = "the samples";
    private const string StreamName = "the stream";

    /// <summary>The events of a file with their confidence, ordered by onset.</summary>
    /// <inheritdoc cref="Predict(string, FrameProbabilityHandler?, CancellationToken)"/>
    public IReadOnlyList<SoftEvent> Detect(string path, CancellationToken cancellation = default) =>
        Predict(path, null, cancellation).Detections;

    /// <summary>The events in mono samples with their confidence, ordered by onset.</summary>
    /// <inheritdoc cref="Predict(ReadOnlySpan{float}, int, FrameProbabilityHandler?, CancellationToken)"/>
    public IReadOnlyList<SoftEvent> Detect(
        ReadOnlySpan<float> samples,
        int sampleRate,
        CancellationToken cancellation = default
    ) => Predict(samples, sampleRate, null, cancellation).Detections;

    /// <summary>The events of a file that is read from a stream, with their confidence, ordered by onset.</summary>
    /// <inheritdoc cref="Predict(System.IO.Stream, FrameProbabilityHandler?, CancellationToken)"/>
    public IReadOnlyList<SoftEvent> Detect(Stream audio, CancellationToken cancellation = default) =>
        Predict(audio, null, cancellation).Detections;

    /// <summary>The tags of a file.</summary>
    /// <inheritdoc cref="Predict(string, FrameProbabilityHandler?, CancellationToken)"/>
    public IReadOnlyList<string> DetectTags(string path, CancellationToken cancellation = default) =>
        Predict(path, null, cancellation).Tags;

    /// <summary>The frame probabilities of a file.</summary>
    /// <inheritdoc cref="Predict(string, FrameProbabilityHandler?, CancellationToken)"/>
    public FrameScores Scores(string path, CancellationToken cancellation = default)
    {
        List<float> all = [];
        Predict(path, (_, _, probabilities) => all.AddRange(probabilities), cancellation);
        return FrameScores.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all), Classes.Count, HopSeconds);
    }

    /// <summary>The events and tags of a file.</summary>
    /// <param name="path">Path of an audio file.</param>
    /// <param name="frames">Receives the frame probabilities while they are computed.</param>
    /// <param name="cancellation">Cancels before the next batch of four windows.</param>
    /// <exception cref="AudioFormatException">
    /// The file is damaged or a folder, or its format needs ffmpeg, which is missing.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="ModelOutputException">
    /// The model's activations or probabilities for the file are not finite.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public Prediction Predict(
        string path,
        FrameProbabilityHandler? frames = null,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        return Predict(path, AudioStream.Open(path, Saved.Features.SampleRate, Saved.Channel), frames, cancellation);
    }

    /// <summary>The events and tags in mono samples.</summary>
    /// <param name="samples">The samples; full scale is -1 to 1. They are copied.</param>
    /// <param name="sampleRate">
    /// Sample rate in Hz, from 1000 to 768000. If it differs from the model's rate, the samples are resampled.
    /// </param>
    /// <param name="frames">Receives the frame probabilities while they are computed.</param>
    /// <param name="cancellation">Cancels before the next batch of four windows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is out of range.</exception>
    /// <exception cref="AudioFormatException">A sample is not finite.</exception>
    /// <exception cref="ModelOutputException">
    /// The model's activations or probabilities for the samples are not finite.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public Prediction Predict(
        ReadOnlySpan<float> samples,
        int sampleRate,
        FrameProbabilityHandler? frames = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, PcmLayout.MinSampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, PcmLayout.MaxSampleRate);
        cancellation.ThrowIfCancellationRequested();
        var audio = AudioStream.Of(samples.ToArray(), sampleRate, Saved.Features.SampleRate, SamplesName);
        return Predict(SamplesName, audio, frames, cancellation);
    }

    /// <summary>
    /// The events and tags of an audio file that is read from a stream, in any format that <see cref="AudioFile"/>
    /// decodes. The stream is read to its end, into a temporary file, and is not disposed. For live audio, use
    /// <see cref="Stream"/>.
    /// </summary>
    /// <param name="audio">The bytes of an audio file, from the current position of the stream.</param>
    /// <param name="frames">Receives the frame probabilities while they are computed.</param>
    /// <param name="cancellation">
    /// Cancels the reading of the stream. Afterwards, cancels before the next batch of four windows.
    /// </param>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, or its format needs ffmpeg, which is missing.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be read, or the temporary file cannot be written.</exception>
    /// <exception cref="ModelOutputException">
    /// The model's activations or probabilities for the file are not finite.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public Prediction Predict(
        Stream audio,
        FrameProbabilityHandler? frames = null,
        CancellationToken cancellation = default
    )
    {
        var rate = Saved.Features.SampleRate;
        return Predict(
            StreamName,
            AudioStream.Open(audio, rate, Saved.Channel, StreamName, cancellation),
            frames,
            cancellation
        );
    }

    private Prediction Predict(
        string path,
        AudioStream audio,
        FrameProbabilityHandler? frames,
        CancellationToken cancellation
    )
    {
        using var head = RecordingHead.Of(path, audio, Saved, extractor);
        return head.Clip is { } clip
            ? OfClip(path, clip, head.Seconds, networks.Predict([clip], path)[0], frames)
            : OfLongRecording(path, head, frames, cancellation);
    }

    private Prediction OfClip(
        string path,
        Window clip,
        double seconds,
        (float[] Strong, float[] Weak) output,
        FrameProbabilityHandler? frames
    )
    {
        PredictionBuilder builder = new(Saved, Detection, HopSeconds, frames, path);
        // A tolerance of 0.01 frames prevents rounding errors from adding a frame.
        builder.Add(output.Strong, reported: (int)Math.Ceiling(seconds / HopSeconds - 0.01));
        builder.AddTags(output.Weak);
        return builder.Finish(seconds);
    }

    private Prediction OfLongRecording(
        string path,
        RecordingHead head,
        FrameProbabilityHandler? frames,
        CancellationToken cancellation
    )
    {
        PredictionBuilder builder = new(Saved, Detection, HopSeconds, frames, path);
        OverlappingWindows windows = new(Saved.Network);
        var (length, bands) = (Saved.Network.Frames, Saved.Network.Bands);
        var stream = Saved.Features.Stream(extractor);
        List<float> buffer = [];
        var (start, next) = (0L, 0L); // first frames of the buffer and of the next window
        var piece = new float[WindowsPerBatch * windows.Stride * Saved.Features.HopSamples];
        head.Samples.CopyTo(piece, 0);
        var count = head.Samples.Length + head.Stream!.Read(piece.AsSpan(head.Samples.Length));
        for (var isLast = false; !isLast; count = head.Stream.Read(piece))
        {
            isLast = count < piece.Length;
            buffer.AddRange(stream.Push(piece.AsSpan(0, count), isLast));
            List<(long From, Window Window)> batch = [];
            for (; next + length <= stream.Extracted; next += windows.Stride)
                batch.Add((next, Cut(next)));
            if (
                isLast
                && windows.LastStart(stream.Extracted) is var last
                && (last > next - windows.Stride || next == 0)
            )
                batch.Add((last, Cut(last)));
            foreach (var group in batch.Chunk(WindowsPerBatch))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (
                    var (window, output) in group.Zip(networks.Predict([.. group.Select(one => one.Window)], path))
                )
                {
                    builder.Add(windows.Add(window.From, output.Strong));
                    builder.AddTags(output.Weak);
                }
            }
            // Frames from the start of the previous window on are kept, because the last window can start at any of
            // them.
            var discarded = Math.Max(0, next - windows.Stride - start);
            buffer.RemoveRange(0, (int)discarded * bands);
            start += discarded;
        }
        builder.Add(windows.Finish(stream.Extracted));
        return builder.Finish(head.Stream.Seconds);

        Window Cut(long from)
        {
            var window = new float[length * bands];
            var available = (int)Math.Min(length, stream.Extracted - from);
            buffer.CopyTo((int)(from - start) * bands, window, 0, available * bands);
            return new Window(window, available);
        }
    }
}
