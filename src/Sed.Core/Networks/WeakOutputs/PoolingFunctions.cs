using Sed.Core.Networks.Layers;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>Max pooling: the largest probability of any frame; no parameters (Wang, Li and Metze 2019).</summary>
    [Key("max")]
    public sealed record MaxPooling : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "max pooling";

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(
                (strong, sound) => PoolingFunction.WithoutPadding(strong, sound).amax([1]),
                strong => strong.Max(1)
            );
    }

    /// <summary>
    /// Average pooling: the mean probability over the frames; no parameters (Wang, Li and Metze 2019).
    /// </summary>
    [Key("mean")]
    public sealed record MeanPooling : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "mean pooling";

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(
                (strong, sound) =>
                    sound is null ? strong.mean([1]) : PoolingFunction.WeightedMean(strong, ones_like(strong), sound),
                strong => strong.Mean(1)
            );
    }

    /// <summary>
    /// Linear softmax: sum p^2 / sum p over the frames, where p is the probability of a class in a frame; no parameters
    /// (Wang, Li and Metze 2019).
    /// </summary>
    [Key("linearSoftmax")]
    public sealed record LinearSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "linear softmax";

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(
                (strong, sound) => PoolingFunction.WeightedMean(strong, strong, sound),
                strong => PoolingFunction.WeightedMean(strong, strong)
            );
    }

    /// <summary>
    /// Exponential softmax: sum p exp p / sum exp p over the frames, where p is the probability of a class in a frame;
    /// no parameters (Wang, Li and Metze 2019).
    /// </summary>
    [Key("exponentialSoftmax")]
    public sealed record ExponentialSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "exponential softmax";

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(Pooled, strong => PoolingFunction.WeightedMean(strong, strong.Exp()));

        private static Tensor Pooled(Tensor strong, Tensor? sound)
        {
            using var scope = NewDisposeScope();
            return PoolingFunction.WeightedMean(strong, strong.exp(), sound).MoveToOuterDisposeScope();
        }
    }
}

/// <summary>A pooling function without parameters, which depends on the strong output alone.</summary>
/// <param name="function">
/// Reduces the strong output, shape (batch, frames, classes), to shape (batch, classes). Its second argument is the
/// padding mask (<see cref="OutputMask.Sound"/>); null if there is no padding.
/// </param>
/// <param name="exported">The same function without padding, in ONNX operators.</param>
internal sealed class PoolingFunction(Func<Tensor, Tensor?, Tensor> function, Func<OnnxValue, OnnxValue> exported)
    : nn.Module<Tensor, Tensor, OutputMask?, Tensor>(nameof(PoolingFunction)),
        IOnnxOutput
{
    private const double SmallestSum = 1e-12; // makes the mean 0 instead of 0 / 0 if all weights are 0

    public override Tensor forward(Tensor hidden, Tensor strong, OutputMask? mask) => function(strong, mask?.Sound);

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) => exported(strong);

    /// <summary>The weighted mean over the frames.</summary>
    /// <param name="strong">Probabilities, shape (batch, frames, classes).</param>
    /// <param name="weights">Weights of the same shape, 0 or more.</param>
    /// <param name="sound">The padding mask: 1 for frames of the clip, 0 for padding, which is ignored. Null: there is no padding.</param>
    internal static Tensor WeightedMean(Tensor strong, Tensor weights, Tensor? sound)
    {
        using var scope = NewDisposeScope();
        weights = WithoutPadding(weights, sound);
        var mean = (strong * weights).sum(1) / weights.sum(1).AtLeast(SmallestSum);
        return mean.AtMost(1).MoveToOuterDisposeScope(); // rounding can exceed 1
    }

    /// <summary>Sets values of shape (batch, frames, classes) to 0 in the padding frames.</summary>
    internal static Tensor WithoutPadding(Tensor values, Tensor? sound) =>
        sound is null ? values : values * sound.unsqueeze(2);

    /// <summary>The weighted mean in ONNX operators.</summary>
    internal static OnnxValue WeightedMean(OnnxValue strong, OnnxValue weights)
    {
        var graph = strong.Graph;
        var mean = (strong * weights).Sum(1) / weights.Sum(1).AtLeast(graph.Single((float)SmallestSum));
        return mean.AtMost(graph.Single(1));
    }
}
