using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// The weighted sum of the losses of both outputs, each the mean over the clips of which something is told. Where nothing is
/// known about frames, the strong output is held against the weak labels, repeated for every frame (Adavanne and Virtanen
/// 2017, section 2.2); the repetition is a view, never made.
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

    /// <param name="options">Weights of the outputs, and the loss.</param>
    /// <param name="positiveWeights">Weight of each class where it is present; null: 1.</param>
    public TwoOutputLoss(TrainingOptions options, float[]? positiveWeights = null)
    {
        strongWeight = options.StrongWeight;
        weakWeight = options.WeakWeight;
        loss = options.Loss;
        this.positiveWeights = positiveWeights;
    }

    /// <param name="output">Probabilities.</param>
    /// <param name="labels">Weak labels, 0 to 1, shape (batch, classes).</param>
    /// <param name="frames">1 for each frame that counts and 0 for others, shape (batch, frames); null: all count.</param>
    /// <returns>The loss, a scalar. The caller owns it.</returns>
    public Tensor Of(NetworkOutput output, Tensor labels, Tensor? frames = null) =>
        Of(output, new BatchTargets(labels), frames);

    /// <param name="output">Probabilities.</param>
    /// <param name="targets">What they are held against.</param>
    /// <param name="frames">1 for each frame that counts and 0 for others, shape (batch, frames); null: all count.</param>
    /// <returns>The loss, a scalar; 0 where nothing is told of any clip. The caller owns it.</returns>
    internal Tensor Of(NetworkOutput output, BatchTargets targets, Tensor? frames)
    {
        using var scope = NewDisposeScope();
        var weak = Weak(output, targets).Times(weakWeight);
        if (strongWeight == 0)
            return weak.MoveToOuterDisposeScope();
        var strong = Mean(output.Strong, targets.Frames ?? targets.Tags.unsqueeze(1), Counted(output, targets, frames));
        return strong.Times(strongWeight).Plus(weak).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of the weak output, or of those of the segments where they inherit the labels of their clip.</summary>
    private Tensor Weak(NetworkOutput output, BatchTargets targets) =>
        output.Segments is { } segments
            ? Mean(
                segments,
                targets.Tags.unsqueeze(1),
                targets.Tagged?.view(-1, 1, 1).expand(-1, segments.shape[1], -1)
            )
            : Mean(output.Weak, targets.Tags, targets.Tagged?.unsqueeze(1));

    /// <summary>1 for each frame that counts, shape (batch, frames, 1); null: all count.</summary>
    private static Tensor? Counted(NetworkOutput output, BatchTargets targets, Tensor? frames)
    {
        if (targets.Framed is not { } framed)
            return frames?.unsqueeze(2);
        var clips = framed.view(-1, 1, 1);
        return frames is null ? clips.expand(-1, output.Strong.shape[1], -1) : clips * frames.unsqueeze(2);
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
