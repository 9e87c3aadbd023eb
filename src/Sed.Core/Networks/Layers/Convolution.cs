using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// 2D convolution over frames and bands with zero padding, followed by batch normalisation and ReLU. For an even
    /// kernel, the input gets one more zero at its end than at its start, as with TensorFlow's padding "same" (Keras
    /// with Theano adds the extra zero at the start).
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="KernelFrames">Kernel size in frames. Default 3.</param>
    /// <param name="KernelBands">Kernel size in bands. Default 3.</param>
    /// <param name="HasBias">Whether the convolution has a bias. Default true.</param>
    /// <param name="NormalisesInput">
    /// Whether the batch normalisation precedes the convolution, as in CDur (Dinkel et al. 2021, arXiv 2101.07687).
    /// Default false: the batch normalisation follows the convolution.
    /// </param>
    /// <param name="Slope">
    /// Slope of the activation function for negative values, at least 0 and less than 1 (leaky ReLU). Default 0 (ReLU).
    /// </param>
    /// <param name="Epsilon">
    /// Constant that the batch normalisation adds to the variance, above 0. Default 1e-5; Keras has 1e-3.
    /// </param>
    /// <param name="Normalises">Whether there is a batch normalisation. Default true.</param>
    /// <param name="Activates">
    /// Whether the activation function is applied. Default true; false for a convolution before a gating layer.
    /// </param>
    /// <param name="Momentum">
    /// Weight of a batch's statistics in the running statistics of the batch normalisation, above 0 and at most 1. Default
    /// 0.1; the baseline of DCASE Task 4 has 0.99.
    /// </param>
    [Key("convolution")]
    public sealed record Convolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernelFrames")] int KernelFrames = 3,
        [property: Key("kernelBands")] int KernelBands = 3,
        [property: Key("bias", OmitWhen = true)] bool HasBias = true,
        [property: Key("normalisesInput", OmitWhen = false)] bool NormalisesInput = false,
        [property: Key("slope", OmitWhen = 0.0)] double Slope = 0,
        [property: Key("epsilon", OmitWhen = DefaultEpsilon)] double Epsilon = DefaultEpsilon,
        [property: Key("normalises", OmitWhen = true)] bool Normalises = true,
        [property: Key("activates", OmitWhen = true)] bool Activates = true,
        [property: Key("momentum", OmitWhen = DefaultMomentum)] double Momentum = DefaultMomentum
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary =>
            $"conv {Filters} {KernelFrames}x{KernelBands}"
            + (HasBias ? "" : " without bias")
            + (Normalises ? "" : ", not normalised")
            + (NormalisesInput ? ", normalised before" : "")
            + (Slope == 0 ? "" : FormattableString.Invariant($", leaky {Slope:R}"))
            + (Activates ? "" : ", linear")
            + EpsilonSuffix(Epsilon)
            + MomentumSuffix(Momentum);

        internal override bool TakesVectors => false;

        // After a linear convolution, dropout is applied only after the gating layer that follows.
        internal override bool HasDropout => Activates;

        internal override string ModuleName => "convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Filters < 1 || KernelFrames < 1 || KernelBands < 1)
                yield return Problem.Of(
                    $"{Filters} filters with a kernel of {KernelFrames}x{KernelBands}",
                    "a convolution needs at least one filter and a kernel of at least 1x1, for example `conv 48` (3x3)"
                );
            foreach (var problem in EpsilonProblem(Epsilon).Concat(MomentumProblem(Momentum)))
                yield return problem;
            if (!(Slope >= 0 && Slope < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the slope of the leaky ReLU is {Slope:R}"),
                    "it must be at least 0 and less than 1, for example 0.1"
                );
            if (NormalisesInput && !Normalises)
                yield return Problem.Of(
                    "NormalisesInput is true, but Normalises is false, so there is no batch normalisation",
                    "set NormalisesInput to false or Normalises to true"
                );
            if (Slope != 0 && !Activates)
                yield return Problem.Of(
                    "it has the slope of a leaky ReLU, but no activation function",
                    "set Slope to 0 or Activates to true"
                );
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Layer WithFilters(int filters) => this with { Filters = filters };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = Filters };

        /// <inheritdoc/>
        public override long Parameters(Shape input) =>
            Weights(input) + (HasBias ? Filters : 0) + (Normalises ? 2L * (NormalisesInput ? input.Maps : Filters) : 0);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => Weights(input) * input.Frames * input.Bands;

        private long Weights(Shape input) => (long)input.Maps * KernelFrames * KernelBands * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new ConvolutionBlock(input.Maps, this);
    }
}

/// <summary>
/// Convolution, batch normalisation (optional) and (leaky) ReLU (optional), from shape (batch, maps, frames, bands) to shape
/// (batch, filters, frames, bands).
/// </summary>
internal sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
{
    private readonly Layer.Convolution layer;
    private readonly Conv2d convolution;
    private readonly BatchNorm2d? normalisation;

    public ConvolutionBlock(int maps, Layer.Convolution layer)
        : base(nameof(ConvolutionBlock))
    {
        this.layer = layer;
        (long, long) kernel = (layer.KernelFrames, layer.KernelBands);
        (long, long) padding = ((layer.KernelFrames - 1) / 2, (layer.KernelBands - 1) / 2);
        convolution = nn.Conv2d(maps, layer.Filters, kernel, padding: padding, bias: layer.HasBias);
        normalisation = layer.Normalises
            ? nn.BatchNorm2d(layer.NormalisesInput ? maps : layer.Filters, layer.Epsilon, layer.Momentum)
            : null;
        RegisterComponents();
    }

    /// <summary>
    /// The convolution, or empty if the CPU kernels do not support it. They support only the order convolution,
    /// normalisation, ReLU (optional).
    /// </summary>
    public IReadOnlyList<NormalisedConvolution> Convolutions =>
        normalisation is null || layer.NormalisesInput || layer.Slope != 0 ? [] : [new(convolution, normalisation)];

    /// <inheritdoc/>
    public bool IsLinear => !layer.Activates;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        var values =
            normalisation is null ? Convolved(maps)
            : layer.NormalisesInput ? Convolved(normalisation.call(maps))
            : normalisation.call(Convolved(maps));
        var output =
            !layer.Activates ? values
            : layer.Slope == 0 ? values.relu()
            : values.LeakyRelu(layer.Slope);
        return output.MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        var values =
            normalisation is null ? Convolved(input)
            : layer.NormalisesInput ? Convolved(input.Through(normalisation))
            : Convolved(input).Through(normalisation);
        return !layer.Activates ? values
            : layer.Slope == 0 ? values.Relu()
            : values.Node("LeakyRelu", ("alpha", (float)layer.Slope));
    }

    private bool IsEven => ExtraFrames + ExtraBands > 0;

    private int ExtraFrames => 1 - layer.KernelFrames % 2;

    private int ExtraBands => 1 - layer.KernelBands % 2;

    private Tensor Convolved(Tensor maps) =>
        convolution.call(IsEven ? nn.functional.pad(maps, [0, ExtraBands, 0, ExtraFrames]) : maps);

    private OnnxValue Convolved(OnnxValue maps) =>
        (IsEven ? maps.Pad("constant", 0, 0, 0, 0, 0, 0, ExtraFrames, ExtraBands) : maps).Through(convolution);
}
