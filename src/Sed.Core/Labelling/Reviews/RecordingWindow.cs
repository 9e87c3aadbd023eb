using Sed.Core.Audio;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// Reads parts of recordings without decoding the rest, as far as the format allows. Consecutive parts of one recording are
/// read from one decoder. Not thread-safe.
/// </summary>
internal sealed class RecordingWindow : IDisposable
{
    private IAudioDecoder? decoder;
    private string path = "";
    private int? channel;
    private long position; // of the decoder, in samples
    private long start; // of the last part, in samples
    private float[] last = [];

    /// <summary>Reads a part of a recording at its own sampling rate.</summary>
    /// <param name="file">Path of the recording.</param>
    /// <param name="ofChannel">The channel, from 1; null for the mean of all channels.</param>
    /// <param name="from">Start in seconds.</param>
    /// <param name="to">End in seconds.</param>
    /// <returns>
    /// The samples and their rate in Hz. If the recording ends before the part does, fewer samples are returned.
    /// </returns>
    /// <exception cref="AudioFormatException">The recording is damaged.</exception>
    /// <exception cref="IOException">The recording cannot be opened.</exception>
    public (float[] Samples, int Rate) Read(string file, int? ofChannel, double from, double to)
    {
        try
        {
            if (decoder is null || file != path || ofChannel != channel)
                Open(file, ofChannel);
            var first = (long)Math.Round(from * decoder!.SampleRate);
            var samples = new float[(long)Math.Round(to * decoder.SampleRate) - first];
            var known = 0;
            if (first >= start && first < start + last.Length)
            {
                known = (int)Math.Min(start + last.Length - first, samples.Length);
                last.AsSpan((int)(first - start), known).CopyTo(samples);
            }
            else if (first < position)
                Open(file, ofChannel);
            if (known < samples.Length)
            {
                decoder.Skip(first + known - position);
                var count = decoder.Read(samples.AsSpan(known));
                FiniteSamples.Require(file, samples.AsSpan(known, count), first + known);
                samples = samples[..(known + count)];
                position = first + samples.Length;
                (start, last) = (first, samples);
            }
            return (samples, decoder.SampleRate);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        decoder?.Dispose();
        decoder = null;
    }

    private void Open(string file, int? ofChannel)
    {
        Dispose();
        decoder = AudioFile.Open(file, ofChannel);
        (path, channel, position, start, last) = (file, ofChannel, 0, 0, []);
    }
}
