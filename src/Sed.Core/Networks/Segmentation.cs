using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>How a network that hears a clip in segments learns from the clip's labels.</summary>
public enum SegmentLearning
{
    /// <summary>The clip's weak output is that of its largest segment, class by class (multiple instances).</summary>
    [Key("largestSegment")]
    LargestSegment,

    /// <summary>Every segment is held against the clip's weak labels, as if they were its own.</summary>
    [Key("inheritLabels")]
    InheritLabels,
}

/// <summary>
/// A network that is applied to each segment of a clip by itself. Segments lie side by side, the last one filled up with
/// zeros; their frames together are the clip's strong output, and the largest weak output of any of them is the clip's.
/// </summary>
/// <param name="Frames">Frames of a segment.</param>
/// <param name="Learning">How they learn from the clip's labels.</param>
public sealed record Segmentation(
    [property: Key("frames")] int Frames,
    [property: Key("learning")] SegmentLearning Learning
)
{
    /// <summary>For example "segments of 75 frames that inherit labels".</summary>
    public string Summary =>
        $"segments of {Frames} frames "
        + (Learning == SegmentLearning.InheritLabels ? "that inherit labels" : "of which the largest counts");

    /// <summary>Segments of a clip.</summary>
    internal int Count(int frames) => (frames + Frames - 1) / Frames;

    /// <summary>(batch, frames, bands) to (batch * segments, frames of a segment, bands).</summary>
    internal Tensor Cut(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var missing = Count((int)clips.shape[1]) * Frames - clips.shape[1];
        var filled = missing == 0 ? clips : cat([clips, clips.new_zeros(clips.shape[0], missing, clips.shape[2])], 1);
        return filled.reshape(-1, Frames, clips.shape[2]).MoveToOuterDisposeScope();
    }

    /// <summary>What is said of segments as what is said of their clips.</summary>
    /// <param name="strong">(batch * segments, frames that the layers leave, classes); these are repeated to a segment's frames.</param>
    /// <param name="weak">(batch * segments, classes).</param>
    /// <param name="frames">Frames of a clip.</param>
    /// <param name="training">Whether segments are told as well, where they are held against labels.</param>
    internal NetworkOutput Join(Tensor strong, Tensor weak, int frames, bool training)
    {
        using var scope = NewDisposeScope();
        var (count, left, classes) = (Count(frames), strong.shape[1], strong.shape[2]);
        if (left != Frames)
        {
            long[] source = [.. Enumerable.Range(0, Frames).Select(frame => frame * left / Frames)];
            strong = strong.index_select(1, tensor(source, device: strong.device));
        }
        var side = strong.reshape(-1, count * Frames, classes).narrow(1, 0, frames).contiguous();
        var each = weak.view(-1, count, classes);
        return new NetworkOutput(
            side.MoveToOuterDisposeScope(),
            each.amax([1]).MoveToOuterDisposeScope(),
            training && Learning == SegmentLearning.InheritLabels ? each.MoveToOuterDisposeScope() : null
        );
    }

    /// <summary>The same cutting in ONNX operators: (batch, frames, bands).</summary>
    internal OnnxValue Cut(OnnxValue clips, int frames, int bands)
    {
        var missing = Count(frames) * Frames - frames;
        var filled = missing == 0 ? clips : clips.Pad("constant", 0, 0, 0, 0, missing, 0);
        return filled.Reshape(-1, Frames, bands);
    }

    /// <summary>The same joining in ONNX operators, of the network whose description this belongs to.</summary>
    internal (OnnxValue Strong, OnnxValue Weak) Join(OnnxValue strong, OnnxValue weak, NetworkDescription network)
    {
        var (count, left, classes) = (Count(network.Frames), network.Hidden.Frames, network.Classes);
        if (left != Frames)
            strong = strong.Gather(1, [.. Enumerable.Range(0, Frames).Select(frame => (long)(frame * left / Frames))]);
        return (
            strong.Reshape(-1, count * Frames, classes).Slice(1, 0, network.Frames),
            weak.Reshape(-1, count, classes).Largest(1)
        );
    }
}
