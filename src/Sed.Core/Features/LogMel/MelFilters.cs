namespace Sed.Core.Features.LogMel;

/// <summary>
/// Triangular filters, evenly spaced on the mel scale. They are triangular on the Hz axis or, for Kaldi's scale, on the
/// mel axis.
/// </summary>
public static class MelFilters
{
    // Slaney's scale: 200/3 Hz per mel up to 1 kHz (mel 15), then 27 mels for each factor of 6.4.
    private const double HzPerMel = 200.0 / 3;
    private const double BreakHz = 1000;
    private const double BreakMel = BreakHz / HzPerMel;
    private static readonly double logStep = Math.Log(6.4) / 27;

    /// <summary>The weights of the filter bank.</summary>
    /// <param name="options">Bands, range, scale, normalisation, FFT size and sampling rate.</param>
    /// <returns>Weights, shape (bands, FFT size / 2 + 1).</returns>
    public static double[,] Weights(LogMelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FilterPrecision == FilterPrecision.Single)
            return SingleFilters.Weights(options);
        var edges = Edges(options);
        var bins = (options.FftSize / 2) + 1;
        var weights = new double[options.Bands, bins];
        Func<double, double> axis = options.MelScale == MelScale.Kaldi ? hz => ToMel(hz, MelScale.Kaldi) : hz => hz;
        for (var band = 0; band < options.Bands; band++)
        {
            var scale = options.Normalization == MelNormalization.Area ? 2 / (edges[band + 2] - edges[band]) : 1;
            (var low, var centre, var high) = (axis(edges[band]), axis(edges[band + 1]), axis(edges[band + 2]));
            for (var bin = 0; bin < bins; bin++)
            {
                var place = axis((double)bin * options.SampleRate / options.FftSize);
                var triangle = Math.Min((place - low) / (centre - low), (high - place) / (high - centre));
                weights[band, bin] = scale * Math.Max(0, triangle);
            }
        }
        return weights;
    }

    /// <summary>The power of white noise in each band, relative to its power in all bands together.</summary>
    /// <param name="options">The definition of the features, with a sampling rate.</param>
    internal static float[] WhiteNoise(LogMelOptions options)
    {
        var weights = Weights(options);
        var powers = new double[options.Bands];
        for (var band = 0; band < powers.Length; band++)
        {
            var sum = 0.0;
            for (var bin = 0; bin < weights.GetLength(1); bin++)
                sum += weights[band, bin];
            powers[band] = options.Spectrum == SpectrumKind.Power ? sum : sum * sum;
        }
        var total = powers.Sum();
        return [.. powers.Select(power => (float)(power / total))];
    }

    /// <summary>The bands whose weights are all 0, because no bin of the FFT lies between their edges.</summary>
    /// <param name="options">Bands, range, scale, FFT size and sampling rate.</param>
    /// <returns>Indices of the bands, from 0.</returns>
    public static int[] EmptyBands(LogMelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var edges = Edges(options);
        var binHz = (double)options.SampleRate / options.FftSize;
        return
        [
            .. Enumerable
                .Range(0, options.Bands)
                .Where(band =>
                {
                    var bin = Math.Floor(edges[band] / binHz) + 1;
                    return !(bin * binHz < edges[band + 2] && bin <= options.FftSize / 2);
                }),
        ];
    }

    /// <summary>Band edges in Hz: band b starts at edge b, peaks at edge b + 1 and ends at edge b + 2.</summary>
    public static double[] Edges(LogMelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var low = ToMel(options.MinHz, options.MelScale);
        var high = ToMel(options.MaxHz, options.MelScale);
        var edges = new double[options.Bands + 2];
        for (var i = 0; i < edges.Length; i++)
            edges[i] = ToHz(low + ((high - low) * i / (options.Bands + 1)), options.MelScale);
        return edges;
    }

    internal static double ToMel(double hz, MelScale scale) =>
        scale != MelScale.Slaney ? 2595 * Math.Log10(1 + (hz / 700))
        : hz < BreakHz ? hz / HzPerMel
        : BreakMel + (Math.Log(hz / BreakHz) / logStep);

    private static double ToHz(double mel, MelScale scale) =>
        scale != MelScale.Slaney ? 700 * (Math.Pow(10, mel / 2595) - 1)
        : mel < BreakMel ? mel * HzPerMel
        : BreakHz * Math.Exp((mel - BreakMel) * logStep);
}
