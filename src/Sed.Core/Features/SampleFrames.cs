using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// The raw waveform, -1 to 1, cut into adjacent frames without overlap, for sample-level networks (Lee et al. 2017,
/// arXiv 1703.01789). Samples after the last whole frame are dropped.
/// </summary>
/// <param name="Rate">Sampling rate in Hz; clips with a different rate are resampled. Default 16,000.</param>
/// <param name="FrameSamples">
/// Number of samples per frame. Default 729. It must be divisible by the product of the network's strides and pool sizes.
/// </param>
[Key("samples")]
public sealed record SampleFrames(
    [property: Key("sampleRate")] int Rate = 16_000,
    [property: Key("frameSamples")] int FrameSamples = 729
) : FeatureSource
{
    /// <inheritdoc/>
    public override string Summary => $"samples at {Rate} Hz, frames of {FrameSamples}{StandardisationSummary}";

    /// <inheritdoc/>
    public override string Title => "Samples";

    /// <inheritdoc/>
    public override int SampleRate => Rate;

    /// <inheritdoc/>
    public override int HopSamples => FrameSamples;

    /// <inheritdoc/>
    public override double HopSeconds => (double)FrameSamples / Rate;

    /// <inheritdoc/>
    public override int Bands => FrameSamples;

    /// <summary>True, because all samples of a frame have the same distribution.</summary>
    public override bool IsUniform => true;

    /// <summary>0, because frames do not overlap.</summary>
    public override int SamplesBefore => 0;

    /// <inheritdoc/>
    public override int SamplesFrom => FrameSamples;

    /// <summary>0, because the extractor has no weights.</summary>
    public override long KeptValues => 0;

    /// <inheritdoc/>
    public override int FramesOf(int samples) => samples / FrameSamples;

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (Rate < 1)
            problems.Add(
                Problem.Of($"the sampling rate is {Rate} Hz", "give a rate above 0, for example `rate 16000.0<Hz>`")
            );
        if (FrameSamples < 1)
            problems.Add(
                Problem.Of($"frames of {FrameSamples} samples", "give at least one sample, for example `frame 729`")
            );
        return problems;
    }

    /// <summary>A copy with a different <see cref="Rate"/>.</summary>
    public SampleFrames WithRate(int rate) => this with { Rate = rate };

    /// <summary>A copy with a different <see cref="FrameSamples"/>.</summary>
    public SampleFrames WithFrameSamples(int frameSamples) => this with { FrameSamples = frameSamples };

    private protected override IFeatureExtractor CreateExtractor(torch.Device device) => new Cut(this);

    /// <inheritdoc/>
    public override string OnnxInput => "frames";

    /// <inheritdoc/>
    public override string OnnxInputSummary => $"mono samples at {Rate} Hz";

    internal override OnnxValue Export(OnnxValue waveforms, int samples) =>
        waveforms.Slice(1, 0, (long)FramesOf(samples) * FrameSamples).Reshape(-1, FramesOf(samples), FrameSamples);

    private sealed class Cut(SampleFrames source) : IFeatureExtractor
    {
        public bool HasKernel => true;

        public torch.Tensor Extract(torch.Tensor waveforms)
        {
            using var scope = torch.NewDisposeScope();
            long frames = source.FramesOf(checked((int)waveforms.shape[1]));
            return waveforms
                .narrow(1, 0, frames * source.FrameSamples)
                .reshape(waveforms.shape[0], frames, source.FrameSamples)
                .clone()
                .MoveToOuterDisposeScope();
        }

        public void Extract(ReadOnlySpan<float> waveform, Span<float> features) =>
            waveform[..(source.FramesOf(waveform.Length) * source.FrameSamples)].CopyTo(features);

        public void Dispose() { }
    }
}
