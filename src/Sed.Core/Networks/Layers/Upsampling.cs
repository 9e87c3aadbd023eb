using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>What stands between frames that lie further apart than those that are wanted.</summary>
public enum UpsamplingKind
{
    /// <summary>The frame itself, again and again.</summary>
    [Key("repetition")]
    Repetition,

    /// <summary>Straight lines between the middles of the frames.</summary>
    [Key("linear")]
    Linear,
}

public abstract partial record Layer
{
    /// <summary>More frames from fewer, so that the strong output has a finer resolution than pooled frames.</summary>
    /// <param name="Factor">Frames that each frame becomes.</param>
    /// <param name="Kind">What stands between them.</param>
    [Key("upsampling")]
    public sealed record Upsampling(
        [property: Key("factor")] int Factor,
        [property: Key("interpolation")] UpsamplingKind Kind
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary =>
            $"upsample {Factor} {(Kind == UpsamplingKind.Linear ? "linear" : "repetition")}";

        internal override bool TakesVectors => true;
        internal override bool MakesValues => false;
        internal override string ModuleName => "upsampling";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (Factor < 1)
                yield return new($"each frame becomes {Factor}", "give at least one");
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) => below with { Frames = below.Frames * Factor };

        /// <inheritdoc/>
        public override double FrameStride => 1.0 / Factor;

        /// <inheritdoc/>
        public override long Parameters(Shape below) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new Module(this);

        private sealed class Module(Upsampling layer) : nn.Module<Tensor, Tensor>(nameof(Upsampling)), IOnnxModule
        {
            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var wanted =
                    layer.Kind == UpsamplingKind.Repetition
                        ? input.repeat_interleave(layer.Factor, 1)
                        : nn
                            .functional.interpolate(
                                input.transpose(1, 2),
                                [input.shape[1] * layer.Factor],
                                mode: InterpolationMode.Linear,
                                align_corners: false
                            )
                            .transpose(1, 2);
                return wanted.MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue input)
            {
                using var scope = NewDisposeScope();
                var linear = layer.Kind == UpsamplingKind.Linear;
                var graph = input.Graph;
                return graph
                    .Node(
                        "Resize",
                        [input.Unsqueeze(1), null, graph.Weight(tensor(new float[] { 1, 1, layer.Factor, 1 }))],
                        ("mode", linear ? "linear" : "nearest"),
                        ("coordinate_transformation_mode", linear ? "half_pixel" : "asymmetric"),
                        ("nearest_mode", "floor")
                    )
                    .Squeeze(1);
            }
        }
    }
}
