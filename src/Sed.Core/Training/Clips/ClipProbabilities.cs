using Sed.Core.Networks;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>A network's output for one clip.</summary>
/// <param name="Clip">Position in the <see cref="ClipSet"/>.</param>
/// <param name="Strong">Frame-level probabilities, shape (frames, classes).</param>
/// <param name="Weak">Clip-level probabilities, shape (classes).</param>
public sealed record ClipProbabilities(int Clip, float[] Strong, float[] Weak)
{
    /// <summary>
    /// Runs a network on every clip of a set, in order, without gradients. The network is in evaluation mode
    /// afterwards.
    /// </summary>
    /// <param name="network">A network whose input has the clips' shape, on <paramref name="device"/>.</param>
    /// <param name="clips">The input clips.</param>
    /// <param name="device">Device of the forward pass.</param>
    /// <param name="batchSize">Clips per step.</param>
    public static IEnumerable<ClipProbabilities> Of(SedNetwork network, ClipSet clips, Device device, int batchSize)
    {
        network.eval();
        int[] all = [.. Enumerable.Range(0, clips.Count)];
        return clips.Batches(all, batchSize, device).SelectMany(batch => Of(network, batch));
    }

    private static ClipProbabilities[] Of(SedNetwork network, ClipBatch batch)
    {
        using var noGradients = no_grad();
        using var step = NewDisposeScope();
        var features = batch.Features();
        using var threads = network.LimitTorchThreads(features.device);
        var output = network.call(features);
        return
        [
            .. batch
                .Clips.Zip(Each(output.Strong), Each(output.Weak))
                .Select(one => new ClipProbabilities(one.First, one.Second, one.Third)),
        ];
    }

    /// <summary>Splits a tensor of shape (batch, ...) into one flat array per clip.</summary>
    private static IEnumerable<float[]> Each(Tensor values)
    {
        var count = (int)(values.numel() / values.shape[0]);
        return values.cpu().contiguous().data<float>().ToArray().Chunk(count);
    }
}
