using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>What layers with attention over the frames share (Vaswani et al. 2017, arXiv 1706.03762).</summary>
internal static class FrameAttention
{
    /// <summary>The problem of heads that cannot share the values of a frame, or of positions that cannot.</summary>
    public static IEnumerable<LayerProblem> Problems(int heads, Shape below)
    {
        if (heads < 1 || below.Width % heads != 0 || below.Width % 2 != 0)
            yield return new(
                $"{heads} heads cannot share {below.Width} values per frame",
                "the heads have to divide an even width; put a dense layer before it"
            );
    }

    /// <summary>Every frame's mean of all frames' values, in each head weighted by the softmax of queries times keys.</summary>
    /// <param name="queriesKeysValues">Side by side, (batch, frames, 3 width).</param>
    /// <returns>(batch, frames, width).</returns>
    public static Tensor Attend(Tensor queriesKeysValues, int heads)
    {
        using var scope = NewDisposeScope();
        var (batch, frames, width) = (
            queriesKeysValues.shape[0],
            queriesKeysValues.shape[1],
            queriesKeysValues.shape[2] / 3
        );
        var parts = queriesKeysValues.reshape(batch, frames, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // (3, batch, heads, frames, width / heads)
        var weights = parts[0].matmul(parts[1].transpose(2, 3)).Over(Math.Sqrt(width / heads)).softmax(3);
        return weights.matmul(parts[2]).transpose(1, 2).reshape(batch, frames, width).MoveToOuterDisposeScope();
    }

    /// <summary>The same in ONNX operators.</summary>
    public static OnnxValue Attend(OnnxValue queriesKeysValues, int heads, long width)
    {
        var parts = queriesKeysValues.Reshape(0, 0, 3, heads, width / heads).Permute(2, 0, 3, 1, 4);
        var (queries, keys, values) = (parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2));
        var weights = queries.MatMul(keys.Permute(0, 1, 3, 2)).Times(1 / Math.Sqrt(width / heads)).Softmax(3);
        return weights.MatMul(values).Permute(0, 2, 1, 3).Reshape(0, 0, width);
    }

    /// <summary>sin and cos of position / 10000^(2k / width) in turn, (frames, width).</summary>
    public static Tensor Positions(int frames, int width)
    {
        var values = new float[frames * width];
        for (var frame = 0; frame < frames; frame++)
        for (var k = 0; k < width; k++)
        {
            var angle = frame / Math.Pow(10000, k / 2 * 2.0 / width);
            values[frame * width + k] = (float)(k % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }
        return tensor(values, [frames, width]).DetachFromDisposeScope();
    }
}
