using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Layers of any size for kernels that want multiples of a vector's lanes: zeros are put behind the parameters, which makes
/// filters and units that are always zero, and what these give is cut off again. Autograd does the same backwards.
/// </summary>
internal static class Widened
{
    /// <summary>The next multiple of a vector's lanes.</summary>
    public static int Size(int size) => (size + Tile.Lanes - 1) / Tile.Lanes * Tile.Lanes;

    /// <summary>A block of wider size; only the network's input stays as it is.</summary>
    public static BlockShape Shape(BlockShape shape, bool isInput) =>
        shape with
        {
            Channels = isInput ? shape.Channels : Size(shape.Channels),
            Filters = Size(shape.Filters),
        };

    /// <summary>A recurrent layer of wider size.</summary>
    public static RecurrentShape Shape(RecurrentShape shape) =>
        shape with
        {
            Inputs = Size(shape.Inputs),
            Units = Size(shape.Units),
        };

    /// <summary>A block's kernel, or one of its vectors with a value for each filter.</summary>
    public static Tensor Block(Tensor tensor, BlockShape shape) =>
        tensor.dim() == 4
            ? To(tensor, shape.Filters, shape.Channels, tensor.shape[2], tensor.shape[3])
            : To(tensor, shape.Filters);

    /// <summary>A GRU's eight parameters, whose rows are three gates one after the other.</summary>
    public static IEnumerable<Tensor> Recurrence(IReadOnlyList<Tensor> weights, RecurrentShape shape) =>
        weights.Select(
            (weight, number) =>
                (number % (GatedRecurrence.ParameterCount / 2)) switch
                {
                    0 => Gates(weight, shape.Units, [shape.Inputs]),
                    1 => Gates(weight, shape.Units, [shape.Units]),
                    _ => Gates(weight, shape.Units, []),
                }
        );

    /// <summary>A tensor with zeros behind each dimension up to a size; itself where it has that size.</summary>
    public static Tensor To(Tensor tensor, params long[] sizes)
    {
        if (tensor.shape.SequenceEqual(sizes))
            return tensor;
        List<long> padding = []; // before and after, the last dimension first
        for (var dimension = sizes.Length - 1; dimension >= 0; dimension--)
            padding.AddRange([0, sizes[dimension] - tensor.shape[dimension]]);
        return nn.functional.pad(tensor, [.. padding]);
    }

    /// <summary>(3 units, values) to wider gates and more values.</summary>
    private static Tensor Gates(Tensor weight, long units, long[] values) =>
        weight.shape.SequenceEqual([3 * units, .. values])
            ? weight
            : To(weight.reshape([3, weight.shape[0] / 3, .. weight.shape[1..]]), [3, units, .. values])
                .reshape([3 * units, .. values]);
}
