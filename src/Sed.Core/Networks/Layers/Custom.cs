using System.Text.Json.Serialization;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Code;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// A layer that somebody brings as a torch module. It is known by its name, its version and a hash of its code: equality and
    /// everything kept on disk go by these. Raise the version where the module computes something else though its code, and
    /// what that calls in the same script, is the same: after a change of a library, or of a file that it reads.
    /// </summary>
    /// <param name="Name">What it is called, not blank.</param>
    /// <param name="Version">Which state of it, from 1.</param>
    /// <param name="Units">Values that come out for each frame.</param>
    /// <param name="Module">
    /// Makes the module, its weights drawn from torch's generator, for so many values per frame below it: (batch, frames,
    /// width) to (batch, frames, <paramref name="Units"/>). The network registers it, so its parameters are trained, kept and
    /// exported like all others, and disposes it.
    /// </param>
    [Key("custom")]
    public sealed record Custom(
        [property: Key("name")] string Name,
        [property: Key("version")] int Version,
        [property: Key("units")] int Units,
        [property: JsonIgnore] Func<int, nn.Module<Tensor, Tensor>> Module
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"{Name} version {Version}, {Units} units";

        /// <summary>A hash of the code that builds the module and of what that calls.</summary>
        [Key("code")]
        public string Code => Module is null ? "none" : OwnCode.Of(Module);

        internal override bool TakesVectors => true;
        internal override string ModuleName => "own";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (string.IsNullOrWhiteSpace(Name) || Version < 1 || Module is null)
                yield return new(
                    "needs a name, a version from 1 and a function that builds it",
                    "for example `customLayer \"tcn\" 1 64 (fun width -> ...)`"
                );
            foreach (var problem in AtLeastOne(Units, "units"))
                yield return problem;
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) => Shape.Vectors(below.Frames, Units);

        /// <summary>The parameters of the module, which is made to count them.</summary>
        public override long Parameters(Shape below)
        {
            using var module = Build(below);
            return module.parameters().Sum(parameter => parameter.numel());
        }

        /// <summary>Unknown, so none are counted.</summary>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new CustomLayer(below.Width, this);

        /// <inheritdoc/>
        public bool Equals(Custom? other) => other is not null && CanonicalKey.Text(this) == CanonicalKey.Text(other);

        /// <inheritdoc/>
        public override int GetHashCode() => CanonicalKey.Text(this).GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>Somebody's module, held to what its layer promises: (batch, frames, width) to (batch, frames, units).</summary>
internal sealed class CustomLayer : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly nn.Module<Tensor, Tensor> built;
    private readonly Layer.Custom layer;

    /// <exception cref="ArgumentException">The layer's function gives no module.</exception>
    public CustomLayer(int width, Layer.Custom layer)
        : base(nameof(CustomLayer))
    {
        this.layer = layer;
        built =
            layer.Module(width)
            ?? throw new ArgumentException($"{layer}: its function gave no module for {width} values per frame.");
        RegisterComponents();
    }

    /// <exception cref="InvalidOperationException">The module gives another shape than its layer promises.</exception>
    public override Tensor forward(Tensor input)
    {
        var output = built.call(input);
        if (!output.shape.AsSpan().SequenceEqual([input.shape[0], input.shape[1], layer.Units]))
            throw new InvalidOperationException(
                $"{layer} has to give (batch, frames, units) = ({input.shape[0]}, {input.shape[1]}, {layer.Units}) "
                    + $"for ({string.Join(", ", input.shape)}), but its module gives ({string.Join(", ", output.shape)})."
            );
        return output;
    }

    /// <summary>What is stacked of torch's common modules can be written; what has a forward pass of its own cannot.</summary>
    public OnnxValue Export(OnnxValue input) => input.Through(built);
}
