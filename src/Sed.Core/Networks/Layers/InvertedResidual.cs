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
    /// Inverted residual block of MobileNetV3 (Howard et al. 2019, arXiv 1905.02244), as in EfficientAT (Schmid et al.
    /// 2023, arXiv 2211.04772): a 1x1 convolution to more maps, a depthwise convolution, optionally
    /// squeeze-and-excitation (Hu et al. 2018, arXiv 1709.01507), and a 1x1 convolution to the output maps without
    /// activation function. Batch normalisation follows each convolution. The first convolution is absent if
    /// <paramref name="Expanded"/> is the number of input maps. The block's input is added to its output if the stride
    /// is 1 and the numbers of input and output maps are equal.
    /// </summary>
    /// <param name="Expanded">Number of maps between the two 1x1 convolutions.</param>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="Kernel">Kernel size of the depthwise convolution in frames and in bands, odd.</param>
    /// <param name="Stride">Stride in frames and in bands, at least 1. Default 1.</param>
    /// <param name="Excites">
    /// Whether the maps are weighted by squeeze-and-excitation. The number of values between its two dense layers is a
    /// quarter of <paramref name="Expanded"/>, rounded to a multiple of 8. Default false.
    /// </param>
    /// <param name="Activation">Activation function after the first two convolutions. Default ReLU.</param>
    [Key("invertedResidual")]
    public sealed record InvertedResidual(
        [property: Key("expanded")] int Expanded,
        [property: Key("filters")] int Filters,
        [property: Key("kernel")] int Kernel,
        [property: Key("stride")] int Stride = 1,
        [property: Key("excites")] bool Excites = false,
        [property: Key("activation")] Activation Activation = Activation.Relu
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary =>
            $"inverted residual {Expanded} to {Filters}, {Kernel}x{Kernel}"
            + (Stride == 1 ? "" : $", stride {Stride}")
            + (Excites ? ", squeeze-and-excitation" : "")
            + (Activation == Activation.Relu ? "" : $",{Activation.Suffix()}");

        internal override bool TakesVectors => false;
        internal override string ModuleName => "inverted-residual";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in AtLeastOne(Expanded, "expanded maps"))
                yield return problem;
            foreach (var problem in OddKernel(Filters, Kernel, Kernel))
                yield return problem;
            if (StrideProblem(Stride) is { } wrong)
                yield return wrong;
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) =>
            this with
            {
                Expanded = Scaled(Expanded, factor),
                Filters = Scaled(Filters, factor),
            };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Strided(input, Stride) with { Maps = Filters };

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => Stride;

        /// <inheritdoc/>
        public override long Parameters(Shape input) =>
            (Expands(input) ? (input.Maps + 2L) * Expanded : 0)
            + (Kernel * Kernel + 2L) * Expanded
            + (Excites ? 2L * Squeezed * Expanded + Squeezed + Expanded : 0)
            + (Expanded + 2L) * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input)
        {
            var output = OutputShape(input);
            var positions = (long)output.Frames * output.Bands;
            return (Expands(input) ? (long)input.Maps * Expanded * input.Frames * input.Bands : 0)
                + (long)Kernel * Kernel * Expanded * positions
                + (Excites ? 2L * Squeezed * Expanded : 0)
                + (long)Expanded * Filters * positions;
        }

        private bool Expands(Shape input) => Expanded != input.Maps;

        private bool IsAdded(Shape input) => Stride == 1 && Filters == input.Maps;

        /// <summary>
        /// Number of values between the dense layers of squeeze-and-excitation: a quarter of the expanded maps, rounded
        /// to the nearest multiple of 8, at least 8. If rounding down would remove more than 10 %, the number is
        /// rounded up.
        /// </summary>
        private int Squeezed
        {
            get
            {
                var quarter = Expanded / 4;
                var rounded = Math.Max(8, (quarter + 4) / 8 * 8);
                return rounded < 0.9 * quarter ? rounded + 8 : rounded;
            }
        }

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly bool isAdded;
            private readonly nn.Module<Tensor, Tensor> expansion;
            private readonly MobileConvolution depthwise;
            private readonly nn.Module<Tensor, Tensor> excitation;
            private readonly MobileConvolution projection;

            public Module(Shape input, InvertedResidual layer)
                : base(nameof(InvertedResidual))
            {
                var (expanded, activation) = (layer.Expanded, layer.Activation);
                isAdded = layer.IsAdded(input);
                expansion = layer.Expands(input)
                    ? new MobileConvolution(input.Maps, expanded, 1, 1, activation)
                    : nn.Identity();
                depthwise = new MobileConvolution(
                    expanded,
                    expanded,
                    layer.Kernel,
                    layer.Stride,
                    activation,
                    groups: expanded
                );
                excitation = layer.Excites ? new ExcitationModule(expanded, layer.Squeezed) : nn.Identity();
                projection = new MobileConvolution(expanded, layer.Filters, 1, 1, Activation.Linear);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                var values = projection.call(excitation.call(depthwise.call(expansion.call(maps))));
                return (isAdded ? values.Plus(maps) : values).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var values = input.Through(expansion).Through(depthwise).Through(excitation).Through(projection);
                return isAdded ? values + input : values;
            }
        }
    }
}
