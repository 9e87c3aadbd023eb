using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Losses;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// The weighted sum of the losses of both outputs. Nothing is known about frames, so the strong output is
/// held against the weak labels, repeated for every frame (Adavanne and Virtanen 2017, section 2.2); the repetition is a
/// view, never made.
/// </summary>
public sealed class TwoOutputLoss
{
    private readonly double strongWeight;
    private readonly double weakWeight;
    private readonly Loss loss;
    private readonly float[]? positiveWeights;

    /// <param name="strongWeight">Weight of the strong output, 0 or more.</param>
    /// <param name="weakWeight">Weight of the weak output, 0 or more.</param>
    public TwoOutputLoss(double strongWeight, double weakWeight)
        : this(new TrainingOptions { StrongWeight = strongWeight, WeakWeight = weakWeight }) { }

    /// <param name="options">Weights of outputs and classes, and the loss.</param>
    public TwoOutputLoss(TrainingOptions options)
    {
        strongWeight = options.StrongWeight;
        weakWeight = options.WeakWeight;
        loss = options.Loss;
        positiveWeights = options.PositiveWeights?.Select(weight => (float)weight).ToArray();
    }

    /// <param name="output">Probabilities.</param>
    /// <param name="labels">Weak labels, 0 to 1, shape (batch, classes).</param>
    /// <param name="frames">1 for each frame that counts and 0 for others, shape (batch, frames); null: all count.</param>
    /// <returns>The loss, a scalar. The caller owns it.</returns>
    public Tensor Of(NetworkOutput output, Tensor labels, Tensor? frames = null)
    {
        using var scope = NewDisposeScope();
        var weak = Mean(output.Weak, labels, null).Times(weakWeight);
        if (strongWeight == 0)
            return weak.MoveToOuterDisposeScope();
        var strong = Mean(output.Strong, labels.unsqueeze(1), frames?.unsqueeze(2)).Times(strongWeight);
        return strong.Plus(weak).MoveToOuterDisposeScope();
    }

    private Tensor Mean(Tensor probabilities, Tensor labels, Tensor? counted)
    {
        if (positiveWeights is null && counted is null)
            return loss.Mean(probabilities, labels);
        if (positiveWeights is not null && positiveWeights.Length != labels.shape[^1])
            throw new ArgumentException(
                $"{positiveWeights.Length} positive weights for {labels.shape[^1]} classes; give one for each."
            );
        var presence = positiveWeights is null ? null : tensor(positiveWeights, device: probabilities.device);
        var each = loss.Each(probabilities, labels, presence);
        if (counted is null)
            return each.mean();
        return (each * counted).sum() / counted.sum().Times(labels.shape[^1]).AtLeast(1);
    }
}
