namespace Sed.Core.Features.LogMel;

// Feature definitions of networks with published weights. The features are not standardised, because the weights were
// trained without standardisation.
public sealed partial record LogMelOptions
{
    /// <summary>
    /// The definition of PANNs (Kong et al. 2020, arXiv 1912.10211): 32,000 Hz, periodic Hann window and FFT of 1024
    /// samples, hop of 320 samples, power spectrum, 64 Slaney mel bands of equal area from 50 to 14,000 Hz,
    /// 10 log10(max(x, 1e-10)). Not standardised.
    /// </summary>
    public static LogMelOptions Panns { get; } =
        new LogMelOptions
        {
            Rate = 32_000,
            WindowSeconds = 0.032,
            StepSeconds = 0.010,
            Window = WindowShape.HannPeriodic,
            BandCount = 64,
            MinHz = 50,
            MaxHz = 14_000,
            Logarithm = LogarithmKind.Decibel,
            Standardisation = Standardisation.None,
        }.WithSpectrum(SpectrumKind.Power);

    /// <summary>
    /// The definition of EfficientAT (Schmid et al. 2023, arXiv 2211.04772): 32,000 Hz, pre-emphasis of 0.97, symmetric
    /// Hann window of 800 samples, FFT of 1024, hop of 320, power spectrum, 128 Kaldi mel bands with a peak of 1 from 0 to
    /// 15,000 Hz, (ln(x + 1e-5) + 4.5) / 5. Not standardised.
    /// </summary>
    public static LogMelOptions EfficientAt { get; } =
        new()
        {
            Rate = 32_000,
            PreEmphasis = 0.97,
            WindowSeconds = 0.025,
            StepSeconds = 0.010,
            Window = WindowShape.HannSymmetric,
            BandCount = 128,
            MaxHz = 15_000,
            MelScale = MelScale.Kaldi,
            Normalization = MelNormalization.None,
            Spectrum = SpectrumKind.Power,
            SignalOffset = 0,
            LogFloor = 1e-5,
            Shift = 4.5,
            Divisor = 5,
            Standardisation = Standardisation.None,
        };

    /// <summary>
    /// The definition of CDur (Dinkel et al. 2021, arXiv 2101.07687) and of its authors' voice activity detection: 22,050
    /// Hz, periodic Hann window of 40 ms, FFT of 2048 samples, hop of 20 ms, power spectrum, 64 Slaney mel bands of equal
    /// area from 0 to 11,025 Hz, ln(x + 2^-52). Not standardised.
    /// </summary>
    public static LogMelOptions Cdur { get; } =
        new()
        {
            Rate = 22_050,
            StepSeconds = 0.020,
            FftSamples = 2048,
            Window = WindowShape.HannPeriodic,
            BandCount = 64,
            MaxHz = 11_025,
            Spectrum = SpectrumKind.Power,
            SignalOffset = 0,
            Standardisation = Standardisation.None,
        };
}
