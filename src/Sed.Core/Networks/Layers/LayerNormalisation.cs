using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Layer normalisation of each frame's vector, with learnt scale and shift (Ba et al. 2016, arXiv 1607.06450).
    /// </summary>
    [Key("layerNormalisation")]
    public sealed record LayerNormalisation : Layer
    {
        /// <inheritdoc/>
        public override string Summary => "layer normalisation";

        internal override bool TakesVectors => true;
        internal override bool HasDropout => false;
        internal override string ModuleName => "normalisation";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => [];

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2L * input.Width;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => nn.LayerNorm(input.Width);
    }
}
