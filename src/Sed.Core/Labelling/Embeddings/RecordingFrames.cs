using Sed.Core.Audio;
using Sed.Core.Features;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Reads the features of recordings piece by piece. Memory use does not depend on the length of the recordings. Not
/// thread-safe.
/// </summary>
/// <param name="features">Definition of the features.</param>
/// <param name="extractor">An extractor of these features.</param>
/// <param name="channel">The channel of the recordings that is used, from 1; null for the mean of all channels.</param>
internal sealed class RecordingFrames(FeatureSource features, IFeatureExtractor extractor, int? channel)
{
    private const double PieceSeconds = 30;

    private readonly float[] piece = new float[(int)Math.Ceiling(PieceSeconds * features.SampleRate)];

    /// <summary>Receives the next frames, shape (frames, bands); returns whether more frames are needed.</summary>
    internal delegate bool Handler(ReadOnlySpan<float> frames);

    /// <summary>Reads the features of a recording.</summary>
    /// <param name="path">Path of the audio file.</param>
    /// <param name="handle">Receives the frames.</param>
    /// <param name="cancellation">Cancels before the next piece.</param>
    /// <returns>The duration of the audio that was read, in seconds, positive.</returns>
    /// <exception cref="AudioFormatException">
    /// The file is damaged or has no samples, or decoding it needs ffmpeg, which is missing.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public double Read(string path, Handler handle, CancellationToken cancellation)
    {
        using var audio = AudioStream.Open(path, features.SampleRate, channel);
        var stream = features.Stream(extractor);
        for (var isLast = false; !isLast; )
        {
            cancellation.ThrowIfCancellationRequested();
            var count = audio.Read(piece);
            isLast = count < piece.Length;
            if (isLast && audio.Seconds == 0)
                throw new AudioFormatException(path, null, "the file has no samples");
            if (!handle(stream.Push(piece.AsSpan(0, count), isLast)))
                break;
        }
        return audio.Seconds;
    }
}
