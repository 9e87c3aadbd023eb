using System.Globalization;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Batch normalisation of each feature map over clips, frames and bands, with learnt scale and shift, for example
    /// after pooling. The layers of convolutions contain their own normalisation.
    /// </summary>
    /// <param name="Epsilon">Constant that is added to the variance, above 0. Default 1e-5; Keras has 1e-3.</param>
    [Key("mapNormalisation")]
    public sealed record MapNormalisation([property: Key("epsilon")] double Epsilon = DefaultEpsilon) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => "normalisation of maps" + EpsilonSuffix(Epsilon);

        internal override bool TakesVectors => false;
        internal override bool HasDropout => false;
        internal override string ModuleName => "map-normalisation";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => EpsilonProblem(Epsilon);

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2L * input.Maps;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Maps, Epsilon);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly BatchNorm2d normalisation;

            public Module(int maps, double epsilon)
                : base(nameof(MapNormalisation))
            {
                normalisation = nn.BatchNorm2d(maps, epsilon);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                return normalisation.call(input.AsMaps()).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) => input.Through(normalisation);
        }
    }

    /// <summary>PyTorch's default constant that batch normalisation adds to the variance.</summary>
    private protected const double DefaultEpsilon = 1e-5;

    private protected static IEnumerable<Problem> EpsilonProblem(double epsilon)
    {
        if (!(epsilon > 0 && double.IsFinite(epsilon)))
            yield return Problem.Of(
                FormattableString.Invariant($"the epsilon of the batch normalisation is {epsilon:R}"),
                "it must be above 0, for example 1e-3"
            );
    }

    private protected static string EpsilonSuffix(double epsilon) =>
        epsilon == DefaultEpsilon ? "" : ", epsilon " + epsilon.ToString("R", CultureInfo.InvariantCulture);
}
