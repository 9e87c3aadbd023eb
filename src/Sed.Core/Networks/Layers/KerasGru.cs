using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Gated recurrent units (Cho et al. 2014, arXiv 1406.1078) as in Keras before version 2.3: the gates use the hard
    /// sigmoid, clip(0.2 x + 0.5, 0, 1), the reset gate is applied before the recurrent projection, and each gate has one
    /// bias. <see cref="BidirectionalGru"/> has PyTorch's convention. One direction has 3 x units x (inputs + units + 1)
    /// parameters.
    /// </summary>
    /// <param name="Units">Number of units of one direction.</param>
    /// <param name="Merge">
    /// How the outputs of the two directions are merged. Null (the default): one direction, forward.
    /// </param>
    /// <param name="Candidate">Activation function of the candidate state. Default tanh.</param>
    [Key("kerasGru")]
    public sealed record KerasGru(
        [property: Key("units")] int Units,
        [property: Key("merge")] Merge? Merge = null,
        [property: Key("candidate")] Candidate Candidate = Candidate.Tanh
    ) : Layer
    {
        private int Directions => Merge is null ? 1 : 2;

        /// <inheritdoc/>
        public override string Summary =>
            (Merge is null ? "Keras GRU" : "Keras biGru")
            + $" {Units}"
            + Merge switch
            {
                Layers.Merge.Multiply => " multiply",
                Layers.Merge.Concatenate => " concatenate",
                _ => "",
            }
            + Candidate switch
            {
                Candidate.Linear => ", linear",
                Candidate.Sigmoid => ", sigmoid",
                _ => "",
            };

        internal override bool TakesVectors => true;
        internal override string ModuleName => "keras-gru";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) =>
            Shape.Vectors(input.Frames, Merge == Layers.Merge.Concatenate ? 2 * Units : Units);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Directions * KerasRecurrence.Parameters(input.Width, Units);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            Directions * KerasRecurrence.Weights(input.Width, Units) * input.Frames;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new KerasGruModule(input.Width, this);
    }
}

/// <summary>
/// A GRU in Keras' convention, from shape (batch, frames, width) to shape (batch, frames, units or 2 units).
/// </summary>
internal sealed class KerasGruModule : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Layer.KerasGru layer;
    private readonly KerasDirection forwards;
    private readonly KerasDirection? backwards;

    public KerasGruModule(int width, Layer.KerasGru layer)
        : base(nameof(KerasGruModule))
    {
        this.layer = layer;
        forwards = new KerasDirection(width, layer.Units, layer.Candidate, isBackward: false);
        if (layer.Merge is not null)
            backwards = new KerasDirection(width, layer.Units, layer.Candidate, isBackward: true);
        RegisterComponents();
    }

    /// <summary>The forward direction, and the backward direction if there is one.</summary>
    public IReadOnlyList<KerasDirection> Directions => backwards is null ? [forwards] : [forwards, backwards];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var states = KerasRecurrence.States(input, Directions);
        var merged = layer.Merge switch
        {
            null => states[0],
            Merge.Multiply => states[0] * states[1],
            _ => cat(states, 2),
        };
        return merged.MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        var states = KerasRecurrence.Export(input, Directions); // (frames, directions, batch, units)
        return layer.Merge == Merge.Multiply
            ? (states.Select(1, 0) * states.Select(1, 1)).Permute(1, 0, 2)
            : states.Permute(2, 0, 1, 3).Reshape(0, 0, Directions.Count * layer.Units);
    }
}
