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
    /// A transformer encoder block (Vaswani et al. 2017, arXiv 1706.03762): multi-head self-attention over the frames
    /// and a feed-forward module (expansion factor 4, ReLU). Each has a residual connection and starts with layer
    /// normalisation (pre-norm: Xiong et al. 2020, arXiv 2002.04745). Sinusoidal position encodings are added to the
    /// input.
    /// </summary>
    /// <param name="Heads">Number of attention heads; divides the input width, which must be even.</param>
    [Key("selfAttention")]
    public sealed record SelfAttention([property: Key("heads")] int Heads) : Layer
    {
        private const int Expansion = 4;

        /// <inheritdoc/>
        public override string Summary => $"self-attention {Heads} heads";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "attention";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) =>
            FrameAttention.Problems(Heads, input);

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input)
        {
            long width = input.Width;
            return (4 + 2 * Expansion) * width * width + (4 + Expansion + 1 + 4) * width;
        }

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input)
        {
            long width = input.Width;
            return (4 + 2 * Expansion) * width * input.Values + 2 * input.Frames * input.Values;
        }

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input, Heads);

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

            public Module(Shape input, int heads)
                : base(nameof(SelfAttention))
            {
                this.heads = heads;
                positions = FrameAttention.Positions(input.Frames, input.Width);
                register_buffer("positions", positions, persistent: true);
                first = nn.LayerNorm(input.Width);
                queriesKeysValues = nn.Linear(input.Width, 3 * input.Width);
                merge = nn.Linear(input.Width, input.Width);
                second = nn.LayerNorm(input.Width);
                widen = nn.Linear(input.Width, Expansion * input.Width);
                narrow = nn.Linear(Expansion * input.Width, input.Width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var encoded = input.Plus(get_buffer("positions")!);
                var attention = FrameAttention.Attend(queriesKeysValues.call(first.call(encoded)), heads);
                var attended = encoded.Plus(merge.call(attention));
                var output = attended.Plus(narrow.call(widen.call(second.call(attended)).relu()));
                return output.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var encoded = input + input.Graph.Weight(get_buffer("positions")!);
                var attention = FrameAttention.Attend(
                    encoded.Through(first).Through(queriesKeysValues),
                    heads,
                    merge.in_features
                );
                var attended = encoded + attention.Through(merge);
                return attended + attended.Through(second).Through(widen).Relu().Through(narrow);
            }
        }
    }
}

/// <summary>
/// Multi-head attention over frames and sinusoidal position encodings (Vaswani et al. 2017, arXiv 1706.03762).
/// </summary>
internal static class FrameAttention
{
    /// <summary>
    /// Returns a problem if the input width is odd or not divisible by the number of heads; otherwise nothing.
    /// </summary>
    public static IEnumerable<Problem> Problems(int heads, Shape input)
    {
        if (heads < 1 || input.Width % heads != 0 || input.Width % 2 != 0)
            yield return Problem.Of(
                $"{heads} heads do not fit {input.Width} values per frame",
                "the number of values must be even and divisible by the number of heads; put a dense layer with such a number of units before this layer"
            );
    }

    /// <summary>Scaled dot-product attention.</summary>
    /// <param name="queriesKeysValues">Queries, keys and values, concatenated: shape (batch, frames, 3 width).</param>
    /// <param name="heads">Number of attention heads; divides the width.</param>
    /// <param name="dropout">Dropout of the attention weights; null: none.</param>
    /// <returns>The concatenated heads, shape (batch, frames, width).</returns>
    public static Tensor Attend(Tensor queriesKeysValues, int heads, nn.Module<Tensor, Tensor>? dropout = null)
    {
        using var scope = NewDisposeScope();
        var (batch, frames, width) = (
            queriesKeysValues.shape[0],
            queriesKeysValues.shape[1],
            queriesKeysValues.shape[2] / 3
        );
        var parts = queriesKeysValues.reshape(batch, frames, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // (3, batch, heads, frames, width / heads)
        var weights = parts[0].matmul(parts[1].transpose(2, 3)).Over(Math.Sqrt(width / heads)).softmax(3);
        if (dropout is not null)
            weights = dropout.call(weights);
        return weights.matmul(parts[2]).transpose(1, 2).reshape(batch, frames, width).MoveToOuterDisposeScope();
    }

    /// <summary>Scaled dot-product attention in ONNX operators.</summary>
    public static OnnxValue Attend(OnnxValue queriesKeysValues, int heads, long width)
    {
        var parts = queriesKeysValues.Reshape(0, 0, 3, heads, width / heads).Permute(2, 0, 3, 1, 4);
        var (queries, keys, values) = (parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2));
        var weights = queries.MatMul(keys.Permute(0, 1, 3, 2)).Times(1 / Math.Sqrt(width / heads)).Softmax(3);
        return weights.MatMul(values).Permute(0, 2, 1, 3).Reshape(0, 0, width);
    }

    /// <summary>
    /// Position encodings, shape (frames, width): columns 2k and 2k + 1 are the sine and cosine of frame / 10000^(2k /
    /// width).
    /// </summary>
    public static Tensor Positions(int frames, int width)
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
