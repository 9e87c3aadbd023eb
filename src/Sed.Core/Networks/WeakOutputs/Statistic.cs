using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>A weak output without parameters: a function of the strong output alone.</summary>
/// <param name="function">(batch, frames, classes) to (batch, classes).</param>
/// <param name="exported">The same in ONNX operators.</param>
internal sealed class Statistic(Func<Tensor, Tensor> function, Func<OnnxValue, OnnxValue> exported)
    : nn.Module<Tensor, Tensor, Tensor>(nameof(Statistic)),
        IOnnxOutput
{
    private const double SmallestWeight = 1e-12; // where all weights are 0, so is the mean, instead of 0 / 0

    public override Tensor forward(Tensor hidden, Tensor strong) => function(strong);

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) => exported(strong);

    /// <summary>The mean over the frames of (batch, frames, classes), with a weight, 0 or more, for each value.</summary>
    internal static Tensor WeightedMean(Tensor strong, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var mean = (strong * weights).sum(1) / weights.sum(1).AtLeast(SmallestWeight);
        return mean.AtMost(1).MoveToOuterDisposeScope(); // a mean rounded to above 1 is no probability
    }

    /// <summary>The same in ONNX operators.</summary>
    internal static OnnxValue WeightedMean(OnnxValue strong, OnnxValue weights)
    {
        var graph = strong.Graph;
        var mean = (strong * weights).Sum(1) / weights.Sum(1).AtLeast(graph.Single((float)SmallestWeight));
        return mean.AtMost(graph.Single(1));
    }
}
