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
    /// 2D convolution over frames and bands with zero padding, followed by batch normalisation and ReLU.
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="KernelFrames">Kernel size in frames, odd. Default 3.</param>
    /// <param name="KernelBands">Kernel size in bands, odd. Default 3.</param>
    [Key("convolution")]
    public sealed record Convolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernelFrames")] int KernelFrames = 3,
        [property: Key("kernelBands")] int KernelBands = 3
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"conv {Filters} {KernelFrames}x{KernelBands}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) =>
            OddKernel(Filters, KernelFrames, KernelBands);

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = Filters };

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + 3L * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => Weights(input) * input.Frames * input.Bands;

        private long Weights(Shape input) => (long)input.Maps * KernelFrames * KernelBands * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new ConvolutionBlock(input.Maps, this);
    }
}

/// <summary>
/// Convolution, batch normalisation and ReLU, from shape (batch, maps, frames, bands) to shape (batch, filters, frames,
/// bands).
/// </summary>
internal sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
{
    private readonly Conv2d convolution;
    private readonly BatchNorm2d normalisation;

    public ConvolutionBlock(int maps, Layer.Convolution layer)
        : base(nameof(ConvolutionBlock))
    {
        (long, long) kernel = (layer.KernelFrames, layer.KernelBands);
        (long, long) padding = (layer.KernelFrames / 2, layer.KernelBands / 2);
        convolution = nn.Conv2d(maps, layer.Filters, kernel, padding: padding);
        normalisation = nn.BatchNorm2d(layer.Filters);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IReadOnlyList<NormalisedConvolution> Convolutions => [new(convolution, normalisation)];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        return normalisation.call(convolution.call(maps)).relu().MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input) => input.Through(convolution).Through(normalisation).Relu();
}
