using Sed.Core.Networks;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>The outputs of a network for one clip.</summary>
/// <param name="Clip">Index of the clip in its set.</param>
/// <param name="Strong">Probability of every class in every frame, shape (frames, classes).</param>
/// <param name="Weak">Probability of every class in the clip, shape (classes).</param>
public sealed record ClipProbabilities(int Clip, float[] Strong, float[] Weak)
{
    /// <summary>Computes the outputs for every clip of a set, in order. Leaves the network in evaluation mode.</summary>
    /// <param name="network">A network with the clips' bands, frames and classes, on <paramref name="device"/>.</param>
    /// <param name="clips">The clips with their features.</param>
    /// <param name="device">Device of the forward pass.</param>
    /// <param name="batchSize">Number of clips per forward pass.</param>
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
