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
    /// Gated linear units (GLU: Dauphin et al. 2017, arXiv 1612.08083): a 2D convolution with zero padding and batch
    /// normalisation. Then the first half of the channels is multiplied by the sigmoid of the second half.
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="KernelFrames">Kernel size in frames, odd. Default 3.</param>
    /// <param name="KernelBands">Kernel size in bands, odd. Default 3.</param>
    /// <param name="HasBias">Whether the convolution has a bias. Default true.</param>
    /// <param name="Epsilon">
    /// Constant that the batch normalisation adds to the variance, above 0. Default 1e-5; Keras has 1e-3.
    /// </param>
    [Key("gatedConvolution")]
    public sealed record GatedConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernelFrames")] int KernelFrames = 3,
        [property: Key("kernelBands")] int KernelBands = 3,
        [property: Key("bias", OmitWhen = true)] bool HasBias = true,
        [property: Key("epsilon", OmitWhen = DefaultEpsilon)] double Epsilon = DefaultEpsilon
    ) : Layer
    {
        private const int Halves = 2;

        /// <inheritdoc/>
        public override string Summary =>
            $"gated conv {Filters} {KernelFrames}x{KernelBands}"
            + (HasBias ? "" : " without bias")
            + EpsilonSuffix(Epsilon);

        internal override bool TakesVectors => false;
        internal override string ModuleName => "gated-convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) =>
            OddKernel(Filters, KernelFrames, KernelBands).Concat(EpsilonProblem(Epsilon));

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Layer WithFilters(int filters) => this with { Filters = filters };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = Filters };

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + (HasBias ? 3L : 2) * Halves * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => Weights(input) * input.Frames * input.Bands;

        private long Weights(Shape input) => (long)input.Maps * KernelFrames * KernelBands * Halves * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Maps, this);

        /// <summary>
        /// Multiplies the first half of the channels by the sigmoid of the second half. Input shape (batch, 2 filters,
        /// ...), output shape (batch, filters, ...).
        /// </summary>
        internal static Tensor Gated(Tensor maps)
        {
            using var scope = NewDisposeScope();
            var halves = maps.chunk(Halves, 1);
            return (halves[0] * halves[1].sigmoid()).MoveToOuterDisposeScope();
        }

        private sealed class Module : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
        {
            private readonly Conv2d convolution;
            private readonly BatchNorm2d normalisation;

            public Module(int maps, GatedConvolution layer)
                : base(nameof(GatedConvolution))
            {
                (long, long) kernel = (layer.KernelFrames, layer.KernelBands);
                (long, long) padding = (layer.KernelFrames / 2, layer.KernelBands / 2);
                convolution = nn.Conv2d(maps, Halves * layer.Filters, kernel, padding: padding, bias: layer.HasBias);
                normalisation = nn.BatchNorm2d(Halves * layer.Filters, layer.Epsilon);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                return Gated(normalisation.call(convolution.call(maps))).MoveToOuterDisposeScope();
            }

            /// <inheritdoc/>
            public IReadOnlyList<NormalisedConvolution> Convolutions => [new(convolution, normalisation)];

            /// <inheritdoc/>
            public bool IsGated => true;

            public OnnxValue Export(OnnxValue input)
            {
                var maps = input.Through(convolution).Through(normalisation);
                var halves = maps.Chunks(1, Halves, convolution.out_channels / Halves);
                return halves[0] * halves[1].Sigmoid();
            }
        }
    }
}
