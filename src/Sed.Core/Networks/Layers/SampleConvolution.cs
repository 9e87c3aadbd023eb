using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Convolution along samples with zero padding, then batch normalisation and ReLU (sample-level networks: Lee et al. 2017,
    /// arXiv 1703.01789). The samples of a frame stand where others have bands, so a step over samples, like pooling by
    /// <see cref="BandPooling"/>, leaves fewer of them in each frame and frames stay as they are; kernels reach over the
    /// frames' borders.
    /// </summary>
    /// <param name="Filters">Maps that come out.</param>
    /// <param name="Kernel">Samples that a kernel covers: the step's, or more by an even number.</param>
    /// <param name="Step">Samples from one value to the next; divides the samples of a frame below.</param>
    [Key("sampleConvolution")]
    public sealed record SampleConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("kernel")] int Kernel,
        [property: Key("step")] int Step = 1
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"sample conv {Filters}, {Kernel} samples, step {Step}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "sample-convolution";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            foreach (var problem in AtLeastOne(Filters, "filters"))
                yield return problem;
            if (Step < 1 || Kernel < Step || (Kernel - Step) % 2 != 0)
                yield return new(
                    $"a kernel of {Kernel} samples cannot go in steps of {Step}",
                    "it covers the step, or more by an even number, for example `sampleConv 128 3 3`"
                );
            else if (below.Bands % Step != 0)
                yield return new(
                    $"{below.Bands} samples of a frame cannot be gone through in steps of {Step}",
                    "the steps and pools have to divide the samples of a frame"
                );
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below with { Maps = Filters, Bands = below.Bands / Step };

        /// <inheritdoc/>
        public override long Parameters(Shape below) => Weights(below) + 3L * Filters;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => Weights(below) * below.Frames * (below.Bands / Step);

        private long Weights(Shape below) => (long)below.Maps * Kernel * Filters;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module(below, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IConvolutionModule, IOnnxModule
        {
            private readonly int frames;
            private readonly SampleConvolution layer;
            private readonly Conv1d convolution;
            private readonly BatchNorm1d normalisation;

            public Module(Shape below, SampleConvolution layer)
                : base(nameof(SampleConvolution))
            {
                frames = below.Frames;
                this.layer = layer;
                convolution = nn.Conv1d(
                    below.Maps,
                    layer.Filters,
                    layer.Kernel,
                    stride: layer.Step,
                    padding: (layer.Kernel - layer.Step) / 2
                );
                normalisation = nn.BatchNorm1d(layer.Filters);
                RegisterComponents();
            }

            /// <inheritdoc/>
            public IReadOnlyList<NormalisedConvolution> Convolutions =>
                layer.Step == 1 || layer.Step == layer.Kernel ? [new(convolution, normalisation)] : [];

            /// <inheritdoc/>
            public int SampleStep => layer.Step;

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                var values = normalisation.call(convolution.call(maps.flatten(2))).relu(); // (batch, filters, frames * bands)
                return values.unflatten(2, maps.shape[2], -1).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) =>
                input.Reshape(0, 0, -1).Through(convolution).Through(normalisation).Relu().Reshape(0, 0, frames, -1);
        }
    }
}
