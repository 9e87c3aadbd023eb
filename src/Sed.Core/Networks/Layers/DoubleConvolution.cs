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
    /// Two 3x3 convolutions, each followed by batch normalisation and ReLU, as in PANNs (Kong et al. 2020, arXiv
    /// 1912.10211). The residual form adds the input before the last ReLU (He et al. 2016, arXiv 1512.03385), through a
    /// 1x1 convolution if the numbers of input and output maps differ.
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="IsResidual">Whether the input is added before the last ReLU (residual form). Default false.</param>
    /// <param name="HasBias">Whether the convolutions have biases. Default true; PANNs have none.</param>
    [Key("doubleConvolution")]
    public sealed record DoubleConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("residual")] bool IsResidual = false,
        [property: Key("bias", OmitWhen = true)] bool HasBias = true
    ) : Layer
    {
        private const int Kernel = 3;
        private Convolution One => new(Filters, Kernel, Kernel, HasBias);

        /// <inheritdoc/>
        public override string Summary =>
            (IsResidual ? $"residual {Filters}" : $"double conv {Filters}") + (HasBias ? "" : " without bias");

        internal override bool TakesVectors => false;
        internal override string ModuleName => "block";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Filters, "filters");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Layer WithFilters(int filters) => this with { Filters = filters };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => One.OutputShape(input);

        /// <inheritdoc/>
        public override long Parameters(Shape input) =>
            One.Parameters(input)
            + One.Parameters(One.OutputShape(input))
            + (HasShortcut(input) ? Shortcut(input) + (HasBias ? Filters : 0) : 0);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            One.MultiplyAccumulates(input)
            + One.MultiplyAccumulates(One.OutputShape(input))
            + (HasShortcut(input) ? Shortcut(input) * input.Frames * input.Bands : 0);

        private bool HasShortcut(Shape input) => IsResidual && input.Maps != Filters;

        private long Shortcut(Shape input) => (long)input.Maps * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Maps, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
        {
            private readonly bool isResidual;
            private readonly ConvolutionBlock first;
            private readonly Conv2d second;
            private readonly BatchNorm2d secondNormalisation;
            private readonly nn.Module<Tensor, Tensor> shortcut;

            public Module(int maps, DoubleConvolution layer)
                : base(nameof(DoubleConvolution))
            {
                isResidual = layer.IsResidual;
                first = new ConvolutionBlock(maps, layer.One);
                second = nn.Conv2d(layer.Filters, layer.Filters, Kernel, padding: Kernel / 2, bias: layer.HasBias);
                secondNormalisation = nn.BatchNorm2d(layer.Filters);
                shortcut =
                    layer.IsResidual && maps != layer.Filters
                        ? nn.Conv2d(maps, layer.Filters, 1, bias: layer.HasBias)
                        : nn.Identity();
                RegisterComponents();
            }

            /// <inheritdoc/>
            public IReadOnlyList<NormalisedConvolution> Convolutions =>
                isResidual ? [] : [.. first.Convolutions, new(second, secondNormalisation)];

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                var values = secondNormalisation.call(second.call(first.call(maps)));
                var output = isResidual ? values.Plus(shortcut.call(maps)).relu() : values.relu();
                return output.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var values = input.Through(first).Through(second).Through(secondNormalisation);
                return (isResidual ? values + input.Through(shortcut) : values).Relu();
            }
        }
    }
}
