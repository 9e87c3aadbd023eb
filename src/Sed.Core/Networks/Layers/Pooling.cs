using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>Statistic of a pooling layer.</summary>
public enum PoolingKind
{
    /// <summary>Max pooling.</summary>
    [Key("maximum")]
    Maximum,

    /// <summary>Average pooling.</summary>
    [Key("mean")]
    Mean,
}

public abstract partial record Layer
{
    /// <summary>Max pooling over bands; the number of frames does not change.</summary>
    /// <param name="Bands">Pool size in bands; divides the number of input bands.</param>
    [Key("bandPooling")]
    public sealed record BandPooling([property: Key("bands")] int Bands) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"pool {Bands}";

        internal override bool TakesVectors => false;
        internal override bool TakesOverDropout => true;
        internal override string ModuleName => "pooling";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => BandProblems(Bands, input);

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Bands = input.Bands / Bands };

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) =>
            new PoolingModule(1, Bands, PoolingKind.Maximum);
    }

    /// <summary>
    /// Pooling over rectangles of frames and bands. Frames after the last complete rectangle are dropped.
    /// </summary>
    /// <param name="Frames">Pool size in frames.</param>
    /// <param name="Bands">Pool size in bands; divides the number of input bands.</param>
    /// <param name="Kind">Whether to take the maximum or the mean of each rectangle.</param>
    [Key("pooling")]
    public sealed record Pooling(
        [property: Key("frames")] int Frames,
        [property: Key("bands")] int Bands,
        [property: Key("statistic")] PoolingKind Kind
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"pool {Frames}x{Bands} {(Kind == PoolingKind.Maximum ? "maximum" : "mean")}";

        internal override bool TakesVectors => false;
        internal override bool TakesOverDropout => true;
        internal override string ModuleName => "pooling";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Frames < 1 || Frames > input.Frames)
                yield return Problem.Of(
                    $"{input.Frames} frames cannot be pooled by {Frames}",
                    "the pool size must lie between 1 and the number of frames"
                );
            foreach (var problem in BandProblems(Bands, input))
                yield return problem;
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) =>
            input with
            {
                Frames = input.Frames / Frames,
                Bands = input.Bands / Bands,
            };

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => Frames;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new PoolingModule(Frames, Bands, Kind);
    }

    private static IEnumerable<Problem> BandProblems(int bands, Shape input)
    {
        if (bands < 1 || input.Bands % bands != 0)
            yield return Problem.Of(
                $"{input.Bands} bands cannot be pooled by {bands}",
                "the pool size must divide the number of bands"
            );
    }
}

/// <summary>
/// Pooling without padding, from shape (batch, maps, frames, bands) to shape (batch, maps, frames / pool frames, bands
/// / pool bands).
/// </summary>
internal sealed class PoolingModule(int frames, int bands, PoolingKind kind)
    : nn.Module<Tensor, Tensor>(nameof(PoolingModule)),
        IPoolingModule,
        IOnnxModule
{
    /// <inheritdoc/>
    public int Frames => frames;

    /// <inheritdoc/>
    public int Bands => bands;

    /// <inheritdoc/>
    public bool IsMaximum => kind == PoolingKind.Maximum;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        long[] size = [frames, bands];
        var pooled = IsMaximum ? nn.functional.max_pool2d(maps, size) : nn.functional.avg_pool2d(maps, size);
        return pooled.MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        long[] size = [frames, bands];
        return input.Node(IsMaximum ? "MaxPool" : "AveragePool", ("kernel_shape", size), ("strides", size));
    }
}
