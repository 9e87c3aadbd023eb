using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Lp pooling over rectangles of frames and bands: (sum x^p)^(1/p), as in CDur (Dinkel et al. 2021, arXiv
    /// 2101.07687) with p = 4. Frames after the last complete rectangle are dropped.
    /// </summary>
    /// <param name="Frames">Pool size in frames.</param>
    /// <param name="Bands">Pool size in bands; divides the number of input bands.</param>
    /// <param name="Exponent">The exponent p: even and at least 2. Default 4.</param>
    [Key("normPooling")]
    public sealed record NormPooling(
        [property: Key("frames")] int Frames,
        [property: Key("bands")] int Bands,
        [property: Key("exponent")] int Exponent = 4
    ) : Layer
    {
        private Pooling Rectangles => new(Frames, Bands, PoolingKind.Mean);

        /// <inheritdoc/>
        public override string Summary => $"pool {Frames}x{Bands} L{Exponent} norm";

        internal override bool TakesVectors => false;
        internal override bool TakesOverDropout => true;
        internal override string ModuleName => "pooling";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in Rectangles.Problems(input))
                yield return problem;
            if (Exponent < 2 || Exponent % 2 != 0)
                yield return Problem.Of(
                    $"the exponent of the Lp pooling is {Exponent}",
                    "it must be even and at least 2, for example 4"
                );
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Rectangles.OutputShape(input);

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => Frames;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(this);

        private sealed class Module(NormPooling layer) : nn.Module<Tensor, Tensor>(nameof(NormPooling)), IOnnxModule
        {
            // Lower bound of the sum of powers, because the gradient of the root is infinite at 0.
            private const float SmallestSum = 1e-36f;

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var means = nn.functional.avg_pool2d(input.AsMaps().ToThe(layer.Exponent), [layer.Frames, layer.Bands]);
                var sums = means.Times(layer.Frames * layer.Bands).AtLeast(SmallestSum);
                return sums.ToThe(1.0 / layer.Exponent).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var graph = input.Graph;
                long[] size = [layer.Frames, layer.Bands];
                var means = input.ToThe(layer.Exponent).Node("AveragePool", ("kernel_shape", size), ("strides", size));
                var sums = means.Times(layer.Frames * layer.Bands).AtLeast(graph.Single(SmallestSum));
                return sums.ToThe(1.0 / layer.Exponent);
            }
        }
    }
}
