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
    /// A dense block (Huang et al. 2017, arXiv 1608.06993): batch normalisation, ReLU and a 3x3 convolution without bias, again
    /// and again, each on all maps that are there, to which its own are added.
    /// </summary>
    /// <param name="Convolutions">Convolutions one after the other.</param>
    /// <param name="Growth">Maps that each adds.</param>
    [Key("denseBlock")]
    public sealed record DenseBlock(
        [property: Key("convolutions")] int Convolutions,
        [property: Key("growth")] int Growth
    ) : Layer
    {
        private const int Side = DenseBlockShape.Side;

        /// <inheritdoc/>
        public override string Summary => $"dense block {Convolutions} by {Growth}";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "dense-block";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below) =>
            [.. AtLeastOne(Convolutions, "convolutions"), .. AtLeastOne(Growth, "maps that each adds")];

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Growth = Scaled(Growth, factor) };

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below with { Maps = below.Maps + Convolutions * Growth };

        /// <inheritdoc/>
        public override long Parameters(Shape below) =>
            MapsFound(below).Sum(maps => 2L * maps + (long)maps * Side * Side * Growth);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) =>
            MapsFound(below).Sum(maps => (long)maps * Side * Side * Growth) * below.Frames * below.Bands;

        /// <summary>The maps that each convolution finds.</summary>
        private IEnumerable<int> MapsFound(Shape below) =>
            Enumerable.Range(0, Convolutions).Select(number => below.Maps + number * Growth);

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module([.. MapsFound(below)], Growth);

        private sealed class Module : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
        {
            private readonly int growth;
            private readonly ModuleList<BatchNorm2d> normalisations;
            private readonly ModuleList<Conv2d> convolutions;

            public Module(int[] found, int growth)
                : base(nameof(DenseBlock))
            {
                this.growth = growth;
                normalisations = nn.ModuleList<BatchNorm2d>([.. found.Select(maps => nn.BatchNorm2d(maps))]);
                convolutions = nn.ModuleList<Conv2d>([
                    .. found.Select(maps => nn.Conv2d(maps, growth, Side, padding: Side / 2, bias: false)),
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
                return new Covered(
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

            private sealed class Covered(Module module, Kernels.DenseBlocks.DenseBlock kernel) : IKernelLayer
            {
                private Tensor[] Weights =>
                    [
                        .. module
                            .normalisations.Zip(module.convolutions)
                            .SelectMany(pair => new[] { pair.First.weight!, pair.First.bias!, pair.Second.weight! }),
                    ];

                private Tensor[] Running =>
                    [.. module.normalisations.SelectMany(own => new[] { own.running_mean!, own.running_var! })];

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
