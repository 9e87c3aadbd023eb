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
    /// 1D convolution over the waveform with zero padding, followed by batch normalisation and ReLU (sample-level
    /// networks: Lee et al. 2017, arXiv 1703.01789). The samples of a frame take the place of its bands, so the stride
    /// and <see cref="BandPooling"/> reduce the samples per frame and not the number of frames. Kernels extend across
    /// frame boundaries. The number of zeros before and after the samples is (kernel - stride) / 2. If this is not an
    /// integer, it is rounded down and one more zero is added after the samples, as with TensorFlow's padding "same"
    /// (Keras with Theano adds it before the samples).
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="Kernel">Kernel size in samples, at least the stride.</param>
    /// <param name="Stride">Stride in samples; divides the number of input samples per frame. Default 1.</param>
    [Key("sampleConvolution")]
    public sealed record SampleConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernel")] int Kernel,
        [property: Key("step")] int Stride = 1
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"sample conv {Filters}, {Kernel} samples, stride {Stride}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "sample-convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in AtLeastOne(Filters, "filters"))
                yield return problem;
            if (Stride < 1 || Kernel < Stride)
                yield return Problem.Of(
                    $"a kernel of {Kernel} samples does not fit a stride of {Stride}",
                    "the kernel must not be smaller than the stride, for example `sampleConv 128 3 3`"
                );
            else if (input.Bands % Stride != 0)
                yield return Problem.Of(
                    $"{input.Bands} samples per frame are not divisible by the stride of {Stride}",
                    "strides and pool sizes must divide the samples per frame"
                );
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Layer WithFilters(int filters) => this with { Filters = filters };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = Filters, Bands = input.Bands / Stride };

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + 3L * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => Weights(input) * input.Frames * (input.Bands / Stride);

        private long Weights(Shape input) => (long)input.Maps * Kernel * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
        {
            private readonly int frames;
            private readonly bool hasExtraZero; // after the samples
            private readonly SampleConvolution layer;
            private readonly Conv1d convolution;
            private readonly BatchNorm1d normalisation;

            public Module(Shape input, SampleConvolution layer)
                : base(nameof(SampleConvolution))
            {
                frames = input.Frames;
                this.layer = layer;
                hasExtraZero = (layer.Kernel - layer.Stride) % 2 != 0;
                convolution = nn.Conv1d(
                    input.Maps,
                    layer.Filters,
                    layer.Kernel,
                    stride: layer.Stride,
                    padding: (layer.Kernel - layer.Stride) / 2
                );
                normalisation = nn.BatchNorm1d(layer.Filters);
                RegisterComponents();
            }

            /// <inheritdoc/>
            public IReadOnlyList<NormalisedConvolution> Convolutions =>
                layer.Stride == 1 || layer.Stride == layer.Kernel ? [new(convolution, normalisation)] : [];

            /// <inheritdoc/>
            public int SampleStep => layer.Stride;

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                var samples = maps.flatten(2);
                if (hasExtraZero)
                    samples = nn.functional.pad(samples, [0, 1]);
                var values = normalisation.call(convolution.call(samples)).relu(); // (batch, filters, frames * bands)
                return values.unflatten(2, maps.shape[2], -1).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var samples = input.Reshape(0, 0, -1);
                if (hasExtraZero)
                    samples = samples.Pad("constant", 0, 0, 0, 0, 0, 1);
                return samples.Through(convolution).Through(normalisation).Relu().Reshape(0, 0, frames, -1);
            }
        }
    }
}
