using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>Interpolation of an upsampling layer.</summary>
public enum UpsamplingKind
{
    /// <summary>Repeats each frame.</summary>
    [Key("repetition")]
    Repetition,

    /// <summary>Linear interpolation between the centres of the frames.</summary>
    [Key("linear")]
    Linear,
}

public abstract partial record Layer
{
    /// <summary>Upsamples the frames, for example to restore the time resolution after pooling.</summary>
    /// <param name="Factor">Number of output frames per input frame.</param>
    /// <param name="Kind">Whether to repeat frames or to interpolate linearly between them.</param>
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
        internal override bool HasDropout => false;
        internal override string ModuleName => "upsampling";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Factor < 1)
                yield return Problem.Of($"the factor is {Factor}", "it must be at least 1");
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Frames = input.Frames * Factor };

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => 1.0 / Factor;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(this);

        private sealed class Module(Upsampling layer) : nn.Module<Tensor, Tensor>(nameof(Upsampling)), IOnnxModule
        {
            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                var upsampled =
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
                return upsampled.MoveToOuterDisposeScope();
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
