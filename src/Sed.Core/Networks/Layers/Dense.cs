using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>Activation function of a dense layer.</summary>
public enum Activation
{
    /// <summary>No activation.</summary>
    [Key("linear")]
    Linear,

    /// <summary>max(x, 0).</summary>
    [Key("relu")]
    Relu,

    /// <summary>Hard swish: x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019, arXiv 1905.02244).</summary>
    [Key("hardSwish")]
    HardSwish,
}

/// <summary>Activation functions of layers.</summary>
internal static class Activations
{
    /// <summary>
    /// Returns the name of the activation function with a leading space, for a layer's summary. Empty for
    /// <see cref="Activation.Linear"/>.
    /// </summary>
    public static string Suffix(this Activation activation) =>
        activation switch
        {
            Activation.Relu => " relu",
            Activation.HardSwish => " hard swish",
            _ => "",
        };

    /// <summary>
    /// Applies the activation function to each element; returns the tensor itself for <see cref="Activation.Linear"/>.
    /// </summary>
    public static Tensor Of(this Activation activation, Tensor values) =>
        activation switch
        {
            Activation.Relu => values.relu(),
            Activation.HardSwish => nn.functional.hardswish(values),
            _ => values,
        };

    /// <inheritdoc cref="Of(Activation, Tensor)"/>
    public static OnnxValue Of(this Activation activation, OnnxValue values) =>
        activation switch
        {
            Activation.Relu => values.Relu(),
            Activation.HardSwish => values.HardSwish(),
            _ => values,
        };
}

public abstract partial record Layer
{
    /// <summary>A dense layer that is applied to every frame with the same weights (time-distributed).</summary>
    /// <param name="Units">Number of output values per frame.</param>
    /// <param name="Activation">Activation function after the affine map.</param>
    [Key("dense")]
    public sealed record Dense([property: Key("units")] int Units, [property: Key("activation")] Activation Activation)
        : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"dense {Units}{Activation.Suffix()}";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "dense";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Shape.Vectors(input.Frames, Units);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => (input.Width + 1L) * Units;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => input.Values * Units;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new FrameDense(input.Width, this);
    }
}

/// <summary>
/// A time-distributed dense layer, from shape (batch, frames, width) to shape (batch, frames, units).
/// </summary>
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
        return activation.Of(values).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input) => activation.Of(input.Through(dense));
}
