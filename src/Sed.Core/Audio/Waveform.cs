namespace Sed.Core.Audio;

/// <summary>Mono audio in memory.</summary>
/// <param name="Samples">Samples, full scale is -1 to 1; several channels have been averaged into one.</param>
/// <param name="SampleRate">Samples per second (Hz).</param>
/// <param name="Channels">How many channels the file had before they were averaged.</param>
public sealed record Waveform(float[] Samples, int SampleRate, int Channels)
{
    /// <summary>Length in seconds.</summary>
    public double DurationSeconds => (double)Samples.Length / SampleRate;
}
