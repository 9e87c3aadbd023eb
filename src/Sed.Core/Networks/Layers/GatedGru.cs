using Sed.Core.Networks.Kernels;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// A bidirectional GRU multiplied by the sigmoid of a second one, both with concatenated directions (Xu et al.,
    /// DCASE 2017).
    /// </summary>
    /// <param name="Units">Number of units per direction of each GRU.</param>
    [Key("gatedGru")]
    public sealed record GatedGru([property: Key("units")] int Units) : Layer
    {
        private BidirectionalGru One => new(Units, Merge.Concatenate);

        /// <inheritdoc/>
        public override string Summary => $"gated biGru {Units}";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "gated-gru";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => One.OutputShape(input);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2 * One.Parameters(input);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 2 * One.MultiplyAccumulates(input);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Width, One);

        private sealed class Module : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
        {
            private readonly MergedGru values;
            private readonly MergedGru gates;

            public Module(int width, BidirectionalGru one)
                : base(nameof(GatedGru))
            {
                values = new MergedGru(width, one);
                gates = new MergedGru(width, one);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                return Gated(values.call(input), gates.call(input)).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) => input.Through(values) * input.Through(gates).Sigmoid();

            /// <inheritdoc/>
            public IKernelLayer? Kernel(int frames, int bands, double dropout) =>
                dropout < 1
                && values.Kernel(frames, bands, 0) is { } valueKernel
                && gates.Kernel(frames, bands, 0) is { } gateKernel
                    ? new KernelForm(valueKernel, gateKernel, dropout)
                    : null;

            private static Tensor Gated(Tensor values, Tensor gates) => values * gates.sigmoid();

            private sealed class KernelForm(IKernelLayer values, IKernelLayer gates, double dropout) : IKernelLayer
            {
                public Tensor Train(Tensor input, uint seed)
                {
                    using var scope = NewDisposeScope();
                    var sequence = input.contiguous();
                    var gated = Gated(values.Train(sequence, seed), gates.Train(sequence, seed));
                    var kept = dropout > 0 ? DropoutLayer.Train(gated.contiguous(), new(dropout, seed)) : gated;
                    return kept.MoveToOuterDisposeScope();
                }

                public Tensor Infer(Tensor input)
                {
                    using var scope = NewDisposeScope();
                    var sequence = input.contiguous();
                    return Gated(values.Infer(sequence), gates.Infer(sequence)).MoveToOuterDisposeScope();
                }
            }
        }
    }
}
