using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Features.Combined;

/// <summary>
/// Converts frames with one hop to frames with another hop. Frame k is the time from k to k + 1 hops. Input frames with
/// a longer hop are interpolated linearly between their centres; input frames with a shorter hop are averaged, weighted
/// by overlap.
/// </summary>
/// <param name="hop">Hop of the input frames, in seconds.</param>
/// <param name="gridHop">Hop of the output frames, in seconds.</param>
internal sealed class FrameGrid(double hop, double gridHop)
{
    // Rounding errors of hops must not select neighbouring frames.
    private const double Tolerance = 1e-9;

    /// <summary>
    /// The range of input frames on which a range of output frames depends. It can extend beyond the recording. The end
    /// is excluded.
    /// </summary>
    /// <param name="first">First output frame.</param>
    /// <param name="count">Number of output frames, at least 1.</param>
    public (long First, long End) Needed(long first, long count) =>
        (Weights(first)[0].Frame, Weights(first + count - 1)[^1].Frame + 1);

    /// <summary>Converts consecutive frames.</summary>
    /// <param name="frames">Input frames, shape (frames, width).</param>
    /// <param name="from">Index of the first input frame in the recording.</param>
    /// <param name="width">Number of values per input frame.</param>
    /// <param name="first">Index of the first output frame in the recording.</param>
    /// <param name="result">Receives the output frames, shape (frames, stride).</param>
    /// <param name="stride">Number of values per frame of <paramref name="result"/>.</param>
    /// <param name="offset">Position of the first written value in each frame of <paramref name="result"/>.</param>
    public void Convert(
        ReadOnlySpan<float> frames,
        long from,
        int width,
        long first,
        Span<float> result,
        int stride,
        int offset
    )
    {
        var last = frames.Length / width - 1;
        for (var k = 0; (k + 1) * stride <= result.Length; k++)
        {
            var to = result.Slice(k * stride + offset, width);
            to.Clear();
            if (last >= 0)
                foreach (var (frame, weight) in Weights(first + k))
                {
                    var values = frames.Slice((int)Math.Clamp(frame - from, 0, last) * width, width);
                    for (var i = 0; i < width; i++)
                        to[i] += weight * values[i];
                }
        }
    }

    /// <summary>Exports the conversion of whole clips as a matrix product.</summary>
    public OnnxValue Export(OnnxValue values, int frames, int gridFrames)
    {
        if (frames == gridFrames && Math.Abs(hop - gridHop) < Tolerance)
            return values;
        var matrix = new float[gridFrames * frames];
        for (var k = 0; k < gridFrames; k++)
            foreach (var (frame, weight) in Weights(k))
                matrix[k * frames + (int)Math.Clamp(frame, 0, frames - 1)] += weight;
        using var scope = NewDisposeScope();
        return values.Graph.Weight(tensor(matrix, [gridFrames, frames])).MatMul(values);
    }

    /// <summary>
    /// The input frames on which an output frame depends, in ascending order, and their weights. The input frames can
    /// lie outside the recording.
    /// </summary>
    private (long Frame, float Weight)[] Weights(long frame)
    {
        if (hop > gridHop * (1 + Tolerance))
        {
            var position = (frame + 0.5) * gridHop / hop - 0.5;
            var below = (long)Math.Floor(position + Tolerance);
            var weight = (float)Math.Max(0, position - below);
            return [(below, 1 - weight), (below + 1, weight)];
        }
        var (start, end) = (frame * gridHop / hop, (frame + 1) * gridHop / hop);
        var first = (long)Math.Floor(start + Tolerance);
        var last = Math.Max(first, (long)Math.Ceiling(end - Tolerance) - 1);
        var weights = new (long, float)[last - first + 1];
        for (var k = first; k <= last; k++)
            weights[k - first] = (k, (float)((Math.Min(end, k + 1) - Math.Max(start, k)) / (end - start)));
        return weights;
    }
}
