using Sed.Core.Networks.Kernels.DenseBlocks;
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
    /// A dense block of DenseNet (Huang et al. 2017, arXiv 1608.06993): a sequence of 3x3 convolutions without bias,
    /// with batch normalisation and ReLU before each. Each convolution receives the concatenated maps of the input and
    /// of all earlier convolutions. The output of the block is the concatenation of the input and of the outputs of all
    /// convolutions.
    /// </summary>
    /// <param name="Convolutions">Number of convolutions.</param>
    /// <param name="Growth">Growth rate: output maps per convolution.</param>
    [Key("denseBlock")]
    public sealed record DenseBlock(
        [property: Key("convolutions")] int Convolutions,
        [property: Key("growth")] int Growth
    ) : Layer
    {
        private const int KernelSize = DenseBlockShape.Side;

        /// <inheritdoc/>
        public override string Summary => $"dense block {Convolutions} by {Growth}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "dense-block";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) =>
            [.. AtLeastOne(Convolutions, "convolutions"), .. AtLeastOne(Growth, "maps per convolution")];

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Growth = Scaled(Growth, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = input.Maps + Convolutions * Growth };

        /// <inheritdoc/>
        public override long Parameters(Shape input) =>
            InputMaps(input).Sum(maps => 2L * maps + (long)maps * KernelSize * KernelSize * Growth);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            InputMaps(input).Sum(maps => (long)maps * KernelSize * KernelSize * Growth) * input.Frames * input.Bands;

        /// <summary>Number of input maps of each convolution.</summary>
        private IEnumerable<int> InputMaps(Shape input) =>
            Enumerable.Range(0, Convolutions).Select(number => input.Maps + number * Growth);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module([.. InputMaps(input)], Growth);

        private sealed class Module : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
        {
            private readonly int growth;
            private readonly ModuleList<BatchNorm2d> normalisations;
            private readonly ModuleList<Conv2d> convolutions;

            public Module(int[] inputMaps, int growth)
                : base(nameof(DenseBlock))
            {
                this.growth = growth;
                normalisations = nn.ModuleList<BatchNorm2d>([.. inputMaps.Select(maps => nn.BatchNorm2d(maps))]);
                convolutions = nn.ModuleList<Conv2d>([
                    .. inputMaps.Select(maps =>
                        nn.Conv2d(maps, growth, KernelSize, padding: KernelSize / 2, bias: false)
                    ),
                ]);
                RegisterComponents();
            }

            /// <inheritdoc/>
            public IKernelLayer? Kernel(int frames, int bands, double dropout)
            {
                if (dropout >= 1)
                    return null;
                var first = normalisations[0];
                var maps = (int)first.weight!.shape[0];
                var momentum = first.momentum ?? 0.1;
                return new KernelForm(
                    this,
                    new(new(maps, convolutions.Count, growth, frames, bands, first.eps, momentum, dropout))
                );
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                foreach (var (normalisation, convolution) in normalisations.Zip(convolutions))
                    maps = cat([maps, convolution.call(normalisation.call(maps).relu())], 1);
                return maps.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) =>
                normalisations
                    .Zip(convolutions)
                    .Aggregate(
                        input,
                        (maps, pair) =>
                            OnnxValue.Concatenate(1, maps, maps.Through(pair.First).Relu().Through(pair.Second))
                    );

            private sealed class KernelForm(Module module, Kernels.DenseBlocks.DenseBlock kernel) : IKernelLayer
            {
                private Tensor[] Weights =>
                    [
                        .. module
                            .normalisations.Zip(module.convolutions)
                            .SelectMany(pair => new[] { pair.First.weight!, pair.First.bias!, pair.Second.weight! }),
                    ];

                private Tensor[] Running =>
                    [
                        .. module.normalisations.SelectMany(normalisation =>
                            new[] { normalisation.running_mean!, normalisation.running_var! }
                        ),
                    ];

                public Tensor Train(Tensor values, uint seed)
                {
                    using var scope = NewDisposeScope();
                    var output = kernel.Train(values.AsMaps(), Weights, Running, seed);
                    foreach (var normalisation in module.normalisations)
                        normalisation.get_buffer("num_batches_tracked")!.Count();
                    return output.MoveToOuterDisposeScope();
                }

                public Tensor Infer(Tensor values)
                {
                    using var scope = NewDisposeScope();
                    return kernel.Infer(values.AsMaps(), Weights, Running).MoveToOuterDisposeScope();
                }
            }
        }
    }
}
