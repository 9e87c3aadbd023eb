using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>A weak output without parameters: a function of the strong output alone.</summary>
internal sealed class Statistic(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor, Tensor>(nameof(Statistic))
{
    private const double SmallestWeight = 1e-12; // where all weights are 0, so is the mean, instead of 0 / 0

    public override Tensor forward(Tensor hidden, Tensor strong) => function(strong);

    /// <summary>The mean over the frames of (batch, frames, classes), with a weight, 0 or more, for each value.</summary>
    internal static Tensor WeightedMean(Tensor strong, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var mean = (strong * weights).sum(1) / weights.sum(1).AtLeast(SmallestWeight);
        return mean.AtMost(1).MoveToOuterDisposeScope(); // a mean rounded to above 1 is no probability
    }
}
