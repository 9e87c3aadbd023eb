using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>Dropout at one point of the network, in addition to the network's dropout after every layer.</summary>
    /// <param name="Rate">Dropout rate, at least 0 and less than 1.</param>
    [Key("drop")]
    public sealed record Drop([property: Key("rate")] double Rate) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => FormattableString.Invariant($"drop {Rate:R}");

        internal override bool TakesVectors => false;
        internal override bool TakesBoth => true;
        internal override bool HasDropout => false;
        internal override string ModuleName => "drop";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (!(Rate >= 0 && Rate < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the dropout rate is {Rate:R}"),
                    "it must be at least 0 and less than 1"
                );
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(Rate);

        // A separate module instead of torch's dropout module, because the CPU kernels treat every dropout module of
        // torch as the network's dropout.
        private sealed class Module(double rate) : nn.Module<Tensor, Tensor>(nameof(Drop)), IOnnxModule
        {
            public override Tensor forward(Tensor input) => nn.functional.dropout(input, rate, training);

            public OnnxValue Export(OnnxValue input) => input;
        }
    }
}
