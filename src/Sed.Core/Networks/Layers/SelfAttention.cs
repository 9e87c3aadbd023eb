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
    /// A transformer's encoder block over the frames: attention of every frame to all others in several heads, then a dense layer
    /// four times as wide with ReLU, each behind a layer normalisation and beside a way past it (Vaswani et al. 2017, arXiv
    /// 1706.03762; normalisation first as Xiong et al. 2020, arXiv 2002.04745). Sines and cosines of the frames' positions are
    /// added to what comes in.
    /// </summary>
    /// <param name="Heads">Heads of the attention; divides the width below, which has to be even.</param>
    [Key("selfAttention")]
    public sealed record SelfAttention([property: Key("heads")] int Heads) : Layer
    {
        private const int Widening = 4;

        /// <inheritdoc/>
        public override string Summary => $"self-attention {Heads} heads";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "attention";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below) =>
            FrameAttention.Problems(Heads, below);

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below;

        /// <inheritdoc/>
        public override long Parameters(Shape below)
        {
            long width = below.Width;
            return (4 + 2 * Widening) * width * width + (4 + Widening + 1 + 4) * width;
        }

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below)
        {
            long width = below.Width;
            return (4 + 2 * Widening) * width * below.Values + 2 * below.Frames * below.Values;
        }

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module(below, Heads);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly int heads;
            private readonly Tensor positions; // (frames, width)
            private readonly LayerNorm first;
            private readonly Linear queriesKeysValues;
            private readonly Linear merge;
            private readonly LayerNorm second;
            private readonly Linear widen;
            private readonly Linear narrow;

            public Module(Shape below, int heads)
                : base(nameof(SelfAttention))
            {
                this.heads = heads;
                positions = FrameAttention.Positions(below.Frames, below.Width);
                register_buffer("positions", positions, persistent: true);
                first = nn.LayerNorm(below.Width);
                queriesKeysValues = nn.Linear(below.Width, 3 * below.Width);
                merge = nn.Linear(below.Width, below.Width);
                second = nn.LayerNorm(below.Width);
                widen = nn.Linear(below.Width, Widening * below.Width);
                narrow = nn.Linear(Widening * below.Width, below.Width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var placed = input.Plus(get_buffer("positions")!);
                var attended = placed.Plus(
                    merge.call(FrameAttention.Attend(queriesKeysValues.call(first.call(placed)), heads))
                );
                var output = attended.Plus(narrow.call(widen.call(second.call(attended)).relu()));
                return output.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var placed = input + input.Graph.Weight(get_buffer("positions")!);
                var seen = FrameAttention.Attend(
                    placed.Through(first).Through(queriesKeysValues),
                    heads,
                    merge.in_features
                );
                var attended = placed + seen.Through(merge);
                return attended + attended.Through(second).Through(widen).Relu().Through(narrow);
            }
        }
    }
}
