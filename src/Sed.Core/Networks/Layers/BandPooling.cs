using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>The largest of neighbouring bands; frames stay as they are.</summary>
    /// <param name="Bands">Bands that become one; divides the bands below.</param>
    [Key("bandPooling")]
    public sealed record BandPooling([property: Key("bands")] int Bands) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"pool {Bands}";

        internal override bool TakesVectors => false;
        internal override bool EndsLayerBelow => true;
        internal override string ModuleName => "pooling";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (Bands < 1 || below.Bands % Bands != 0)
                yield return new(
                    $"{below.Bands} bands cannot be pooled by {Bands}",
                    "the pools have to divide the bands"
                );
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below with { Bands = below.Bands / Bands };

        /// <inheritdoc/>
        public override long Parameters(Shape below) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new MaximumOverBands(Bands);
    }
}

/// <summary>The largest of so many neighbouring bands, the last dimension; the others stay.</summary>
internal sealed class MaximumOverBands(int count)
    : nn.Module<Tensor, Tensor>(nameof(MaximumOverBands)),
        IPoolingModule,
        IOnnxModule
{
    /// <inheritdoc/>
    public int Frames => 1;

    /// <inheritdoc/>
    public int Bands => count;

    /// <inheritdoc/>
    public bool IsMaximum => true;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        return nn.functional.max_pool2d(maps, [1, Bands]).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input) =>
        input.Node("MaxPool", ("kernel_shape", new long[] { 1, Bands }), ("strides", new long[] { 1, Bands }));
}
