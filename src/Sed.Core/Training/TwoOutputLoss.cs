using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// The weighted sum of the strong and weak losses, each averaged over the clips that have a target for that output.
/// Without frame targets, the weak labels are the target of the strong output in every frame (Adavanne and Virtanen
/// 2017, section 2.2). Pseudo-labels can have a separate loss, which is averaged over all clips.
/// </summary>
public sealed class TwoOutputLoss
{
    private readonly double strongWeight;
    private readonly double weakWeight;
    private readonly double pseudoWeight;
    private readonly Loss loss;
    private readonly float[]? positiveWeights;

    /// <param name="strongWeight">Weight of the strong loss, 0 or above.</param>
    /// <param name="weakWeight">Weight of the weak loss, 0 or above.</param>
    public TwoOutputLoss(double strongWeight, double weakWeight)
        : this(new TrainingOptions { StrongWeight = strongWeight, WeakWeight = weakWeight }) { }

    /// <param name="options">Options with the weights of the losses and the per-element loss.</param>
    /// <param name="positiveWeights">Weight of each class in clips and frames in which it is present; null: 1.</param>
    public TwoOutputLoss(TrainingOptions options, float[]? positiveWeights = null)
    {
        strongWeight = options.StrongWeight;
        weakWeight = options.WeakWeight;
        pseudoWeight = options.PseudoWeight ?? 0;
        loss = options.Loss;
        this.positiveWeights = positiveWeights;
    }

    /// <summary>Computes the loss of a batch with weak labels only.</summary>
    /// <param name="output">Probabilities of the strong and the weak output.</param>
    /// <param name="labels">Weak labels, 0 to 1, shape (batch, classes).</param>
    /// <param name="frames">
    /// Mask of the strong loss: 1 for frames that count and 0 for others, shape (batch, frames); null: all count.
    /// </param>
    /// <returns>A scalar. The caller owns it.</returns>
    public Tensor Of(NetworkOutput output, Tensor labels, Tensor? frames = null) =>
        Of(output, new BatchTargets(labels), frames);

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="output">Probabilities of the strong and the weak output.</param>
    /// <param name="targets">Targets of the strong and the weak output.</param>
    /// <param name="frames">
    /// Mask of the strong loss: 1 for frames that count and 0 for others, shape (batch, frames); null: all count.
    /// </param>
    /// <returns>A scalar; 0 if no clip of the batch has a target. The caller owns it.</returns>
    internal Tensor Of(NetworkOutput output, BatchTargets targets, Tensor? frames)
    {
        using var scope = NewDisposeScope();
        var rest = Weak(output, targets).Times(weakWeight);
        if (targets.Pseudo is { } pseudo)
            rest = rest.Plus(Mean(output.Strong, pseudo, frames?.unsqueeze(2)).Times(pseudoWeight));
        if (strongWeight == 0)
            return rest.MoveToOuterDisposeScope();
        var strong = Mean(
            output.Strong,
            targets.Frames ?? targets.PerClip(targets.Tags).unsqueeze(1),
            targets.CountedFrames(frames)
        );
        return strong.Times(strongWeight).Plus(rest).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the unweighted weak loss. If the output has <see cref="NetworkOutput.Segments"/>, this is the mean over
    /// the segments: the target of each segment is the tags of its clip, and segments that contain only padding are
    /// left out.
    /// </summary>
    private Tensor Weak(NetworkOutput output, BatchTargets targets) =>
        output.Segments is { } segments
            ? Mean(
                segments,
                targets.PerClip(targets.Tags).unsqueeze(1),
                BatchTargets.Product(
                    targets.CountedTags is { } counted ? targets.PerClip(counted).unsqueeze(1) : null,
                    output.SegmentsWithSound?.unsqueeze(2)
                )
            )
            : Mean(PerBag(output.Weak, targets), targets.Tags, targets.CountedTags);

    /// <summary>Computes the weak output of each bag, which is the maximum over the clips of the bag.</summary>
    private static Tensor PerBag(Tensor weak, BatchTargets targets)
    {
        if (targets.Bags is not { } bags)
            return weak;
        var windows = bags.Index().GroupBy(at => at.Item).Select(bag => bag.Select(at => at.Index).ToArray()).ToArray();
        var most = windows.Max(bag => bag.Length);
        // Shorter bags repeat their last window, which does not change the maximum.
        int[] picked =
        [
            .. windows.SelectMany(bag => Enumerable.Range(0, most).Select(i => bag[Math.Min(i, bag.Length - 1)])),
        ];
        return weak.index_select(0, tensor(picked, device: weak.device)).view(windows.Length, most, -1).amax(1);
    }

    private Tensor Mean(Tensor probabilities, Tensor labels, Tensor? counted)
    {
        if (positiveWeights is null && counted is null)
            return loss.Mean(probabilities, labels);
        if (positiveWeights is not null && positiveWeights.Length != labels.shape[^1])
            throw new ArgumentException(
                $"{positiveWeights.Length} positive weights for {labels.shape[^1]} classes; give one weight for each class."
            );
        var presence = positiveWeights is null ? null : tensor(positiveWeights, device: probabilities.device);
        return loss.Each(probabilities, labels, presence).MeanOf(counted);
    }
}
