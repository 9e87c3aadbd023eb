namespace Sed.Core.Networks.Kernels;

/// <summary>
/// 3 x 3 convolutions over clips laid out as (frames, bins, channels), zero beyond the edges. The input has one frame
/// of zeros before and after; beyond the lowest and the highest bin the taps are left out instead.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>Frames computed together, and the rows of one tile.</summary>
    public const int TileFrames = 8;

    private const int Taps = 3;

    /// <summary>
    /// Adds the convolution of frames [<paramref name="from"/>, <paramref name="from"/> + <paramref name="count"/>)
    /// to the output, which holds the bias or zeros.
    /// </summary>
    /// <param name="input">(frames + 2, bins, channels).</param>
    /// <param name="kernel">(3 over frames, 3 over bins, channels, filters).</param>
    /// <param name="output">(frames, bins, filters).</param>
    public static void Add(
        float* input,
        float* kernel,
        float* output,
        int bins,
        int channels,
        int filters,
        int from,
        int count
    )
    {
        var frame = (nint)bins * channels;
        for (var bin = 0; bin < bins; bin++)
        {
            var low = bin == 0 ? 1 : 0;
            var high = bin == bins - 1 ? 1 : 2;
            var walk = new Walk(
                ARow: frame,
                Inner: (high - low + 1) * channels,
                AInner: 1,
                BInner: filters,
                Outer: Taps,
                AOuter: frame,
                BOuter: (nint)Taps * channels * filters
            );
            Tile.Add(
                input + from * frame + (bin + low - 1) * channels,
                kernel + low * channels * filters,
                output + ((nint)from * bins + bin) * filters,
                (nint)bins * filters,
                count,
                filters,
                walk
            );
        }
    }

    /// <summary>Adds the kernel's gradient over some frames.</summary>
    /// <param name="input">(frames + 2, bins, channels).</param>
    /// <param name="gradient">Gradient of the output from the first of these frames on, (count, bins, filters).</param>
    /// <param name="kernelGradient">(3 over frames, 3 over bins, channels, filters).</param>
    public static void AddKernelGradient(
        float* input,
        float* gradient,
        float* kernelGradient,
        int bins,
        int channels,
        int filters,
        int from,
        int count
    )
    {
        nint aFrame = (nint)bins * channels,
            bFrame = (nint)bins * filters;
        for (var df = 0; df < Taps; df++)
        {
            var first = df == 0 ? 1 : 0; // the lowest output bin that this tap reaches
            var reached = bins - (df == 1 ? 0 : 1);
            if (reached == 0)
                continue;
            var walk =
                df == 1 ? new Walk(1, count * bins, channels, filters)
                : reached >= count ? new Walk(1, reached, channels, filters, count, aFrame, bFrame)
                : new Walk(1, count, aFrame, bFrame, reached, channels, filters);
            for (var dt = 0; dt < Taps; dt++)
            {
                var a = input + (from + dt) * aFrame + (first + df - 1) * channels;
                var c = kernelGradient + (dt * Taps + df) * channels * filters;
                Tile.Add(a, gradient + first * filters, c, filters, channels, filters, walk);
            }
        }
    }

    /// <summary>From torch's (filters, channels, 3, 3) to (3, 3, channels, filters).</summary>
    public static void Pack(float* torch, float* packed, int channels, int filters)
    {
        for (var tap = 0; tap < Taps * Taps; tap++)
        for (var channel = 0; channel < channels; channel++)
        for (var filter = 0; filter < filters; filter++)
            packed[(tap * channels + channel) * filters + filter] = torch[
                (filter * channels + channel) * Taps * Taps + tap
            ];
    }

    /// <summary>From torch's (filters, channels, 3, 3) to the kernel that carries gradients back, (3, 3, filters, channels), mirrored.</summary>
    public static void PackMirrored(float* torch, float* packed, int channels, int filters)
    {
        for (var tap = 0; tap < Taps * Taps; tap++)
        for (var filter = 0; filter < filters; filter++)
        for (var channel = 0; channel < channels; channel++)
            packed[(tap * filters + filter) * channels + channel] = torch[
                (filter * channels + channel) * Taps * Taps + Taps * Taps - 1 - tap
            ];
    }

    /// <summary>From (3, 3, channels, filters) back to torch's (filters, channels, 3, 3).</summary>
    public static void Unpack(float* packed, float* torch, int channels, int filters)
    {
        for (var tap = 0; tap < Taps * Taps; tap++)
        for (var channel = 0; channel < channels; channel++)
        for (var filter = 0; filter < filters; filter++)
            torch[(filter * channels + channel) * Taps * Taps + tap] = packed[
                (tap * channels + channel) * filters + filter
            ];
    }
}
