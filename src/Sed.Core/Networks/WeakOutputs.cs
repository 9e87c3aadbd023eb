using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// The modules of the weak outputs. Each takes the hidden vectors, (batch, frames, width), and the strong output that comes
/// from them, (batch, frames, classes), and gives (batch, classes).
/// </summary>
internal static class WeakOutputs
{
    private const double SmallestWeight = 1e-12; // where all weights are 0, so is the mean, instead of 0 / 0

    /// <summary>The module of a weak output.</summary>
    /// <param name="description">The network.</param>
    /// <param name="width">Values of a hidden vector.</param>
    public static nn.Module<Tensor, Tensor, Tensor> Of(NetworkDescription description, int width) =>
        description.Weak switch
        {
            WeakOutput.DenseOverFrames => new DenseOverFrames(description.Frames, description.Classes),
            WeakOutput.LargestFrame => new Statistic(strong => strong.amax([1])),
            WeakOutput.MeanOfFrames => new Statistic(strong => strong.mean([1])),
            WeakOutput.LinearSoftmax => new Statistic(strong => WeightedMean(strong, strong)),
            WeakOutput.ExponentialSoftmax => new Statistic(strong => WeightedMean(strong, strong.exp())),
            WeakOutput.Attention => new Attention(width, description.Classes),
            _ => throw new ArgumentException($"There is no weak output {description.Weak}.", nameof(description)),
        };

    /// <summary>The mean over the frames of (batch, frames, classes), with a weight, 0 or more, for each value.</summary>
    private static Tensor WeightedMean(Tensor strong, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var mean = (strong * weights).sum(1) / weights.sum(1).clamp_min(SmallestWeight);
        return mean.clamp_max(1).MoveToOuterDisposeScope(); // a mean rounded to above 1 is no probability
    }

    /// <summary>A function of the strong output alone.</summary>
    private sealed class Statistic(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor, Tensor>(nameof(Statistic))
    {
        public override Tensor forward(Tensor hidden, Tensor strong) => function(strong);
    }

    /// <summary>The mean with learnt weights.</summary>
    private sealed class Attention : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear linear;

        public Attention(int width, int classes)
            : base(nameof(Attention))
        {
            linear = nn.Linear(width, classes, hasBias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor hidden, Tensor strong)
        {
            using var scope = NewDisposeScope();
            var weights = Probabilities.Wide(linear.call(hidden)).softmax(1); // (batch, frames, classes), 1 in all for each clip and class
            return WeightedMean(strong, weights).MoveToOuterDisposeScope();
        }
    }
}
