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
    /// Batch normalisation of each band over clips, maps and frames, with learnt scale and shift, as at the input of
    /// PANNs (Kong et al. 2020, arXiv 1912.10211).
    /// </summary>
    [Key("bandNormalisation")]
    public sealed record BandNormalisation : Layer
    {
        /// <inheritdoc/>
        public override string Summary => "normalisation of bands";

        internal override bool TakesVectors => false;
        internal override bool HasDropout => false;
        internal override string ModuleName => "band-normalisation";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => [];

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 2L * input.Bands;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Bands);

        private sealed class Module : nn.Module<Tensor, Tensor>, IOnnxModule
        {
            private readonly BatchNorm2d normalisation;

            public Module(int bands)
                : base(nameof(BandNormalisation))
            {
                normalisation = nn.BatchNorm2d(bands);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var bands = input.AsMaps().transpose(1, 3); // (batch, bands, frames, maps)
                return normalisation.call(bands).transpose(1, 3).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input) =>
                input.Permute(0, 3, 2, 1).Through(normalisation).Permute(0, 3, 2, 1);
        }
    }
}
