using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// The element-wise product of two bidirectional GRUs in Keras' convention (<see cref="KerasGru"/>), as in the
    /// networks of Xu et al. for DCASE 2017 (arXiv 1710.00343). The candidate states are linear in one GRU and sigmoid
    /// in the other. Both GRUs concatenate their directions. The states of the linear GRU have no bound, so use
    /// gradient clipping if training diverges.
    /// </summary>
    /// <param name="Units">Number of units per direction of each GRU.</param>
    [Key("gatedKerasGru")]
    public sealed record GatedGru([property: Key("units")] int Units) : Layer
    {
        private KerasGru Values => new(Units, Merge.Concatenate, Candidate.Linear);
        private KerasGru Gates => new(Units, Merge.Concatenate, Candidate.Sigmoid);

        /// <inheritdoc/>
        public override string Summary => $"gated biGru {Units}";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "gated-keras-gru";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Values.OutputShape(input);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2 * Values.Parameters(input);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 2 * Values.MultiplyAccumulates(input);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Width, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly KerasGruModule values;
            private readonly KerasGruModule gates;

            public Module(int width, GatedGru layer)
                : base(nameof(GatedGru))
            {
                values = new KerasGruModule(width, layer.Values);
                gates = new KerasGruModule(width, layer.Gates);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var states = KerasRecurrence.States(input, [.. values.Directions, .. gates.Directions]);
                return cat([states[0] * states[2], states[1] * states[3]], 2).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) => input.Through(values) * input.Through(gates);
        }
    }
}
