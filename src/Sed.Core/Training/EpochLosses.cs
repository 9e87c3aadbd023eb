using Sed.Core.Training.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// The losses of an epoch's steps. On a CPU, each loss is checked immediately. On other devices, the losses are checked
/// at the end of the epoch, which avoids a synchronisation per step.
/// </summary>
internal sealed class EpochLosses(TrainingOptions options, Device device, ClipSet clips, int epoch, int[][] batches)
    : IDisposable
{
    private const int NamedClips = 5;

    private readonly List<float> seen = [];
    private readonly List<Tensor> unseen = [];

    /// <summary>Adds the loss of the next step.</summary>
    /// <exception cref="TrainingException">
    /// On a CPU: the loss is not finite or exceeds <see cref="TrainingOptions.LargestLoss"/>.
    /// </exception>
    public void Add(Tensor loss)
    {
        if (device.type == DeviceType.CPU)
            See(loss.item<float>());
        else
            unseen.Add(loss.detach().DetachFromDisposeScope());
    }

    /// <summary>Computes the mean loss of the epoch, weighted by the number of clips of each step.</summary>
    /// <exception cref="TrainingException">
    /// A loss is not finite or exceeds <see cref="TrainingOptions.LargestLoss"/>.
    /// </exception>
    public double Mean()
    {
        if (unseen.Count > 0)
        {
            using var scope = NewDisposeScope();
            foreach (var loss in stack(unseen).cpu().data<float>())
                See(loss);
        }
        var sum = seen.Select((loss, step) => (double)loss * batches[step].Length).Sum();
        return sum / batches.Sum(batch => batch.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => unseen.ForEach(loss => loss.Dispose());

    private void See(float loss)
    {
        if (float.IsFinite(loss) && loss <= options.LargestLoss)
        {
            seen.Add(loss);
            return;
        }
        throw Divergence(FormattableString.Invariant($"The loss is {loss}"), seen.Count);
    }

    /// <summary>Creates the exception for a training run that has diverged.</summary>
    /// <param name="observation">The first part of the message, for example "The loss is NaN".</param>
    /// <param name="step">The step, from 0.</param>
    public TrainingException Divergence(string observation, int step)
    {
        var batch = batches[step];
        var names = string.Join(", ", batch.Take(NamedClips).Select(clip => clips.Names[clip]));
        var others = batch.Length > NamedClips ? $" and {batch.Length - NamedClips} more" : "";
        return new TrainingException(
            $"{observation} in epoch {epoch}, step {step + 1}, clips {names}{others}: the training has diverged. "
                + "Lower the learning rate or limit the gradients (clipGradients). Alternatively, these clips may be damaged."
        );
    }
}
