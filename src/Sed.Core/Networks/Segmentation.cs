using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>How the weak labels of a clip train a network that processes the segments of the clip separately.</summary>
public enum SegmentLearning
{
    /// <summary>
    /// Multiple-instance learning: the weak loss compares the labels with the clip's weak output, which is the maximum over
    /// its segments.
    /// </summary>
    [Key("largestSegment")]
    LargestSegment,

    /// <summary>The weak loss compares the labels with the weak output of every segment of the clip.</summary>
    [Key("inheritLabels")]
    InheritLabels,
}

/// <summary>
/// Applies a network to each segment of a clip separately. Segments do not overlap, and the last one is padded with
/// zeros. The clip's strong output concatenates the strong outputs of the segments; the clip's weak output is the
/// maximum of the segments' weak outputs.
/// </summary>
/// <param name="Frames">Number of frames per segment.</param>
/// <param name="Learning">How the weak labels of a clip are used in training.</param>
public sealed record Segmentation(
    [property: Key("frames")] int Frames,
    [property: Key("learning")] SegmentLearning Learning
)
{
    /// <summary>A short human-readable description, for example "segments of 75 frames that inherit labels".</summary>
    public string Summary =>
        $"segments of {Frames} frames "
        + (Learning == SegmentLearning.InheritLabels ? "that inherit labels" : "with max pooling");

    /// <summary>Number of segments of a clip of <paramref name="frames"/> frames.</summary>
    internal int Count(int frames) => (frames + Frames - 1) / Frames;

    /// <summary>
    /// Cuts clips into segments, from shape (batch, frames, bands) to shape (batch * segments, segment frames, bands).
    /// </summary>
    internal Tensor Cut(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var padding = Count((int)clips.shape[1]) * Frames - clips.shape[1];
        var padded = padding == 0 ? clips : cat([clips, clips.new_zeros(clips.shape[0], padding, clips.shape[2])], 1);
        return padded.reshape(-1, Frames, clips.shape[2]).MoveToOuterDisposeScope();
    }

    /// <summary>Combines the outputs of segments into outputs of whole clips.</summary>
    /// <param name="strong">
    /// Shape (batch * segments, output frames, classes). If the network pools over time, output frames are repeated so that
    /// the result has one frame per input frame.
    /// </param>
    /// <param name="weak">Shape (batch * segments, classes).</param>
    /// <param name="frames">Number of frames per clip.</param>
    /// <param name="training">
    /// Whether the loss will be computed. With <see cref="SegmentLearning.InheritLabels"/>, the result then contains the
    /// weak outputs of the segments.
    /// </param>
    internal NetworkOutput Join(Tensor strong, Tensor weak, int frames, bool training)
    {
        using var scope = NewDisposeScope();
        var (count, outputFrames, classes) = (Count(frames), strong.shape[1], strong.shape[2]);
        if (outputFrames != Frames)
        {
            long[] source = [.. Enumerable.Range(0, Frames).Select(frame => frame * outputFrames / Frames)];
            strong = strong.index_select(1, tensor(source, device: strong.device));
        }
        var joined = strong.reshape(-1, count * Frames, classes).narrow(1, 0, frames).contiguous();
        var perSegment = weak.view(-1, count, classes);
        return new NetworkOutput(
            joined.MoveToOuterDisposeScope(),
            perSegment.amax([1]).MoveToOuterDisposeScope(),
            training && Learning == SegmentLearning.InheritLabels ? perSegment.MoveToOuterDisposeScope() : null
        );
    }

    /// <summary><see cref="Cut(Tensor)"/> in ONNX operators.</summary>
    internal OnnxValue Cut(OnnxValue clips, int frames, int bands)
    {
        var padding = Count(frames) * Frames - frames;
        var padded = padding == 0 ? clips : clips.Pad("constant", 0, 0, 0, 0, padding, 0);
        return padded.Reshape(-1, Frames, bands);
    }

    /// <summary>
    /// <see cref="Join(Tensor, Tensor, int, bool)"/> in ONNX operators, for the network with this segmentation.
    /// </summary>
    internal (OnnxValue Strong, OnnxValue Weak) Join(OnnxValue strong, OnnxValue weak, NetworkDescription network)
    {
        var (count, outputFrames, classes) = (Count(network.Frames), network.Hidden.Frames, network.Classes);
        if (outputFrames != Frames)
            strong = strong.Gather(
                1,
                [.. Enumerable.Range(0, Frames).Select(frame => (long)(frame * outputFrames / Frames))]
            );
        return (
            strong.Reshape(-1, count * Frames, classes).Slice(1, 0, network.Frames),
            weak.Reshape(-1, count, classes).Max(1)
        );
    }
}
