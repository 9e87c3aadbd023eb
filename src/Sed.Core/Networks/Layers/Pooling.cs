using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>What stands for several values.</summary>
public enum PoolingKind
{
    /// <summary>The largest of them.</summary>
    [Key("maximum")]
    Maximum,

    /// <summary>Their mean.</summary>
    [Key("mean")]
    Mean,
}

public abstract partial record Layer
{
    /// <summary>One value for each rectangle of neighbouring frames and bands; frames behind the last whole rectangle are left out.</summary>
    /// <param name="Frames">Frames that become one.</param>
    /// <param name="Bands">Bands that become one; divides the bands below.</param>
    /// <param name="Kind">What stands for them.</param>
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
        internal override bool EndsLayerBelow => true;
        internal override string ModuleName => "pooling";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (Frames < 1 || Frames > below.Frames)
                yield return new(
                    $"{below.Frames} frames cannot be pooled by {Frames}",
                    "pool by at least 1 and at most all"
                );
            if (Bands < 1 || below.Bands % Bands != 0)
                yield return new(
                    $"{below.Bands} bands cannot be pooled by {Bands}",
                    "the pools have to divide the bands"
                );
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) =>
            below with
            {
                Frames = below.Frames / Frames,
                Bands = below.Bands / Bands,
            };

        /// <inheritdoc/>
        public override double FrameStride => Frames;

        /// <inheritdoc/>
        public override long Parameters(Shape below) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module(this);

        private sealed class Module(Pooling layer) : nn.Module<Tensor, Tensor>(nameof(Pooling)), IPoolingModule, IOnnxModule
        {
            /// <inheritdoc/>
            public int Frames => layer.Frames;

            /// <inheritdoc/>
            public int Bands => layer.Bands;

            /// <inheritdoc/>
            public bool IsMaximum => layer.Kind == PoolingKind.Maximum;

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps();
                long[] size = [layer.Frames, layer.Bands];
                var pooled =
                    layer.Kind == PoolingKind.Maximum
                        ? nn.functional.max_pool2d(maps, size)
                        : nn.functional.avg_pool2d(maps, size);
                return pooled.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                long[] size = [layer.Frames, layer.Bands];
                var pool = layer.Kind == PoolingKind.Maximum ? "MaxPool" : "AveragePool";
                return input.Node(pool, ("kernel_shape", size), ("strides", size));
            }
        }
    }
}
