using System.Text.Json.Serialization;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Code;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// A user-supplied layer, given as a torch module. Its name, version, units and a hash of its code identify it in
    /// comparisons, checkpoints and trials. The hash covers the module's code and the functions of the same script that
    /// it calls. Increase the version when the module changes for another reason, such as a new version of a library or
    /// of a file that it reads.
    /// </summary>
    /// <param name="Name">The layer's name, not blank.</param>
    /// <param name="Version">The layer's version, from 1.</param>
    /// <param name="Units">Number of output values per frame.</param>
    /// <param name="Module">
    /// Builds the module for an input width, with weights from torch's generator. The module takes shape (batch,
    /// frames, width) and returns shape (batch, frames, <paramref name="Units"/>). The network registers the module, so
    /// that the parameters of the module are trained, saved and exported. The network also disposes the module.
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

        /// <summary>Hash of the code that builds the module and of the functions that it calls.</summary>
        [Key("code")]
        public string Code => Module is null ? "none" : OwnCode.Of(Module);

        internal override bool TakesVectors => true;
        internal override string ModuleName => "own";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (string.IsNullOrWhiteSpace(Name) || Version < 1 || Module is null)
                yield return Problem.Of(
                    "it needs a name, a version of at least 1, and a function that builds its module",
                    "for example `customLayer \"tcn\" 1 64 (fun width -> ...)`"
                );
            foreach (var problem in AtLeastOne(Units, "units"))
                yield return problem;
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Shape.Vectors(input.Frames, Units);

        /// <summary>Number of trainable parameters. The module is built to count them.</summary>
        public override long Parameters(Shape input)
        {
            using var module = Build(input);
            return module.parameters().Sum(parameter => parameter.numel());
        }

        /// <summary>Always 0: the computational cost is unknown.</summary>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new CustomModule(input.Width, this);

        /// <inheritdoc/>
        public bool Equals(Custom? other) => other is not null && CanonicalKey.Text(this) == CanonicalKey.Text(other);

        /// <inheritdoc/>
        public override int GetHashCode() => CanonicalKey.Text(this).GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>
/// Wraps a user's module, which transforms shape (batch, frames, width) to shape (batch, frames, units), and checks the
/// shape of its output.
/// </summary>
internal sealed class CustomModule : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly nn.Module<Tensor, Tensor> built;
    private readonly Layer.Custom layer;

    /// <exception cref="ArgumentException">The layer's function returns null.</exception>
    public CustomModule(int width, Layer.Custom layer)
        : base(nameof(CustomModule))
    {
        this.layer = layer;
        built =
            layer.Module(width)
            ?? throw new ArgumentException(
                $"{layer}: the function returned no module for an input of {width} values per frame."
            );
        RegisterComponents();
    }

    /// <exception cref="InvalidOperationException">The module's output has the wrong shape.</exception>
    public override Tensor forward(Tensor input)
    {
        var output = built.call(input);
        if (!output.shape.AsSpan().SequenceEqual([input.shape[0], input.shape[1], layer.Units]))
            throw new InvalidOperationException(
                $"{layer}: for an input of shape ({string.Join(", ", input.shape)}), the module must output (batch, frames, units) = "
                    + $"({input.shape[0]}, {input.shape[1]}, {layer.Units}), but its output is ({string.Join(", ", output.shape)})."
            );
        return output;
    }

    /// <summary>
    /// Exports the module to ONNX. Supports sequences of torch's common modules, but no module with a custom forward
    /// pass.
    /// </summary>
    public OnnxValue Export(OnnxValue input) => input.Through(built);
}
