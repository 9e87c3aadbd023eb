namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Zero-padded convolution of one clip in the layout (frames, bins, channels). Along time, the input contains the
/// padding: half a kernel of zero frames at either end. Along frequency, taps below the lowest or above the highest bin
/// are skipped.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>Number of frames in a register tile.</summary>
    public const int TileFrames = 8;

    /// <summary>
    /// Adds the convolution to the output, which holds the bias or zeros, for the frames
    /// [<paramref name="from"/>, <paramref name="from"/> + <paramref name="count"/>).
    /// </summary>
    /// <param name="input">Shape (padded frames, bins, channels).</param>
    /// <param name="kernel">Shape (kernel frames, kernel bins, channels, filters).</param>
    /// <param name="output">Shape (frames, bins, filters).</param>
    /// <param name="size">Sizes of the convolution.</param>
    /// <param name="from">First frame.</param>
    /// <param name="count">Number of frames.</param>
    public static void Add(float* input, float* kernel, float* output, ConvolutionSize size, int from, int count)
    {
        var (taps, bins, channels, filters) = (size.KernelBins, size.Bins, size.Channels, size.Filters);
        var frame = (nint)bins * channels;
        var reach = taps / 2;
        // Filters are computed in groups whose kernels stay in the cache from bin to bin; the kernels of all filters
        // would not fit.
        for (var (filter, width) = (0, 0); filter < filters; filter += width)
        {
            width = Tile.Columns(filters - filter);
            for (var bin = 0; bin < bins; bin++)
                AddBin(bin, filter, width);
        }

        void AddBin(int bin, int filter, int width)
        {
            var low = Math.Max(0, reach - bin);
            var high = Math.Min(taps - 1, bins - 1 - bin + reach);
            var loop = new ReductionLoop(
                ARow: frame,
                Inner: (high - low + 1) * channels,
                AInner: 1,
                BInner: filters,
                Outer: size.KernelFrames,
                AOuter: frame,
                BOuter: (nint)taps * channels * filters
            );
            Tile.Add(
                input + from * frame + (bin + low - reach) * channels,
                kernel + (nint)low * channels * filters + filter,
                output + ((nint)from * bins + bin) * filters + filter,
                (nint)bins * filters,
                count,
                width,
                loop
            );
        }
    }

    /// <summary>Adds the contribution of a range of frames to the gradient of the kernel.</summary>
    /// <param name="input">Shape (padded frames, bins, channels).</param>
    /// <param name="gradient">Gradient of the output for this range, shape (count, bins, filters).</param>
    /// <param name="kernelGradient">Shape (kernel frames, kernel bins, channels, filters).</param>
    /// <param name="size">Sizes of the convolution.</param>
    /// <param name="from">First frame.</param>
    /// <param name="count">Number of frames.</param>
    public static void AddKernelGradient(
        float* input,
        float* gradient,
        float* kernelGradient,
        ConvolutionSize size,
        int from,
        int count
    )
    {
        var (taps, bins, channels, filters) = (size.KernelBins, size.Bins, size.Channels, size.Filters);
        nint aFrame = (nint)bins * channels,
            bFrame = (nint)bins * filters;
        for (var df = 0; df < taps; df++)
        {
            var shift = df - taps / 2;
            var first = Math.Max(0, -shift); // lowest output bin whose input bin exists
            var reached = bins - Math.Abs(shift);
            if (reached <= 0)
                continue;
            var loop =
                shift == 0 ? new ReductionLoop(1, count * bins, channels, filters)
                : reached >= count ? new ReductionLoop(1, reached, channels, filters, count, aFrame, bFrame)
                : new ReductionLoop(1, count, aFrame, bFrame, reached, channels, filters);
            for (var dt = 0; dt < size.KernelFrames; dt++)
            {
                var a = input + (from + dt) * aFrame + (first + shift) * channels;
                var c = kernelGradient + (nint)(dt * taps + df) * channels * filters;
                Tile.Add(a, gradient + first * filters, c, filters, channels, filters, loop);
            }
        }
    }

    /// <summary>
    /// Converts a kernel from torch's layout (filters, channels, frames, bins) to (frames, bins, channels, filters).
    /// </summary>
    public static void Pack(float* torch, float* packed, ConvolutionSize size)
    {
        for (var tap = 0; tap < size.Taps; tap++)
        for (var channel = 0; channel < size.Channels; channel++)
        for (var filter = 0; filter < size.Filters; filter++)
            packed[((nint)tap * size.Channels + channel) * size.Filters + filter] = torch[
                ((nint)filter * size.Channels + channel) * size.Taps + tap
            ];
    }

    /// <summary>
    /// Converts a kernel from torch's layout (filters, channels, frames, bins) to the kernel that computes the gradient
    /// of the input: mirrored along both axes, shape (frames, bins, filters, channels).
    /// </summary>
    public static void PackMirrored(float* torch, float* packed, ConvolutionSize size)
    {
        for (var tap = 0; tap < size.Taps; tap++)
        for (var filter = 0; filter < size.Filters; filter++)
        for (var channel = 0; channel < size.Channels; channel++)
            packed[((nint)tap * size.Filters + filter) * size.Channels + channel] = torch[
                ((nint)filter * size.Channels + channel) * size.Taps + size.Taps - 1 - tap
            ];
    }

    /// <summary>
    /// Converts a kernel from (frames, bins, channels, filters) to torch's layout (filters, channels, frames, bins).
    /// </summary>
    public static void Unpack(float* packed, float* torch, ConvolutionSize size)
    {
        for (var tap = 0; tap < size.Taps; tap++)
        for (var channel = 0; channel < size.Channels; channel++)
        for (var filter = 0; filter < size.Filters; filter++)
            torch[((nint)filter * size.Channels + channel) * size.Taps + tap] = packed[
                ((nint)tap * size.Channels + channel) * size.Filters + filter
            ];
    }
}
