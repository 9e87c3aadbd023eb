using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>The argument of the sigmoid in a <see cref="Layer.MapGating"/>: the maps or a function of them.</summary>
public enum MapGate
{
    /// <summary>
    /// A linear function of the maps times the sigmoid of the maps, as in the baseline of DCASE Task 4, where it is called
    /// gated linear unit (GLU).
    /// </summary>
    [Key("maps")]
    Maps,

    /// <summary>
    /// The maps times the sigmoid of a linear function of the maps: context gating (Miech et al. 2017, arXiv 1706.06905).
    /// </summary>
    [Key("context")]
    Context,
}

public abstract partial record Layer
{
    /// <summary>
    /// Gates the feature maps at each frame and band: let x be the vector of the values of all maps at this frame and
    /// band, and f a learnt linear function. The output is f(x) sigmoid(x) or x sigmoid(f(x)). The output has the shape
    /// of the input.
    /// </summary>
    /// <param name="Gate">The argument of the sigmoid.</param>
    [Key("mapGating")]
    public sealed record MapGating([property: Key("gate")] MapGate Gate) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => Gate == MapGate.Context ? "context gating" : "gated linear unit of maps";

        internal override bool TakesVectors => false;
        internal override string ModuleName => "map-gating";

        private protected override IEnumerable<Runtime.Problem> SizeProblems(Shape input) => [];

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => (input.Maps + 1L) * input.Maps;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            (long)input.Maps * input.Maps * input.Frames * input.Bands;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(input.Maps, Gate);

        private sealed class Module : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
        {
            private readonly MapGate gate;
            private readonly Linear linear;

            public Module(int maps, MapGate gate)
                : base(nameof(MapGating))
            {
                this.gate = gate;
                linear = nn.Linear(maps, maps);
                RegisterComponents();
            }

            public IKernelLayer? Kernel(int frames, int bands, double dropout)
            {
                var maps = (int)linear.weight!.shape[0];
                return dropout < 1 && GatedMaps.Fits(maps)
                    ? new KernelForm(linear, new(maps, gate == MapGate.Context, dropout))
                    : null;
            }

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var maps = input.AsMaps().permute(0, 2, 3, 1); // (batch, frames, bands, maps)
                var mixed = linear.call(maps);
                var gated = gate == MapGate.Context ? maps * mixed.sigmoid() : mixed * maps.sigmoid();
                return gated.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                var maps = input.Permute(0, 2, 3, 1);
                var mixed = maps.Through(linear);
                var gated = gate == MapGate.Context ? maps * mixed.Sigmoid() : mixed * maps.Sigmoid();
                return gated.Permute(0, 3, 1, 2);
            }

            private sealed class KernelForm(Linear linear, GatedMaps kernel) : IKernelLayer
            {
                public Tensor Train(Tensor values, uint seed)
                {
                    using var scope = NewDisposeScope();
                    return kernel.Train(values.AsMaps(), linear.weight!, linear.bias!, seed).MoveToOuterDisposeScope();
                }

                public Tensor Infer(Tensor values)
                {
                    using var scope = NewDisposeScope();
                    return kernel.Infer(values.AsMaps(), linear.weight!, linear.bias!).MoveToOuterDisposeScope();
                }
            }
        }
    }
}
