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
}
