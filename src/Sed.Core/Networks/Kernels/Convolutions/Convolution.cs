namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Convolutions over clips laid out as (frames, bins, channels), zero beyond the edges. The input has half a kernel of zero
/// frames before and after; beyond the lowest and the highest bin the taps are left out instead.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>Frames computed together, and the rows of one tile.</summary>
    public const int TileFrames = 8;

    /// <summary>
    /// Adds the convolution of frames [<paramref name="from"/>, <paramref name="from"/> + <paramref name="count"/>)
    /// to the output, which holds the bias or zeros.
    /// </summary>
    /// <param name="input">(frames and zeros around, bins, channels).</param>
    /// <param name="kernel">(kernel's frames, kernel's bins, channels, filters).</param>
    /// <param name="output">(frames, bins, filters).</param>
    public static void Add(float* input, float* kernel, float* output, ConvolutionSize size, int from, int count)
    {
        var (taps, bins, channels, filters) = (size.KernelBins, size.Bins, size.Channels, size.Filters);
        var frame = (nint)bins * channels;
        var reach = taps / 2;
        // The part of the kernels that gives some filters stays in the cache from bin to bin, where all of them would not.
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
            var walk = new Walk(
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
                walk
            );
        }
    }

    /// <summary>Adds the kernel's gradient over some frames.</summary>
    /// <param name="input">(frames and zeros around, bins, channels).</param>
    /// <param name="gradient">Gradient of the output from the first of these frames on, (count, bins, filters).</param>
    /// <param name="kernelGradient">(kernel's frames, kernel's bins, channels, filters).</param>
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
            var first = Math.Max(0, -shift); // the lowest output bin that this tap reaches
            var reached = bins - Math.Abs(shift);
            if (reached <= 0)
                continue;
            var walk =
                shift == 0 ? new Walk(1, count * bins, channels, filters)
                : reached >= count ? new Walk(1, reached, channels, filters, count, aFrame, bFrame)
                : new Walk(1, count, aFrame, bFrame, reached, channels, filters);
            for (var dt = 0; dt < size.KernelFrames; dt++)
            {
                var a = input + (from + dt) * aFrame + (first + shift) * channels;
                var c = kernelGradient + (nint)(dt * taps + df) * channels * filters;
                Tile.Add(a, gradient + first * filters, c, filters, channels, filters, walk);
            }
        }
    }

    /// <summary>From torch's (filters, channels, frames, bins) to (frames, bins, channels, filters).</summary>
    public static void Pack(float* torch, float* packed, ConvolutionSize size)
    {
        for (var tap = 0; tap < size.Taps; tap++)
        for (var channel = 0; channel < size.Channels; channel++)
        for (var filter = 0; filter < size.Filters; filter++)
            packed[((nint)tap * size.Channels + channel) * size.Filters + filter] = torch[
                ((nint)filter * size.Channels + channel) * size.Taps + tap
            ];
    }

    /// <summary>From torch's (filters, channels, frames, bins) to the kernel that carries gradients back, (frames, bins, filters, channels), mirrored.</summary>
    public static void PackMirrored(float* torch, float* packed, ConvolutionSize size)
    {
        for (var tap = 0; tap < size.Taps; tap++)
        for (var filter = 0; filter < size.Filters; filter++)
        for (var channel = 0; channel < size.Channels; channel++)
            packed[((nint)tap * size.Filters + filter) * size.Channels + channel] = torch[
                ((nint)filter * size.Channels + channel) * size.Taps + size.Taps - 1 - tap
            ];
    }

    /// <summary>From (frames, bins, channels, filters) back to torch's (filters, channels, frames, bins).</summary>
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
