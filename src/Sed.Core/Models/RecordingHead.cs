using System.Buffers;
using Sed.Core.Audio;
using Sed.Core.Features;

namespace Sed.Core.Models;

/// <summary>
/// The start of an audio file: the features of the whole file if it is at most as long as a clip; otherwise, the first
/// samples and a stream of the remaining samples.
/// </summary>
internal sealed class RecordingHead : IDisposable
{
    private RecordingHead(string path) => Path = path;

    public string Path { get; }

    /// <summary>Features of the file; null for a recording longer than a clip and for an unreadable file.</summary>
    public Window? Clip { get; private init; }

    /// <summary>Length of the audio in seconds; 0 if <see cref="Clip"/> is null.</summary>
    public double Seconds { get; private init; }

    /// <summary>The first samples of a recording longer than a clip; otherwise empty.</summary>
    public float[] Samples { get; private init; } = [];

    /// <summary>The remaining samples of a recording longer than a clip; otherwise null.</summary>
    public AudioStream? Stream { get; private set; }

    /// <summary>Faults of a readable file, each as a message fragment.</summary>
    public IReadOnlyList<string> Findings { get; private init; } = [];

    /// <summary>The reason why the file cannot be read; null if it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>Opens a file. An unreadable file is reported in <see cref="Problem"/>.</summary>
    /// <exception cref="AudioFormatException">The format needs ffmpeg, which is missing.</exception>
    public static RecordingHead TryOpen(string path, SavedModel model, IFeatureExtractor extractor)
    {
        try
        {
            return Open(path, model, extractor);
        }
        catch (Exception unreadable)
            when (unreadable
                    is IOException
                        and not AudioFormatException { Fault: AudioFault.NoDecoder }
                        or UnauthorizedAccessException
            )
        {
            return new RecordingHead(path) { Problem = unreadable.Message };
        }
    }

    /// <summary>Opens a file and reads at most the length of a clip.</summary>
    public static RecordingHead Open(string path, SavedModel model, IFeatureExtractor extractor) =>
        Of(path, AudioStream.Open(path, model.Features.SampleRate, model.Channel), model, extractor);

    /// <summary>Reads at most the length of a clip from a stream. The result owns the stream.</summary>
    public static RecordingHead Of(string path, AudioStream stream, SavedModel model, IFeatureExtractor extractor)
    {
        var (features, length) = (model.Features, model.ClipSamples);
        // One sample more than the longest clip distinguishes a clip from a longer recording.
        var limit = length + (int)(SedModel.ToleratedSeconds * features.SampleRate) + 1;
        var samples = ArrayPool<float>.Shared.Rent(limit);
        try
        {
            var count = stream.Read(samples.AsSpan(0, limit));
            if (count == limit)
                return new RecordingHead(path)
                {
                    Samples = samples[..limit],
                    Stream = stream,
                    Findings = stream.Findings,
                };
            samples.AsSpan(count).Clear();
            var frames = new float[model.Network.Frames * features.Bands];
            extractor.Extract(samples.AsSpan(0, length), frames);
            // Computed as in the feature store, so that training and prediction agree on the number of frames before
            // the padding.
            var sound = (int)Math.Round(Math.Min(stream.Seconds, model.ClipSeconds) * features.SampleRate);
            var framesWithSound = Math.Clamp(
                (sound + features.HopSamples - 1) / features.HopSamples,
                0,
                model.Network.Frames
            );
            stream.Dispose();
            return new RecordingHead(path)
            {
                Clip = new Window(frames, framesWithSound),
                Seconds = stream.Seconds,
                Findings = stream.Findings,
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(samples);
        }
    }

    /// <summary>Closes the file. Further calls have no effect.</summary>
    public void Dispose()
    {
        Stream?.Dispose();
        Stream = null;
    }
}
