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
    /// A square 2D convolution without bias, followed by batch normalisation and hard swish, as the first and the last
    /// convolution of MobileNetV3 (Howard et al. 2019, arXiv 1905.02244) in EfficientAT (Schmid et al. 2023, arXiv
    /// 2211.04772). A stride of 2 halves the numbers of frames and of bands, rounded up.
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="Kernel">Kernel size in frames and in bands, odd. Default 3.</param>
    /// <param name="Stride">Stride in frames and in bands, at least 1. Default 2.</param>
    [Key("stridedConvolution")]
    public sealed record StridedConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernel")] int Kernel = 3,
        [property: Key("stride")] int Stride = 2
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"strided conv {Filters} {Kernel}x{Kernel}, stride {Stride}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "strided-convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in OddKernel(Filters, Kernel, Kernel))
                yield return problem;
            if (StrideProblem(Stride) is { } wrong)
                yield return wrong;
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Strided(input, Stride) with { Maps = Filters };

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => Stride;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + 2L * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            OutputShape(input) is var output ? Weights(input) * output.Frames * output.Bands : 0;

        private long Weights(Shape input) => (long)input.Maps * Kernel * Kernel * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) =>
            new MobileConvolution(input.Maps, Filters, Kernel, Stride, Activation.HardSwish);
    }

    /// <summary>
    /// Output shape of a strided convolution with an odd kernel, zero-padded by half the kernel size.
    /// </summary>
    private protected static Shape Strided(Shape input, int stride) =>
        input with
        {
            Frames = (input.Frames + stride - 1) / stride,
            Bands = (input.Bands + stride - 1) / stride,
        };

    private protected static Problem? StrideProblem(int stride) =>
        stride < 1 ? Problem.Of($"a stride of {stride}", "it must be at least 1") : null;
}

/// <summary>
/// A square convolution without bias, followed by batch normalisation and an activation function, from shape (batch,
/// maps, frames, bands) to shape (batch, filters, frames / stride, bands / stride). The kernel is stored as in the weights
/// of EfficientAT, with shape (filters, maps of a group, bands, frames); its last two axes are swapped for the computation.
/// </summary>
internal sealed class MobileConvolution : nn.Module<Tensor, Tensor>, IOnnxModule
{
    // Settings of MobileNetV3 in EfficientAT.
    private const double Epsilon = 1e-3;
    private const double Momentum = 0.01;

    private readonly Activation activation;
    private readonly Conv2d convolution;
    private readonly BatchNorm2d normalisation;

    /// <param name="maps">Number of input maps.</param>
    /// <param name="filters">Number of output maps.</param>
    /// <param name="kernel">Kernel size in both directions, odd.</param>
    /// <param name="stride">Stride in both directions.</param>
    /// <param name="activation">Activation function after the normalisation.</param>
    /// <param name="groups">Number of groups; the number of maps for a depthwise convolution.</param>
    public MobileConvolution(int maps, int filters, int kernel, int stride, Activation activation, int groups = 1)
        : base(nameof(MobileConvolution))
    {
        this.activation = activation;
        convolution = nn.Conv2d(maps, filters, kernel, stride, padding: kernel / 2, groups: groups, bias: false);
        normalisation = nn.BatchNorm2d(filters, Epsilon, Momentum);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = nn.functional.conv2d(
            input.AsMaps(),
            Kernel,
            strides: convolution.stride,
            padding: convolution.padding,
            groups: convolution.groups
        );
        return activation.Of(normalisation.call(values)).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        using var scope = NewDisposeScope();
        return activation.Of(input.Through(convolution, Kernel).Through(normalisation));
    }

    // Shape (filters, maps, frames, bands).
    private Tensor Kernel => convolution.weight!.transpose(2, 3);
}
