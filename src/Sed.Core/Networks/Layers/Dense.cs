using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>What follows the weights of a dense layer.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    [Key("linear")]
    Linear,

    /// <summary>max(x, 0).</summary>
    [Key("relu")]
    Relu,
}

public abstract partial record Layer
{
    /// <summary>The same dense layer for each frame.</summary>
    /// <param name="Units">Values that come out for each frame.</param>
    /// <param name="Activation">What follows the weights.</param>
    [Key("dense")]
    public sealed record Dense([property: Key("units")] int Units, [property: Key("activation")] Activation Activation)
        : Layer
    {
        /// <inheritdoc/>
        public override string Summary => Activation == Activation.Relu ? $"dense {Units} relu" : $"dense {Units}";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "dense";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape Over(Shape below) => Shape.Vectors(below.Frames, Units);

        /// <inheritdoc/>
        public override long Parameters(Shape below) => (below.Width + 1L) * Units;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => below.Values * Units;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new FrameDense(below.Width, this);
    }
}

/// <summary>The same dense layer for each frame: (batch, frames, width) to (batch, frames, units).</summary>
internal sealed class FrameDense : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly nn.Module<Tensor, Tensor> dense;
    private readonly Activation activation;

    public FrameDense(int width, Layer.Dense layer)
        : base(nameof(FrameDense))
    {
        dense = nn.Linear(width, layer.Units);
        activation = layer.Activation;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = dense.call(input);
        return (activation == Activation.Relu ? values.relu() : values).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        var values = input.Through(dense);
        return activation == Activation.Relu ? values.Relu() : values;
    }
}
