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
    /// Multi-head self-attention over the frames, a dense layer and ReLU, as in Kong et al. (2019, arXiv 1912.04761).
    /// Unlike a transformer block, the layer has no residual connection, normalisation, position encodings or
    /// feed-forward module.
    /// </summary>
    /// <param name="Heads">Number of attention heads; divides the input width, which must be even.</param>
    /// <param name="WeightDropout">Dropout rate of the attention weights, at least 0 and less than 1. Default 0.1.</param>
    /// <param name="OutputDropout">Dropout rate before the ReLU, at least 0 and less than 1. Default 0.2.</param>
    [Key("plainAttention")]
    public sealed record PlainAttention(
        [property: Key("heads")] int Heads,
        [property: Key("weightDropout")] double WeightDropout = 0.1,
        [property: Key("outputDropout")] double OutputDropout = 0.2
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"attention {Heads} heads";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "plain-attention";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in FrameAttention.Problems(Heads, input))
                yield return problem;
            foreach (var rate in new[] { WeightDropout, OutputDropout })
                if (!(rate >= 0 && rate < 1))
                    yield return Problem.Of(
                        FormattableString.Invariant($"the dropout rate is {rate:R}"),
                        "it must be at least 0 and less than 1"
                    );
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 4L * input.Width * (input.Width + 1);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => (4L * input.Width + 2L * input.Frames) * input.Values;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Width, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly int heads;
            private readonly Linear queriesKeysValues;
            private readonly Linear merge;
            private readonly TorchSharp.Modules.Dropout weightDropout;
            private readonly TorchSharp.Modules.Dropout outputDropout;

            public Module(int width, PlainAttention layer)
                : base(nameof(PlainAttention))
            {
                heads = layer.Heads;
                weightDropout = nn.Dropout(layer.WeightDropout);
                outputDropout = nn.Dropout(layer.OutputDropout);
                queriesKeysValues = nn.Linear(width, 3 * width);
                merge = nn.Linear(width, width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var attention = FrameAttention.Attend(queriesKeysValues.call(input), heads, weightDropout);
                return outputDropout.call(merge.call(attention)).relu().MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) =>
                FrameAttention.Attend(input.Through(queriesKeysValues), heads, merge.in_features).Through(merge).Relu();
        }
    }
}
