using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
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
    public sealed record DenselyConnected(int Convolutions, int Growth) : Layer
    {
        private const int Kernel = 3;

        /// <inheritdoc/>
        public override string InWords => $"dense block {Convolutions} by {Growth}";

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
            MapsFound(below).Sum(maps => 2L * maps + (long)maps * Kernel * Kernel * Growth);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) =>
            MapsFound(below).Sum(maps => (long)maps * Kernel * Kernel * Growth) * below.Frames * below.Bands;

        /// <summary>The maps that each convolution finds.</summary>
        private IEnumerable<int> MapsFound(Shape below) =>
            Enumerable.Range(0, Convolutions).Select(number => below.Maps + number * Growth);

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module([.. MapsFound(below)], Growth);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> normalisations;
            private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> convolutions;

            public Module(int[] found, int growth)
                : base(nameof(DenselyConnected))
            {
                normalisations = nn.ModuleList<nn.Module<Tensor, Tensor>>([
                    .. found.Select(maps => nn.BatchNorm2d(maps)),
                ]);
                convolutions = nn.ModuleList<nn.Module<Tensor, Tensor>>([
                    .. found.Select(maps => nn.Conv2d(maps, growth, Kernel, padding: Kernel / 2, bias: false)),
                ]);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.dim() == 3 ? input.unsqueeze(1) : input;
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
        }
    }
}
