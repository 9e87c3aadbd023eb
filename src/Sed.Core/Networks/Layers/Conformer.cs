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
    /// A conformer block (Gulati et al. 2020, arXiv 2005.08100): a half-step feed-forward module (expansion factor 4,
    /// swish), multi-head self-attention, a convolution module (gated linear unit, depthwise convolution over frames,
    /// batch normalisation, swish) and a second half-step feed-forward module. Each of these modules has a residual
    /// connection and starts with layer normalisation; another layer normalisation ends the block. Unlike the paper, it
    /// adds absolute sinusoidal position encodings to the attention's input.
    /// </summary>
    /// <param name="Heads">Number of attention heads; divides the input width, which must be even.</param>
    /// <param name="Kernel">Kernel size of the depthwise convolution in frames, odd. Default 31.</param>
    [Key("conformer")]
    public sealed record Conformer([property: Key("heads")] int Heads, [property: Key("kernel")] int Kernel = 31)
        : Layer
    {
        private const int Expansion = 4;

        /// <inheritdoc/>
        public override string Summary => $"conformer {Heads} heads, {Kernel} frames";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "conformer";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in FrameAttention.Problems(Heads, input))
                yield return problem;
            if (Kernel < 1 || Kernel % 2 == 0)
                yield return Problem.Of($"a kernel of {Kernel} frames", "the number must be odd and at least 1");
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input)
        {
            long width = input.Width;
            // The second term counts five layer normalisations, one batch normalisation, all biases, and the depthwise
            // kernel.
            return Products * width * width + (6 * 2 + 2 * (Expansion + 1) + 4 + 3 + 1 + Kernel) * width;
        }

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            (Products * input.Width + Kernel + 2L * input.Frames) * input.Values;

        // Number of width x width matrices in: two feed-forward modules, attention (queries, keys, values, output), and
        // the convolution module (gated linear unit and output).
        private static long Products => 2 * 2 * Expansion + 4 + 3;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly int heads;
            private readonly Tensor positions; // (frames, width)
            private readonly FeedForward before;
            private readonly LayerNorm attentionNormalisation;
            private readonly Linear queriesKeysValues;
            private readonly Linear merge;
            private readonly FrameConvolution convolution;
            private readonly FeedForward after;
            private readonly LayerNorm last;

            public Module(Shape input, Conformer layer)
                : base(nameof(Conformer))
            {
                heads = layer.Heads;
                positions = FrameAttention.Positions(input.Frames, input.Width);
                register_buffer("positions", positions, persistent: true);
                before = new FeedForward(input.Width);
                attentionNormalisation = nn.LayerNorm(input.Width);
                queriesKeysValues = nn.Linear(input.Width, 3 * input.Width);
                merge = nn.Linear(input.Width, input.Width);
                convolution = new FrameConvolution(input.Width, layer.Kernel);
                after = new FeedForward(input.Width);
                last = nn.LayerNorm(input.Width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var values = before.call(input);
                var attentionInput = attentionNormalisation.call(values).Plus(get_buffer("positions")!);
                values = values.Plus(merge.call(FrameAttention.Attend(queriesKeysValues.call(attentionInput), heads)));
                return last.call(after.call(convolution.call(values))).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var values = input.Through(before);
                var attentionInput =
                    values.Through(attentionNormalisation) + input.Graph.Weight(get_buffer("positions")!);
                var attended = FrameAttention.Attend(
                    attentionInput.Through(queriesKeysValues),
                    heads,
                    merge.in_features
                );
                return (values + attended.Through(merge)).Through(convolution).Through(after).Through(last);
            }
        }

        /// <summary>x + dense(swish(dense(layerNorm(x)))) / 2.</summary>
        private sealed class FeedForward : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly LayerNorm normalisation;
            private readonly Linear widen;
            private readonly Linear narrow;

            public FeedForward(int width)
                : base(nameof(FeedForward))
            {
                normalisation = nn.LayerNorm(width);
                widen = nn.Linear(width, Expansion * width);
                narrow = nn.Linear(Expansion * width, width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var step = narrow.call(nn.functional.silu(widen.call(normalisation.call(input))));
                return input.Plus(step.Times(0.5)).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) =>
                input + input.Through(normalisation).Through(widen).Silu().Through(narrow).Times(0.5);
        }

        /// <summary>x + dense(swish(batchNorm(depthwise(glu(dense(layerNorm(x))))))).</summary>
        private sealed class FrameConvolution : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly LayerNorm normalisation;
            private readonly Linear gates;
            private readonly Conv1d convolution;
            private readonly BatchNorm1d batchNormalisation;
            private readonly Linear output;

            public FrameConvolution(int width, int kernel)
                : base(nameof(FrameConvolution))
            {
                normalisation = nn.LayerNorm(width);
                gates = nn.Linear(width, 2 * width);
                convolution = nn.Conv1d(width, width, kernel, padding: kernel / 2, groups: width);
                batchNormalisation = nn.BatchNorm1d(width);
                output = nn.Linear(width, width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var halves = gates.call(normalisation.call(input)).chunk(2, 2);
                var gated = (halves[0] * halves[1].sigmoid()).transpose(1, 2); // (batch, width, frames)
                var convolved = nn.functional.silu(batchNormalisation.call(convolution.call(gated)));
                return input.Plus(output.call(convolved.transpose(1, 2))).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var halves = input.Through(normalisation).Through(gates).Chunks(2, 2, output.in_features);
                var gated = (halves[0] * halves[1].Sigmoid()).Permute(0, 2, 1);
                var convolved = gated.Through(convolution).Through(batchNormalisation).Silu();
                return input + convolved.Permute(0, 2, 1).Through(output);
            }
        }
    }
}
