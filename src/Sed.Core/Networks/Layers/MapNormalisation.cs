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
    /// after pooling. Most convolution layers contain a normalisation of their own.
    /// </summary>
    /// <param name="Epsilon">Constant that is added to the variance, above 0. Default 1e-5; Keras has 1e-3.</param>
    /// <param name="Momentum">
    /// Weight of a batch's statistics in the running statistics, above 0 and at most 1. Default 0.1.
    /// </param>
    [Key("mapNormalisation")]
    public sealed record MapNormalisation(
        [property: Key("epsilon")] double Epsilon = DefaultEpsilon,
        [property: Key("momentum", OmitWhen = DefaultMomentum)] double Momentum = DefaultMomentum
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => "normalisation of maps" + EpsilonSuffix(Epsilon) + MomentumSuffix(Momentum);

        internal override bool TakesVectors => false;
        internal override bool HasDropout => false;
        internal override string ModuleName => "map-normalisation";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) =>
            EpsilonProblem(Epsilon).Concat(MomentumProblem(Momentum));

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2L * input.Maps;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Maps, this);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly BatchNorm2d normalisation;

            public Module(int maps, MapNormalisation layer)
                : base(nameof(MapNormalisation))
            {
                normalisation = nn.BatchNorm2d(maps, layer.Epsilon, layer.Momentum);
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

    /// <summary>PyTorch's default weight of a batch's statistics in the running statistics.</summary>
    private protected const double DefaultMomentum = 0.1;

    private protected static IEnumerable<Problem> EpsilonProblem(double epsilon)
    {
        if (!(epsilon > 0 && double.IsFinite(epsilon)))
            yield return Problem.Of(
                FormattableString.Invariant($"the epsilon of the batch normalisation is {epsilon:R}"),
                "it must be above 0, for example 1e-3"
            );
    }

    private protected static IEnumerable<Problem> MomentumProblem(double momentum)
    {
        if (!(momentum > 0 && momentum <= 1))
            yield return Problem.Of(
                FormattableString.Invariant($"the momentum of the batch normalisation is {momentum:R}"),
                "it must be above 0 and at most 1, for example 0.1"
            );
    }

    private protected static string MomentumSuffix(double momentum) =>
        momentum == DefaultMomentum ? "" : ", momentum " + momentum.ToString("R", CultureInfo.InvariantCulture);

    private protected static string EpsilonSuffix(double epsilon) =>
        epsilon == DefaultEpsilon ? "" : ", epsilon " + epsilon.ToString("R", CultureInfo.InvariantCulture);
}
