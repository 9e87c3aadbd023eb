using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>Each frame's vector with mean 0 and variance 1, then a learnt scale and shift (Ba et al. 2016, arXiv 1607.06450).</summary>
    [Key("layerNormalisation")]
    public sealed record LayerNormalisation : Layer
    {
        /// <inheritdoc/>
        public override string Summary => "layer normalisation";

        internal override bool TakesVectors => true;
        internal override bool MakesValues => false;
        internal override string ModuleName => "normalisation";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below) => [];

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below;

        /// <inheritdoc/>
        public override long Parameters(Shape below) => 2L * below.Width;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => nn.LayerNorm(below.Width);
    }
}
