namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Sizes of a dense block: batch normalisation, ReLU and a 3x3 convolution, again and again on all maps that are there. A map is
/// a line here: its frames one after the other, and a zero after each, so that the convolution is a sum of shifted lines.
/// </summary>
/// <param name="Maps">Maps that come in.</param>
/// <param name="Convolutions">Convolutions one after the other.</param>
/// <param name="Growth">Maps that each adds.</param>
/// <param name="Frames">Frames of a map.</param>
/// <param name="Bins">Bins of a frame.</param>
/// <param name="Epsilon">Added to the variance (batch normalisation).</param>
/// <param name="Momentum">Weight of the new batch in the running statistics.</param>
/// <param name="Rate">Dropout rate after the block, below 1.</param>
internal sealed record DenseBlockShape(
    int Maps,
    int Convolutions,
    int Growth,
    int Frames,
    int Bins,
    double Epsilon,
    double Momentum,
    double Rate
)
{
    /// <summary>Frames and bins that a kernel covers.</summary>
    public const int Side = 3;

    /// <summary>Places of a kernel.</summary>
    public const int Taps = Side * Side;

    /// <summary>Maps that a convolution, numbered from 0, finds.</summary>
    public int Found(int convolution) => Maps + convolution * Growth;

    /// <summary>Maps that go out.</summary>
    public int All => Found(Convolutions);

    /// <summary>From one frame of a line to the next.</summary>
    public int Pitch => Bins + 1;

    /// <summary>The values of a line.</summary>
    public int Values => Frames * Pitch;

    /// <summary>Floats of a line, zeros behind the values.</summary>
    public int Length => Widened.Size(Values);

    /// <summary>Zeros before and after a line that is shifted.</summary>
    public int Margin => Widened.Size(Pitch + 1);

    /// <summary>Floats of a line with zeros around it.</summary>
    public int Padded => Length + 2 * Margin;

    /// <summary>Values of a map that are none of the zeros.</summary>
    public int Places => Frames * Bins;

    /// <summary>Floats of a convolution's kernels.</summary>
    public int KernelFloats(int convolution) => Growth * Found(convolution) * Taps;

    /// <summary>How far the place of a line lies that a tap reads for place 0.</summary>
    /// <param name="frame">The tap's frame, 0 to 2.</param>
    /// <param name="bin">Its bin, 0 to 2.</param>
    public int Shift(int frame, int bin) => (frame - Side / 2) * Pitch + bin - Side / 2;
}
