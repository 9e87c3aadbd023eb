using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>The outputs of a network for one clip.</summary>
/// <param name="Clip">Index of the clip in its set.</param>
/// <param name="Strong">Probability of every class in every frame, shape (frames, classes).</param>
/// <param name="Weak">
/// Probability of every class in the clip, shape (classes). For a recording of several windows, this is the maximum
/// over its windows.
/// </param>
public sealed record ClipProbabilities(int Clip, float[] Strong, float[] Weak)
{
    /// <summary>
    /// Computes the outputs for every clip of a set, in order. If the padding of short recordings is masked (<see
    /// cref="Corpora.Manifest.MasksPadding"/>), there are no outputs for the padding. Leaves the network in evaluation
    /// mode.
    /// </summary>
    /// <param name="network">A network with the clips' bands, frames and classes, on <paramref name="device"/>.</param>
    /// <param name="clips">The clips with their features.</param>
    /// <param name="device">Device of the forward pass.</param>
    /// <param name="batchSize">Number of clips per forward pass.</param>
    public static IEnumerable<ClipProbabilities> Of(SedNetwork network, ClipSet clips, Device device, int batchSize)
    {
        network.eval();
        if (clips.AreRecordings)
            return OfRecordings(network, clips, device, batchSize);
        int[] all = [.. Enumerable.Range(0, clips.Count)];
        return clips
            .Batches(all, batchSize, device)
            .SelectMany(batch =>
                batch.Clips.Zip(
                    Outputs(network, clips, device, batch.Features, [.. batch.Clips.Select(clip => (clip, 0))]),
                    (clip, output) => new ClipProbabilities(clip, output.Strong[..ValuesOf(clip)], output.Weak)
                )
            );

        int ValuesOf(int clip)
        {
            var description = network.Description;
            var frames = clips.MasksPadding
                ? PaddingMask.OutputFrames(
                    clips.FramesWithSound(clip),
                    description.OutputFrames,
                    description.FrameStride
                )
                : description.OutputFrames;
            return frames * description.Classes;
        }
    }

    /// <summary>
    /// Computes the outputs for recordings of any length. They are processed in overlapping windows, and the
    /// probabilities of the windows are cross-faded.
    /// </summary>
    private static IEnumerable<ClipProbabilities> OfRecordings(
        SedNetwork network,
        ClipSet clips,
        Device device,
        int batchSize
    )
    {
        var description = network.Description;
        var hop = (int)Math.Round(clips.Frames * clips.Manifest.HopSeconds!.Value / clips.Manifest.ClipSeconds);
        OverlappingWindows joined = new(description, hop);
        var windows = Enumerable
            .Range(0, clips.Count)
            .SelectMany(clip => joined.StartsIn(clips.FramesOf(clip)).Select(first => (clip, (int)first)));
        List<float> strong = [];
        var weak = new float[description.Classes];
        var current = 0;
        // A batch can contain windows of several consecutive recordings.
        foreach (var batch in windows.Chunk(batchSize))
        foreach (var ((clip, first), output) in batch.Zip(OfWindows(batch)))
        {
            if (clip != current)
                yield return Finish(clip);
            strong.AddRange(joined.Add(first, output.Strong));
            for (var k = 0; k < weak.Length; k++)
                weak[k] = Math.Max(weak[k], output.Weak[k]);
        }
        yield return Finish(clips.Count);

        (float[] Strong, float[] Weak)[] OfWindows((int Clip, int First)[] batch) =>
            Outputs(network, clips, device, () => clips.WindowsOf(batch, device), batch);

        ClipProbabilities Finish(int next)
        {
            strong.AddRange(joined.Finish(clips.FramesOf(current)));
            ClipProbabilities finished = new(current, [.. strong], weak);
            joined = new(description, hop);
            (strong, weak, current) = ([], new float[description.Classes], next);
            return finished;
        }
    }

    private static (float[] Strong, float[] Weak)[] Outputs(
        SedNetwork network,
        ClipSet clips,
        Device device,
        Func<Tensor> read,
        (int Clip, int First)[] windows
    )
    {
        using var noGradients = no_grad();
        using var step = NewDisposeScope();
        var features = read();
        using var threads = network.LimitTorchThreads(features.device);
        var description = network.Description;
        int[] framesWithSound = [.. windows.Select(window => clips.FramesWithSound(window.Clip, window.First))];
        var mask = OutputMask.Of(
            PaddingMask.For(framesWithSound, description, device),
            clips.AnnotatedClasses(description.Weak, [.. windows.Select(window => window.Clip)], device)
        );
        var output = network.call(features, mask);
        return [.. Each(output.Strong).Zip(Each(output.Weak))];
    }

    /// <summary>Splits a tensor of shape (batch, ...) into one flat array per clip.</summary>
    private static IEnumerable<float[]> Each(Tensor values)
    {
        var count = (int)(values.numel() / values.shape[0]);
        return values.cpu().contiguous().data<float>().ToArray().Chunk(count);
    }
}
