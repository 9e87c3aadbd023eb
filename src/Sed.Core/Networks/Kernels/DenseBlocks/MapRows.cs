namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Converts one clip's feature maps between channels-last layout and the rows of <see cref="DenseBlockShape"/>.
/// </summary>
internal static unsafe class MapRows
{
    /// <summary>Converts maps to rows.</summary>
    /// <param name="shape">Sizes of the block.</param>
    /// <param name="maps">Number of maps.</param>
    /// <param name="from">Shape (frames, bins, maps).</param>
    /// <param name="rows">Shape (maps, row length).</param>
    public static void Pack(DenseBlockShape shape, int maps, float* from, float* rows)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
        {
            var own = from + (nint)frame * shape.Bins * maps;
            for (var map = 0; map < maps; map++)
            {
                var to = rows + (nint)map * shape.Length + frame * shape.FrameStride;
                for (var bin = 0; bin < shape.Bins; bin++)
                    to[bin] = own[bin * maps + map];
            }
        }
        for (var map = 0; map < maps; map++)
            ClearGaps(shape, rows + (nint)map * shape.Length);
    }

    /// <summary>Converts rows to maps.</summary>
    /// <param name="shape">Sizes of the block.</param>
    /// <param name="maps">Number of maps.</param>
    /// <param name="rows">Shape (maps, row length).</param>
    /// <param name="to">Shape (frames, bins, maps).</param>
    public static void Unpack(DenseBlockShape shape, int maps, float* rows, float* to)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
        {
            var own = to + (nint)frame * shape.Bins * maps;
            for (var map = 0; map < maps; map++)
            {
                var from = rows + (nint)map * shape.Length + frame * shape.FrameStride;
                for (var bin = 0; bin < shape.Bins; bin++)
                    own[bin * maps + map] = from[bin];
            }
        }
    }

    /// <summary>Sets the element after each frame and the padding at the end of a row to zero.</summary>
    public static void ClearGaps(DenseBlockShape shape, float* row)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
            row[frame * shape.FrameStride + shape.Bins] = 0;
        Simd.Clear(row + shape.UsedLength, shape.Length - shape.UsedLength);
    }

    /// <summary>
    /// Clears the margins on both sides of a row, the element after each frame and the padding at the end of the row.
    /// </summary>
    /// <param name="shape">Sizes of the block.</param>
    /// <param name="row">Start of the padding before the row.</param>
    public static void ClearMargins(DenseBlockShape shape, float* row)
    {
        Simd.Clear(row, shape.Margin);
        ClearGaps(shape, row + shape.Margin);
        Simd.Clear(row + shape.Margin + shape.Length, shape.Margin);
    }
}
