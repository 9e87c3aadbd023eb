namespace Sed.Core.Networks.Kernels;

/// <summary>One convolution block: 3 x 3 convolution, batch normalisation, ReLU, max-pooling over frequency, dropout.</summary>
/// <param name="Channels">Input channels: 1 for the first block; else a multiple of 16 where the kernels compute.</param>
/// <param name="Filters">Output channels; a multiple of 16 where the kernels compute.</param>
/// <param name="Bins">Frequency bins that come in.</param>
/// <param name="Pool">Bins per pooled bin; bins that do not fill one are left out, as torch does.</param>
/// <param name="Frames">Frames, in and out.</param>
/// <param name="Epsilon">Added to the variance (batch normalisation).</param>
/// <param name="Momentum">Weight of the new batch in the running statistics.</param>
/// <param name="Rate">Dropout rate after the block.</param>
internal sealed record BlockShape(
    int Channels,
    int Filters,
    int Bins,
    int Pool,
    int Frames,
    double Epsilon,
    double Momentum,
    double Rate
)
{
    /// <summary>Frequency bins that go out.</summary>
    public int PooledBins => Bins / Pool;

    /// <summary>Floats of one input clip, with the zero frame before and after.</summary>
    public long InputFloats => (Frames + 2L) * Bins * Channels;

    /// <summary>Floats of one clip before pooling.</summary>
    public long RawFloats => (long)Frames * Bins * Filters;

    /// <summary>Floats of one output clip, without the zero frames.</summary>
    public long PooledFloats => (long)Frames * PooledBins * Filters;
}
