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

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(strong => strong.amax([1]), strong => strong.Max(1));
    }

    /// <summary>
    /// Average pooling: the mean probability over the frames; no parameters (Wang, Li and Metze 2019).
    /// </summary>
    [Key("mean")]
    public sealed record MeanPooling : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "mean pooling";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(strong => strong.mean([1]), strong => strong.Mean(1));
    }

    /// <summary>Linear softmax: sum p^2 / sum p; no parameters (Wang, Li and Metze 2019).</summary>
    [Key("linearSoftmax")]
    public sealed record LinearSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "linear softmax";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(
                strong => PoolingFunction.WeightedMean(strong, strong),
                strong => PoolingFunction.WeightedMean(strong, strong)
            );
    }

    /// <summary>Exponential softmax: sum p exp p / sum exp p; no parameters (Wang, Li and Metze 2019).</summary>
    [Key("exponentialSoftmax")]
    public sealed record ExponentialSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "exponential softmax";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new PoolingFunction(Pooled, strong => PoolingFunction.WeightedMean(strong, strong.Exp()));

        private static Tensor Pooled(Tensor strong)
        {
            using var scope = NewDisposeScope();
            return PoolingFunction.WeightedMean(strong, strong.exp()).MoveToOuterDisposeScope();
        }
    }
}

/// <summary>A pooling function without parameters, which depends on the strong output alone.</summary>
/// <param name="function">Reduces shape (batch, frames, classes) to shape (batch, classes).</param>
/// <param name="exported">The same function in ONNX operators.</param>
internal sealed class PoolingFunction(Func<Tensor, Tensor> function, Func<OnnxValue, OnnxValue> exported)
    : nn.Module<Tensor, Tensor, Tensor>(nameof(PoolingFunction)),
        IOnnxOutput
{
    private const double SmallestSum = 1e-12; // makes the mean 0 instead of 0 / 0 if all weights are 0

    public override Tensor forward(Tensor hidden, Tensor strong) => function(strong);

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) => exported(strong);

    /// <summary>The weighted mean over the frames.</summary>
    /// <param name="strong">Probabilities, shape (batch, frames, classes).</param>
    /// <param name="weights">Weights of the same shape, 0 or more.</param>
    internal static Tensor WeightedMean(Tensor strong, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var mean = (strong * weights).sum(1) / weights.sum(1).AtLeast(SmallestSum);
        return mean.AtMost(1).MoveToOuterDisposeScope(); // rounding can exceed 1
    }

    /// <summary>The weighted mean in ONNX operators.</summary>
    internal static OnnxValue WeightedMean(OnnxValue strong, OnnxValue weights)
    {
        var graph = strong.Graph;
        var mean = (strong * weights).Sum(1) / weights.Sum(1).AtLeast(graph.Single((float)SmallestSum));
        return mean.AtMost(graph.Single(1));
    }
}
