using System.Globalization;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// The samples themselves, -1 to 1, in frames that follow each other without gap or overlap: what networks see that learn
/// from the waveform (Lee et al. 2017, arXiv 1703.01789). Samples behind the last whole frame are left out.
/// </summary>
/// <param name="SampleRate">Samples per second (Hz); clips of another rate are resampled.</param>
/// <param name="FrameSamples">Samples of a frame.</param>
[Key("samples")]
public sealed record SampleFrames(
    [property: Key("sampleRate")] int SampleRate,
    [property: Key("frameSamples")] int FrameSamples
) : IFeatureDefinition
{
    /// <inheritdoc/>
    public int HopSamples => FrameSamples;

    /// <inheritdoc/>
    public double HopSeconds => (double)FrameSamples / SampleRate;

    /// <inheritdoc/>
    public int Bands => FrameSamples;

    /// <summary>True: a sample's place in its frame means nothing.</summary>
    public bool IsUniform => true;

    /// <summary>None: frames do not overlap.</summary>
    public int SamplesBefore => 0;

    /// <inheritdoc/>
    public int SamplesFrom => FrameSamples;

    /// <summary>None: nothing is computed.</summary>
    public long KeptValues => 0;

    /// <inheritdoc/>
    public int FramesOf(int samples) => samples / FrameSamples;

    /// <inheritdoc/>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (SampleRate <= 0)
            problems.Add($"SampleRate must be positive, was {SampleRate} Hz.");
        if (FrameSamples < 1)
            problems.Add($"FrameSamples must be at least 1, was {FrameSamples}.");
        return problems;
    }

    /// <inheritdoc/>
    public string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"samples {SampleRate} Hz, frames of {FrameSamples}");

    /// <inheritdoc/>
    public IFeatureExtractor Extractor(torch.Device device) =>
        Problems() is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(Environment.NewLine, problems))
            : new Cut(this);

    private sealed class Cut(SampleFrames definition) : IFeatureExtractor
    {
        public bool HasKernel => true;

        public torch.Tensor Extract(torch.Tensor waveforms)
        {
            using var scope = torch.NewDisposeScope();
            long frames = definition.FramesOf(checked((int)waveforms.shape[1]));
            return waveforms
                .narrow(1, 0, frames * definition.FrameSamples)
                .reshape(waveforms.shape[0], frames, definition.FrameSamples)
                .clone()
                .MoveToOuterDisposeScope();
        }

        public void Extract(ReadOnlySpan<float> waveform, Span<float> features) =>
            waveform[..(definition.FramesOf(waveform.Length) * definition.FrameSamples)].CopyTo(features);

        public void Dispose() { }
    }
}
