namespace Sed.Core.Audio;

/// <summary>Reads mono samples in memory like an audio file.</summary>
/// <param name="samples">The samples; full scale is -1 to 1.</param>
/// <param name="sampleRate">Samples per second (Hz).</param>
internal sealed class SamplesInMemory(float[] samples, int sampleRate) : IAudioDecoder
{
    private int next;

    public int SampleRate => sampleRate;

    public int Channels => 1;

    public int? Channel { get; set; }

    public long? Frames => samples.Length;

    public int Read(Span<float> target)
    {
        var count = Math.Min(target.Length, samples.Length - next);
        samples.AsSpan(next, count).CopyTo(target);
        next += count;
        return count;
    }

    public void Dispose() { }
}
