namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>The maps of one clip as lines: from and to maps that lie as (frames, bins, maps).</summary>
internal static unsafe class MapLines
{
    /// <summary>Makes lines of maps.</summary>
    /// <param name="shape">The block's sizes.</param>
    /// <param name="maps">How many maps.</param>
    /// <param name="from">(frames, bins, maps).</param>
    /// <param name="lines">(maps, length).</param>
    public static void Enter(DenseBlockShape shape, int maps, float* from, float* lines)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
        {
            var own = from + (nint)frame * shape.Bins * maps;
            for (var map = 0; map < maps; map++)
            {
                var to = lines + (nint)map * shape.Length + frame * shape.Pitch;
                for (var bin = 0; bin < shape.Bins; bin++)
                    to[bin] = own[bin * maps + map];
            }
        }
        for (var map = 0; map < maps; map++)
            ClearBetween(shape, lines + (nint)map * shape.Length);
    }

    /// <summary>Makes maps of lines.</summary>
    /// <param name="shape">The block's sizes.</param>
    /// <param name="maps">How many maps.</param>
    /// <param name="lines">(maps, length).</param>
    /// <param name="to">(frames, bins, maps).</param>
    public static void Leave(DenseBlockShape shape, int maps, float* lines, float* to)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
        {
            var own = to + (nint)frame * shape.Bins * maps;
            for (var map = 0; map < maps; map++)
            {
                var from = lines + (nint)map * shape.Length + frame * shape.Pitch;
                for (var bin = 0; bin < shape.Bins; bin++)
                    own[bin * maps + map] = from[bin];
            }
        }
    }

    /// <summary>Lays the zeros after each frame and behind the values.</summary>
    public static void ClearBetween(DenseBlockShape shape, float* line)
    {
        for (var frame = 0; frame < shape.Frames; frame++)
            line[frame * shape.Pitch + shape.Bins] = 0;
        Lanes.Clear(line + shape.Values, shape.Length - shape.Values);
    }

    /// <summary>Lays the zeros around a line, too.</summary>
    /// <param name="shape">The block's sizes.</param>
    /// <param name="line">Where the margin before it begins.</param>
    public static void ClearAround(DenseBlockShape shape, float* line)
    {
        Lanes.Clear(line, shape.Margin);
        ClearBetween(shape, line + shape.Margin);
        Lanes.Clear(line + shape.Margin + shape.Length, shape.Margin);
    }
}
