using System.Buffers;
using Sed.Core.Audio;

namespace Sed.Core.Models;

/// <summary>The beginning of a file, by which it is known whether it is a clip or longer.</summary>
internal sealed class Beginning : IDisposable
{
    private Beginning(string path) => Path = path;

    public string Path { get; }

    /// <summary>The features of a clip; null of a longer recording and of a file that cannot be read.</summary>
    public Window? Clip { get; private init; }

    /// <summary>Length of a clip in seconds.</summary>
    public double Seconds { get; private init; }

    /// <summary>The first samples of a recording that is longer.</summary>
    public float[] Samples { get; private init; } = [];

    /// <summary>The rest of it.</summary>
    public AudioStream? Stream { get; private init; }

    /// <summary>Why the file cannot be read; null where it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>The same, or why the file cannot be read.</summary>
    /// <exception cref="AudioFormatException">ffmpeg is needed and missing.</exception>
    public static Beginning Try(string path, SavedModel model, IFeatureExtractor extractor)
    {
        try
        {
            return Of(path, model, extractor);
        }
        catch (Exception unreadable)
            when (unreadable
                    is IOException
                        and not AudioFormatException { Fault: AudioFault.NoDecoder }
                        or UnauthorizedAccessException
            )
        {
            return new Beginning(path) { Problem = unreadable.Message };
        }
    }

    /// <summary>Opens a file and reads what a clip has of it.</summary>
    public static Beginning Of(string path, SavedModel model, IFeatureExtractor extractor)
    {
        var (features, length) = (model.Features, model.ClipSamples);
        var stream = AudioStream.Open(path, features.SampleRate);
        var wanted = length + (int)(SedModel.ToleratedSeconds * features.SampleRate) + 1;
        var samples = ArrayPool<float>.Shared.Rent(wanted);
        try
        {
            var count = stream.Read(samples.AsSpan(0, wanted));
            if (count == wanted)
                return new Beginning(path) { Samples = samples[..wanted], Stream = stream };
            samples.AsSpan(count).Clear();
            var frames = new float[model.Network.Frames * features.Bands];
            extractor.Extract(samples.AsSpan(0, length), frames);
            // As a store of features counts them.
            var sound = (int)Math.Round(Math.Min(stream.Seconds, model.ClipSeconds) * features.SampleRate);
            var heard = Math.Clamp((sound + features.HopSamples - 1) / features.HopSamples, 0, model.Network.Frames);
            stream.Dispose();
            return new Beginning(path) { Clip = new Window(frames, heard), Seconds = stream.Seconds };
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

    public void Dispose() => Stream?.Dispose();
}
