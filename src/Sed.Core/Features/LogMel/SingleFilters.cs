namespace Sed.Core.Features.LogMel;

/// <summary>Mel filters in single precision, rounded like torchaudio's melscale_fbanks.</summary>
internal static class SingleFilters
{
    // torch.linspace uses vectors of eight numbers.
    private const int Lanes = 8;

    /// <summary>The weights of the filter bank, shape (bands, FFT size / 2 + 1).</summary>
    public static double[,] Weights(LogMelOptions options)
    {
        var bins = (options.FftSize / 2) + 1;
        var frequencies = Spaced(0, options.SampleRate / 2, bins);
        float[] edges =
        [
            .. Spaced(
                    (float)MelFilters.ToMel(options.MinHz, options.MelScale),
                    (float)MelFilters.ToMel(options.MaxHz, options.MelScale),
                    options.Bands + 2
                )
                .Select(mel => ToHz(mel, options.MelScale)),
        ];
        var weights = new double[options.Bands, bins];
        for (var band = 0; band < options.Bands; band++)
        {
            var (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2]);
            var scale = options.Normalization == MelNormalization.Area ? 2 / (high - low) : 1;
            for (var bin = 0; bin < bins; bin++)
            {
                var rising = (frequencies[bin] - low) / (centre - low);
                var falling = (high - frequencies[bin]) / (high - centre);
                weights[band, bin] = scale * Math.Max(0, Math.Min(rising, falling));
            }
        }
        return weights;
    }

    private static float ToHz(float mel, MelScale scale)
    {
        // Powers and exponentials are computed in double precision and rounded once.
        if (scale == MelScale.Htk)
            return 700 * ((float)Math.Pow(10, mel / 2595f) - 1);
        return mel < 15 ? (float)(200.0 / 3) * mel : 1000 * (float)Math.Exp((float)(Math.Log(6.4) / 27) * (mel - 15));
    }

    /// <summary>
    /// Evenly spaced numbers, rounded like torch.linspace, which computes vectors of eight numbers. The first number of
    /// a vector is computed from <paramref name="start"/> in the first half of the numbers, and from
    /// <paramref name="end"/> in the second half. The other numbers of a vector are computed from its first number.
    /// </summary>
    private static float[] Spaced(float start, float end, int count)
    {
        var step = (end - start) / (count - 1);
        var numbers = new float[count];
        for (var first = 0; first < count; )
        {
            var lanes = count - first >= Lanes ? Lanes : 1;
            var from = first < count / 2 ? start + (step * first) : end - (step * (count - first - 1));
            for (var lane = 0; lane < lanes; lane++)
                numbers[first + lane] = from + (step * lane);
            first += lanes;
        }
        return numbers;
    }
}
