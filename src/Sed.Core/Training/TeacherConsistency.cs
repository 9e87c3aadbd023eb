using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>The consistency loss of a training step with a mean teacher.</summary>
/// <param name="options">Options with a mean teacher.</param>
/// <param name="augmentations">The augmentations, of which some are drawn independently for each network.</param>
/// <param name="run">Runs a network on features, with the mask of its weak output.</param>
internal sealed class TeacherConsistency(
    TrainingOptions options,
    AugmentationPipeline augmentations,
    Func<SedNetwork, Tensor, OutputMask?, NetworkOutput> run
)
{
    /// <summary>Computes the weighted consistency loss of a step.</summary>
    /// <param name="state">The student and the teacher.</param>
    /// <param name="batch">The batch that the student and the teacher receive.</param>
    /// <param name="student">The student's output for the batch.</param>
    /// <param name="isPooledByMask">Whether pooling to the weak outputs leaves out the padding.</param>
    /// <param name="draw">Random generator of the epoch.</param>
    /// <param name="weight">Weight of the loss.</param>
    /// <returns>A scalar, in the current dispose scope.</returns>
    public Tensor Of(
        TrainingState state,
        AugmentedBatch batch,
        NetworkOutput student,
        bool isPooledByMask,
        Random draw,
        double weight
    )
    {
        var taught = Taught(state.Teacher!, batch, isPooledByMask, draw);
        var loss = options.Interpolation switch
        {
            null => Plain(student, taught, batch),
            { IsAdded: false } alone => Interpolated(alone),
            var added => Plain(student, taught, batch).Plus(Interpolated(added)),
        };
        return loss.Times(weight);

        Tensor Interpolated(Interpolation interpolation) =>
            OfMixtures(interpolation, state.Network, taught, batch, isPooledByMask, draw);
    }

    /// <summary>
    /// Runs the teacher on the same clips as the student, with its own masks and dropout and without gradients.
    /// </summary>
    private NetworkOutput Taught(SedNetwork network, AugmentedBatch batch, bool isPooledByMask, Random draw)
    {
        using var none = no_grad();
        return run(network, augmentations.PerNetwork(batch, draw), Mask(batch, isPooledByMask));
    }

    private Tensor Plain(NetworkOutput student, NetworkOutput taught, AugmentedBatch batch) =>
        ConsistencyLoss.Of(
            student,
            taught,
            batch.Targets.ConsistentFrames(batch.Sound),
            batch.Targets.ConsistentTags,
            options.Consistency
        );

    /// <summary>
    /// Computes the consistency loss for mixtures of clips: mixup is applied to the clips, with the teacher's outputs
    /// as their labels. An output of a mixture is left out of the loss if it is masked for one of the two clips. A
    /// frame is left out as padding only if it is padding in both clips.
    /// </summary>
    private Tensor OfMixtures(
        Interpolation interpolation,
        SedNetwork network,
        NetworkOutput taught,
        AugmentedBatch batch,
        bool isPooledByMask,
        Random draw
    )
    {
        BatchTargets outputs = new(
            taught.Weak.detach(),
            Frames: taught.Strong.detach(),
            Kinds: batch.Targets.Kinds,
            KnownTags: batch.Targets.ConsistentTags,
            KnownFrames: batch.Targets.ConsistentFrames(null),
            Annotated: batch.Targets.Annotated
        );
        var mixed = new Mixup(interpolation.Alpha).Apply(batch with { Targets = outputs }, draw);
        var student = run(network, augmentations.PerNetwork(mixed, draw), Mask(mixed, isPooledByMask));
        return ConsistencyLoss.Of(
            student,
            taught with
            {
                Strong = mixed.Targets.Frames!,
                Weak = mixed.Targets.Tags,
            },
            BatchTargets.Product(mixed.Sound?.unsqueeze(2), mixed.Targets.KnownFrames),
            mixed.Targets.KnownTags,
            options.Consistency
        );
    }

    /// <summary>Creates the mask of a network's weak output for a batch.</summary>
    private static OutputMask? Mask(AugmentedBatch batch, bool isPooledByMask) =>
        OutputMask.Of(isPooledByMask ? batch.Sound : null, batch.Targets.Annotated);
}
