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
    /// A conformer's block over the frames (Gulati et al. 2020, arXiv 2005.08100): half a dense step four times as wide with swish,
    /// attention of every frame to all others, a convolution of each value over neighbouring frames between gated linear units
    /// and batch normalisation with swish, and half a dense step again, each behind a layer normalisation and beside a way
    /// past it; a layer normalisation at the end. Positions are sines and cosines added to what attention sees, not
    /// relative ones as there.
    /// </summary>
    /// <param name="Heads">Heads of the attention; divides the width below, which has to be even.</param>
    /// <param name="Kernel">Frames that the convolution covers, odd.</param>
    [Key("conformer")]
    public sealed record Conformer([property: Key("heads")] int Heads, [property: Key("kernel")] int Kernel = 31)
        : Layer
    {
        private const int Widening = 4;

        /// <inheritdoc/>
        public override string Summary => $"conformer {Heads} heads, {Kernel} frames";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "conformer";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            foreach (var problem in FrameAttention.Problems(Heads, below))
                yield return problem;
            if (Kernel < 1 || Kernel % 2 == 0)
                yield return new($"a kernel of {Kernel} frames has no middle", "use an odd number of frames");
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below;

        /// <inheritdoc/>
        public override long Parameters(Shape below)
        {
            long width = below.Width;
            // Five layer normalisations and a batch normalisation; biases of the dense layers and of the convolutions.
            return Products * width * width + (6 * 2 + 2 * (Widening + 1) + 4 + 3 + 1 + Kernel) * width;
        }

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) =>
            (Products * below.Width + Kernel + 2L * below.Frames) * below.Values;

        // Two dense steps, queries, keys, values and their merging, two halves of gated linear units and what follows.
        private static long Products => 2 * 2 * Widening + 4 + 3;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module(below, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly int heads;
            private readonly Tensor positions; // (frames, width)
            private readonly HalfStep before;
            private readonly LayerNorm attentionNormalisation;
            private readonly Linear queriesKeysValues;
            private readonly Linear merge;
            private readonly FrameConvolution convolution;
            private readonly HalfStep after;
            private readonly LayerNorm last;

            public Module(Shape below, Conformer layer)
                : base(nameof(Conformer))
            {
                heads = layer.Heads;
                positions = FrameAttention.Positions(below.Frames, below.Width);
                register_buffer("positions", positions, persistent: true);
                before = new HalfStep(below.Width);
                attentionNormalisation = nn.LayerNorm(below.Width);
                queriesKeysValues = nn.Linear(below.Width, 3 * below.Width);
                merge = nn.Linear(below.Width, below.Width);
                convolution = new FrameConvolution(below.Width, layer.Kernel);
                after = new HalfStep(below.Width);
                last = nn.LayerNorm(below.Width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var values = before.call(input);
                var seen = attentionNormalisation.call(values).Plus(get_buffer("positions")!);
                values = values.Plus(merge.call(FrameAttention.Attend(queriesKeysValues.call(seen), heads)));
                return last.call(after.call(convolution.call(values))).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var values = input.Through(before);
                var placed = values.Through(attentionNormalisation) + input.Graph.Weight(get_buffer("positions")!);
                var seen = FrameAttention.Attend(placed.Through(queriesKeysValues), heads, merge.in_features);
                return (values + seen.Through(merge)).Through(convolution).Through(after).Through(last);
            }
        }

        /// <summary>x + dense(swish(dense(norm(x)))) / 2.</summary>
        private sealed class HalfStep : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly LayerNorm normalisation;
            private readonly Linear widen;
            private readonly Linear narrow;

            public HalfStep(int width)
                : base(nameof(HalfStep))
            {
                normalisation = nn.LayerNorm(width);
                widen = nn.Linear(width, Widening * width);
                narrow = nn.Linear(Widening * width, width);
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

        /// <summary>x + dense(swish(batchNorm(convolution(gated(norm(x)))))), the convolution of each value by itself.</summary>
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
                var swept = nn.functional.silu(batchNormalisation.call(convolution.call(gated)));
                return input.Plus(output.call(swept.transpose(1, 2))).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var halves = input.Through(normalisation).Through(gates).Chunks(2, 2, output.in_features);
                var gated = (halves[0] * halves[1].Sigmoid()).Permute(0, 2, 1);
                var swept = gated.Through(convolution).Through(batchNormalisation).Silu();
                return input + swept.Permute(0, 2, 1).Through(output);
            }
        }
    }
}
