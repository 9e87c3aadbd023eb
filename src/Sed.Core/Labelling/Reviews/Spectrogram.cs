using Sed.Core.Features.LogMel;

namespace Sed.Core.Labelling.Reviews;

/// <summary>A spectrogram for display: levels in mel bands.</summary>
/// <param name="Columns">Number of frames.</param>
/// <param name="Bands">Number of mel bands from 0 Hz to <paramref name="MaxHz"/>.</param>
/// <param name="MaxHz">Upper edge of the last band in Hz.</param>
/// <param name="Levels">
/// The levels, shape (frames, bands). 255 is the highest level in the spectrogram, and 0 stands for all levels that are
/// at least 70 dB lower.
/// </param>
public sealed record Spectrogram(int Columns, int Bands, double MaxHz, byte[] Levels)
{
    private const int MostColumns = 1600;
    private const double ShownDecibels = 70;
    private const double LowestDecibels = -120;

    /// <summary>Computes the spectrogram of samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="sampleRate">Their rate in Hz.</param>
    internal static Spectrogram Of(float[] samples, int sampleRate)
    {
        var options = OptionsFor(sampleRate, (double)samples.Length / sampleRate);
        using LogMelExtractor extractor = new(options);
        // Frames at the edges need half a transform of samples around them.
        if (samples.Length <= options.FftSize)
            Array.Resize(ref samples, options.FftSize + 1);
        var frames = options.FramesOf(samples.Length);
        var values = new float[frames * options.Bands];
        extractor.Extract(samples, values);
        var highest = values.Length == 0 ? 0 : values.Max();
        return new Spectrogram(
            frames,
            options.Bands,
            options.MaxHz,
            [
                .. values.Select(value =>
                    (byte)
                        Math.Clamp(255 * (1 + (value - highest) / ShownDecibels), 0, highest > LowestDecibels ? 255 : 0)
                ),
            ]
        );
    }

    private static LogMelOptions OptionsFor(int rate, double seconds)
    {
        // The hop is a whole number of samples.
        var hop = Math.Ceiling(Math.Max(0.004, seconds / MostColumns) * rate) / rate;
        LogMelOptions options = new()
        {
            Rate = rate,
            StepSeconds = hop,
            WindowSeconds = Math.Max(0.032, hop),
            BandCount = 96,
            MaxHz = rate / 2.0,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
            Window = WindowShape.HannPeriodic,
            Logarithm = LogarithmKind.Decibel,
            LogFloor = 1e-6,
            LogFloorKind = LogFloorKind.Clamp,
        };
        // The narrow bands at low frequencies contain no bins of a short transform, so a longer transform is needed.
        var size = options.FftSize;
        while (options.Problems().Count > 0 && size < 1 << 16)
            options = options with { FftSamples = size *= 2 };
        return options;
    }
}
