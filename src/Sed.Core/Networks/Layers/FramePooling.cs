using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>Statistic of a pooling layer over frames.</summary>
public enum FrameStatistic
{
    /// <summary>The mean.</summary>
    [Key("mean")]
    Mean,

    /// <summary>The maximum plus the mean, as in PANNs (Kong et al. 2020, arXiv 1912.10211).</summary>
    [Key("maximumPlusMean")]
    MaximumPlusMean,

    /// <summary>The maximum.</summary>
    [Key("maximum")]
    Maximum,
}

public abstract partial record Layer
{
    /// <summary>
    /// Pooling of the vectors over all frames to a single vector, or over a window around each frame. Where a window
    /// extends beyond the clip, the missing frames count as zeros in the mean and are ignored in the maximum.
    /// </summary>
    /// <param name="Statistic">The statistic of the frames.</param>
    /// <param name="Window">
    /// Length of the window in frames, odd; the number of frames does not change. Null (the default) pools all frames of
    /// the clip, so that the strong output has a single frame.
    /// </param>
    [Key("framePooling")]
    public sealed record FramePooling(
        [property: Key("statistic")] FrameStatistic Statistic,
        [property: Key("window")] int? Window = null
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary =>
            Statistic switch
            {
                FrameStatistic.Mean => "mean",
                FrameStatistic.Maximum => "maximum",
                _ => "maximum plus mean",
            } + (Window is { } frames ? $" of {frames} frames" : " of all frames");

        internal override bool TakesVectors => true;
        internal override string ModuleName => "frame-pooling";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Window is < 1 || Window % 2 == 0)
                yield return Problem.Of($"a window of {Window} frames", "the number must be odd and at least 1");
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Frames = Window is null ? 1 : input.Frames };

        /// <inheritdoc/>
        public override double FrameStride(Shape input) => Window is null ? input.Frames : 1;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(this);

        private sealed class Module(FramePooling layer) : nn.Module<Tensor, Tensor>(nameof(FramePooling)), IOnnxModule
        {
            private bool HasMean => layer.Statistic != FrameStatistic.Maximum;
            private bool HasMaximum => layer.Statistic != FrameStatistic.Mean;

            public override Tensor forward(Tensor input)
            {
                using var scope = NewDisposeScope();
                return (layer.Window is { } window ? OfWindows(input, window) : OfAll(input)).MoveToOuterDisposeScope();
            }

            private Tensor OfAll(Tensor input)
            {
                // max is used instead of amax: as in PyTorch, its gradient goes to one of several equal values, whereas
                // amax divides the gradient among them.
                var maximum = HasMaximum ? input.max(1, keepdim: true).values : null;
                return HasMean ? Sum(maximum, input.mean([1], keepdim: true)) : maximum!;
            }

            private Tensor OfWindows(Tensor input, int window)
            {
                var values = input.transpose(1, 2); // (batch, width, frames)
                var maximum = HasMaximum
                    ? nn.functional.max_pool1d(values, window, stride: 1, padding: window / 2)
                    : null;
                var pooled = HasMean
                    ? Sum(maximum, nn.functional.avg_pool1d(values, window, stride: 1, padding: window / 2))
                    : maximum!;
                return pooled.transpose(1, 2);
            }

            private static Tensor Sum(Tensor? maximum, Tensor mean) => maximum?.Plus(mean) ?? mean;

            public OnnxValue Export(OnnxValue input)
            {
                if (layer.Window is not { } window)
                {
                    var largest = HasMaximum ? input.Max(1).Unsqueeze(1) : null;
                    return HasMean ? Sum(largest, input.Mean(1).Unsqueeze(1)) : largest!;
                }
                var values = input.Permute(0, 2, 1);
                (string, object)[] size =
                [
                    ("kernel_shape", new long[] { window }),
                    ("strides", new long[] { 1 }),
                    ("pads", new long[] { window / 2, window / 2 }),
                ];
                var maximum = HasMaximum ? values.Node("MaxPool", size) : null;
                var pooled = HasMean
                    ? Sum(maximum, values.Node("AveragePool", [.. size, ("count_include_pad", 1L)]))
                    : maximum!;
                return pooled.Permute(0, 2, 1);
            }

            private static OnnxValue Sum(OnnxValue? maximum, OnnxValue mean) => maximum is null ? mean : maximum + mean;
        }
    }
}
