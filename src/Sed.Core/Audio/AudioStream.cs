namespace Sed.Core.Audio;

/// <summary>
/// Decodes a file to mono at a given sample rate, block by block. The samples are equal to the samples that
/// <see cref="AudioFile"/> returns. Memory use does not depend on the length of the file. Not thread-safe.
/// </summary>
public sealed class AudioStream : IDisposable
{
    private const int BlockSamples = 1 << 13; // below the garbage collector's limit for large objects

    private readonly string path;
    private readonly IAudioDecoder decoder;
    private readonly StreamResampler resampler;
    private readonly IDisposable? source;
    private float[]? block;
    private float[] ready = [];
    private int taken;
    private long decoded;
    private bool isEnded;

    private AudioStream(string path, IAudioDecoder decoder, int sampleRate, IDisposable? source = null)
    {
        this.path = path;
        this.source = source;
        this.decoder = decoder;
        resampler = new StreamResampler(decoder.SampleRate, sampleRate);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of a file in any format that <see cref="AudioFile"/> decodes.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz, positive.</param>
    /// <param name="channel">The channel to read, from 1. Default: the mean of all channels.</param>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, it needs ffmpeg, which is not installed, or it does not have the channel.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static AudioStream Open(string path, int sampleRate, int? channel = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        return new AudioStream(path, AudioFile.Open(path, channel), sampleRate);
    }

    /// <summary>
    /// Opens a file that is read from a stream, in any format that <see cref="AudioFile"/> decodes. The stream is read
    /// to its end, into a temporary file that <see cref="Dispose"/> deletes, because some formats are not decoded
    /// sequentially. The stream is not disposed.
    /// </summary>
    /// <param name="content">The bytes of the file, from the current position of the stream.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz, positive.</param>
    /// <param name="channel">The channel to read, from 1. Default: the mean of all channels.</param>
    /// <param name="name">Name that messages use for the file.</param>
    /// <param name="cancellation">Cancels reading the stream.</param>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, it needs ffmpeg, which is not installed, or it does not have the channel.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be read, or the temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public static AudioStream Open(
        Stream content,
        int sampleRate,
        int? channel = null,
        string name = "the stream",
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        var file = TemporaryCopy.Of(content, cancellation);
        try
        {
            return new AudioStream(name, AudioFile.Open(file.Path, channel, name), sampleRate, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Creates a stream of mono samples in memory.</summary>
    /// <param name="samples">The samples; full scale is -1 to 1. They are not copied.</param>
    /// <param name="samplesRate">Sample rate of the samples in Hz.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz, positive.</param>
    /// <param name="name">Name that messages use for the samples.</param>
    internal static AudioStream Of(float[] samples, int samplesRate, int sampleRate, string name) =>
        new(name, new SamplesInMemory(samples, samplesRate), sampleRate);

    /// <summary>Opens a file at its own sample rate.</summary>
    /// <inheritdoc cref="Open(string, int, int?)"/>
    internal static AudioStream Open(string path)
    {
        var decoder = AudioFile.Open(path);
        return new AudioStream(path, decoder, decoder.SampleRate);
    }

    /// <summary>Sample rate of the file in Hz.</summary>
    internal int FileSampleRate => decoder.SampleRate;

    /// <summary>Number of channels of the file.</summary>
    internal int FileChannels => decoder.Channels;

    /// <summary>Length of the audio decoded so far, in seconds.</summary>
    public double Seconds => (double)decoded / decoder.SampleRate;

    /// <summary>Faults of the file that do not prevent decoding, each as a message fragment; usually empty.</summary>
    public IReadOnlyList<string> Findings => decoder.Findings;

    /// <summary>Decodes the next samples.</summary>
    /// <param name="target">Receives samples; full scale is -1 to 1.</param>
    /// <returns>The number of samples; less than the target's length only at the end of the file.</returns>
    /// <exception cref="AudioFormatException">
    /// The file is damaged. In some formats, damage is detected only at the end of the file.
    /// </exception>
    public int Read(Span<float> target)
    {
        if (resampler.IsIdentity)
            return Decode(target);
        var count = 0;
        while (count < target.Length)
        {
            if (taken == ready.Length)
            {
                if (isEnded)
                    break;
                block ??= new float[BlockSamples];
                var got = Decode(block);
                ready = resampler.Push(block.AsSpan(0, got), isEnded);
                taken = 0;
            }
            var more = Math.Min(target.Length - count, ready.Length - taken);
            ready.AsSpan(taken, more).CopyTo(target[count..]);
            (count, taken) = (count + more, taken + more);
        }
        return count;
    }

    /// <summary>
    /// Decodes the rest of a file whose length is known only after decoding, because damage may be detectable only at
    /// the end of the file.
    /// </summary>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    internal void CheckRest()
    {
        if (decoder.Frames is null && !isEnded)
            decoded = AudioFile.DecodeRest(path, decoder, decoded);
        isEnded = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decoder.Dispose();
        source?.Dispose();
    }

    private int Decode(Span<float> target)
    {
        var count = 0;
        while (count < target.Length && !isEnded)
        {
            var next = target.Slice(count, Math.Min(BlockSamples, target.Length - count));
            var got = decoder.Read(next);
            FiniteSamples.Require(path, next[..got], decoded);
            decoded += got;
            count += got;
            isEnded = got < next.Length;
        }
        return count;
    }
}
