using Sed.Core.Networks;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>What a network says about one clip.</summary>
/// <param name="Clip">Position in the set.</param>
/// <param name="Strong">Probability of every class in every frame, shape (frames, classes).</param>
/// <param name="Weak">Probability of every class in the clip, shape (classes).</param>
public sealed record ClipProbabilities(int Clip, float[] Strong, float[] Weak)
{
    /// <summary>Asks a network about every clip of a set, in order. It is left in evaluation mode.</summary>
    /// <param name="network">A network for these clips, on <paramref name="device"/>.</param>
    /// <param name="clips">The clips.</param>
    /// <param name="device">Where to compute.</param>
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

    /// <summary>The values of each clip of a batch.</summary>
    private static IEnumerable<float[]> Each(Tensor values)
    {
        var count = (int)(values.numel() / values.shape[0]);
        return values.cpu().contiguous().data<float>().ToArray().Chunk(count);
    }
}
