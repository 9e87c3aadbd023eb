namespace Sed.Core.Audio;

/// <summary>
/// A file's sound read piece by piece, channels averaged, at the wanted rate: the samples of <see cref="AudioFile"/>, in memory
/// that does not grow with the file. One thread at a time.
/// </summary>
public sealed class AudioStream : IDisposable
{
    private const int PieceSamples = 1 << 16;

    private readonly string path;
    private readonly ISoundPieces pieces;
    private readonly StreamResampler resampler;
    private float[]? piece;
    private float[] ready = [];
    private int taken;
    private long heard;
    private bool ended;

    private AudioStream(string path, ISoundPieces pieces, int sampleRate)
    {
        this.path = path;
        this.pieces = pieces;
        resampler = new StreamResampler(pieces.SampleRate, sampleRate);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">WAV, or anything that ffmpeg reads.</param>
    /// <param name="sampleRate">Samples per second wanted (Hz), positive.</param>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static AudioStream Open(string path, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ISoundPieces pieces = AudioFile.ReadBy<ISoundPieces>(path, () => Wav(path), () => new FfmpegPieces(path));
        return new AudioStream(path, pieces, sampleRate);
    }

    /// <summary>Length of the sound that has been read so far, in seconds, by the file's own count.</summary>
    public double Seconds => (double)heard / pieces.SampleRate;

    /// <summary>Reads on.</summary>
    /// <param name="target">Receives samples; full scale is -1 to 1.</param>
    /// <returns>How many; fewer than there is room for only at the end of the sound.</returns>
    /// <exception cref="AudioFormatException">The file is broken, which may be found only where its sound ends.</exception>
    public int Read(Span<float> target)
    {
        if (resampler.Passes)
            return Decode(target);
        var count = 0;
        while (count < target.Length)
        {
            if (taken == ready.Length)
            {
                if (ended)
                    break;
                piece ??= new float[PieceSamples];
                var got = Decode(piece);
                ready = resampler.Push(piece.AsSpan(0, got), ended);
                taken = 0;
            }
            var more = Math.Min(target.Length - count, ready.Length - taken);
            ready.AsSpan(taken, more).CopyTo(target[count..]);
            (count, taken) = (count + more, taken + more);
        }
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => pieces.Dispose();

    private int Decode(Span<float> target)
    {
        var count = 0;
        while (count < target.Length && !ended)
        {
            Span<float> next = target.Slice(count, Math.Min(PieceSamples, target.Length - count));
            var got = pieces.Read(next);
            NumberCheck.Require(path, next[..got], heard);
            heard += got;
            count += got;
            ended = got < next.Length;
        }
        return count;
    }

    private static WavPieces? Wav(string path)
    {
        WavSource source = WavSource.Open(path);
        if (source.Header.Encoding != WavEncoding.Other)
            return new WavPieces(source);
        source.Dispose();
        return null;
    }
}

/// <summary>A sound at its own rate, channels averaged, piece by piece.</summary>
internal interface ISoundPieces : IDisposable
{
    /// <summary>Samples per second (Hz).</summary>
    int SampleRate { get; }

    /// <summary>Reads on; fewer samples than there is room for only at the end.</summary>
    int Read(Span<float> target);
}

/// <summary>The samples of a WAV file.</summary>
internal sealed class WavPieces(WavSource source) : ISoundPieces
{
    private long next;

    public int SampleRate => source.Header.SampleRate;

    public int Read(Span<float> target)
    {
        var count = (int)Math.Min(target.Length, source.Header.Frames - next);
        source.Decode(next, target[..count]);
        next += count;
        return count;
    }

    public void Dispose() => source.Dispose();
}
