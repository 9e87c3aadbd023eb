using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using TorchSharp;
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
    public sealed record SelfAttention(int Heads) : Layer
    {
        private const int Widening = 4;

        /// <inheritdoc/>
        public override string InWords => $"self-attention {Heads} heads";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "attention";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (Heads < 1 || below.Width % Heads != 0 || below.Width % 2 != 0)
                yield return new(
                    $"{Heads} heads cannot share {below.Width} values per frame",
                    "the heads have to divide an even width; put a dense layer before it"
                );
        }

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
                positions = Positions(below.Frames, below.Width);
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
                var attended = placed.Plus(Attend(first.call(placed)));
                var output = attended.Plus(narrow.call(widen.call(second.call(attended)).relu()));
                return output.MoveToOuterDisposeScope();
            }

            private Tensor Attend(Tensor normed)
            {
                using var scope = NewDisposeScope();
                var (batch, frames, width) = (normed.shape[0], normed.shape[1], normed.shape[2]);
                var parts = queriesKeysValues
                    .call(normed)
                    .reshape(batch, frames, 3, heads, width / heads)
                    .permute(2, 0, 3, 1, 4); // (3, batch, heads, frames, width / heads)
                var weights = parts[0].matmul(parts[1].transpose(2, 3)).Over(Math.Sqrt(width / heads)).softmax(3);
                var seen = weights.matmul(parts[2]).transpose(1, 2).reshape(batch, frames, width);
                return merge.call(seen).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                using var scope = NewDisposeScope();
                var placed = input + input.Graph.Weight(get_buffer("positions")!);
                var attended = placed + Attend(placed.Through(first));
                return attended + attended.Through(second).Through(widen).Relu().Through(narrow);
            }

            private OnnxValue Attend(OnnxValue normed)
            {
                var width = merge.in_features;
                var parts = normed
                    .Through(queriesKeysValues)
                    .Reshape(0, 0, 3, heads, width / heads)
                    .Permute(2, 0, 3, 1, 4); // (3, batch, heads, frames, width / heads)
                var (queries, keys, values) = (parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2));
                var weights = queries.MatMul(keys.Permute(0, 1, 3, 2)).Times(1 / Math.Sqrt(width / heads)).Softmax(3);
                return weights.MatMul(values).Permute(0, 2, 1, 3).Reshape(0, 0, width).Through(merge);
            }

            /// <summary>sin and cos of position / 10000^(2k / width) in turn, (frames, width).</summary>
            private static Tensor Positions(int frames, int width)
            {
                var values = new float[frames * width];
                for (var frame = 0; frame < frames; frame++)
                for (var k = 0; k < width; k++)
                {
                    var angle = frame / Math.Pow(10000, k / 2 * 2.0 / width);
                    values[frame * width + k] = (float)(k % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
                }
                return tensor(values, [frames, width]).DetachFromDisposeScope();
            }
        }
    }
}
