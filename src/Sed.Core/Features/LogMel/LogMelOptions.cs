using System.Numerics;
using System.Text.Json.Serialization;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// The definition of log-mel energies. Common definitions differ by up to 5.8 in the logarithm, so every setting is
/// explicit and part of the canonical key. The defaults are the settings of the DCASE 2017 baseline.
/// </summary>
[Key("logMel")]
public sealed partial record LogMelOptions : FeatureSource
{
    /// <summary>
    /// The definition of the DCASE 2017 baseline and of Adavanne and Virtanen (2017): 44,100 Hz, 40 ms periodic Hamming
    /// window, 50 % overlap, FFT size 2048, magnitude spectrum, 40 Slaney mel bands of equal area from 0 to 22,050 Hz,
    /// ln(x + 2^-52).
    /// </summary>
    public static LogMelOptions Dcase2017 { get; } = new() { Rate = 44_100 };

    /// <summary>
    /// HTK mel scale, filters with a peak of 1, power spectrum, ln(max(x, 1e-10)); 44,100 Hz. The other settings are
    /// the defaults.
    /// </summary>
    public static LogMelOptions Htk { get; } =
        new LogMelOptions
        {
            Rate = 44_100,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
        }.WithSpectrum(SpectrumKind.Power);

    /// <summary>
    /// The definition of the DESED baseline of DCASE 2021 to 2024 Task 4 (DESED_task): 16,000 Hz, symmetric Hamming window
    /// and FFT of 2048 samples, hop of 256 samples, magnitude spectrum, 128 HTK mel bands with a peak of 1 from 0 to 8000
    /// Hz, 20 log10(max(x, 1e-5)), limited to -50 to 80 dB. Values equal those of torchaudio's MelSpectrogram and
    /// AmplitudeToDB, but the last frame of torchaudio, which is centred on the end of the clip, is left out.
    /// </summary>
    public static LogMelOptions Desed { get; } =
        new()
        {
            Rate = 16_000,
            WindowSeconds = 0.128,
            StepSeconds = 0.016,
            FftSamples = 2048,
            Window = WindowShape.HammingSymmetric,
            BandCount = 128,
            MaxHz = 8000,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
            FilterPrecision = FilterPrecision.Single,
            SignalOffset = 0,
            LogFloor = 1e-5,
            LogFloorKind = LogFloorKind.Clamp,
            Logarithm = LogarithmKind.Decibel,
            Lowest = -50,
            Highest = 80,
        };

    /// <summary>Sampling rate in Hz. Null (the default): the corpus's rate.</summary>
    [Key("sampleRate")]
    public int? Rate { get; init; }

    /// <summary>
    /// Length of the window in seconds, at most 10. Default 0.040 (Adavanne and Virtanen 2017, section 2.1).
    /// </summary>
    [Key("windowSeconds")]
    public double WindowSeconds { get; init; } = 0.040;

    /// <summary>
    /// Requested hop in seconds, at least 0.001 and at most the window. Default: the window times (1 -
    /// <see cref="Overlap"/>), which is 0.020 (Adavanne and Virtanen 2017, section 2.1). Frames are computed at the nearest
    /// whole number of samples (<see cref="HopSeconds"/>).
    /// </summary>
    [Key("hopSeconds")]
    public double StepSeconds
    {
        get => FixedHop ?? WindowSeconds * (1 - Overlap);
        init => FixedHop = value;
    }

    private double? FixedHop { get; init; }

    /// <summary>
    /// Overlap of consecutive windows as a fraction of the window, at least 0 and less than 1. Default 0.5. Ignored if
    /// <see cref="StepSeconds"/> is set.
    /// </summary>
    [JsonIgnore]
    public double Overlap { get; init; } = 0.5;

    /// <summary>
    /// FFT size in samples: even and at least the window's length. Null (the default): the smallest sufficient power of
    /// two.
    /// </summary>
    [Key("fftSize")]
    public int? FftSamples { get; init; }

    /// <summary>Shape of the window. Default periodic Hamming.</summary>
    [Key("window")]
    public WindowShape Window { get; init; } = WindowShape.HammingPeriodic;

    /// <summary>
    /// Whether frame k is centred on sample k * hop. If true (the default), the clip is reflection-padded by half the
    /// FFT size at both ends, and the frame centred on the end of the clip is dropped. If false, all frames lie within
    /// the clip.
    /// </summary>
    [Key("centred")]
    public bool Centred { get; init; } = true;

    /// <summary>Number of mel bands, at most 1024. Default 40.</summary>
    [Key("bands")]
    public int BandCount { get; init; } = 40;

    /// <summary>Lower edge of the first band (Hz). Default 0.</summary>
    [Key("minHz")]
    public double MinHz { get; init; }

    /// <summary>Upper edge of the last band (Hz). Default 22,050.</summary>
    [Key("maxHz")]
    public double MaxHz { get; init; } = 22_050;

    /// <summary>The mel scale. Default Slaney's.</summary>
    [Key("melScale")]
    public MelScale MelScale { get; init; } = MelScale.Slaney;

    /// <summary>Normalisation of the filters. Default equal area.</summary>
    [Key("normalization")]
    public MelNormalization Normalization { get; init; } = MelNormalization.Area;

    /// <summary>Input spectrum of the filters. Default magnitudes.</summary>
    [Key("spectrum")]
    public SpectrumKind Spectrum { get; init; } = SpectrumKind.Magnitude;

    /// <summary>Constant added to every input sample. Default 2^-52, as in the DCASE 2017 baseline.</summary>
    [Key("signalOffset")]
    public double SignalOffset { get; init; } = 2.220446049250313e-16;

    /// <summary>
    /// Coefficient c of the pre-emphasis, at least 0 and at most 1: sample n of the filtered signal is x[n + 1] - c x[n], so
    /// that the signal is one sample shorter. Default 0: no pre-emphasis.
    /// </summary>
    [Key("preEmphasis", OmitWhen = 0.0)]
    public double PreEmphasis { get; init; }

    /// <summary>Positive constant that keeps the logarithm finite in silence. Default 2^-52.</summary>
    [Key("logFloor")]
    public double LogFloor { get; init; } = 2.220446049250313e-16;

    /// <summary>Whether <see cref="LogFloor"/> is added to the energy or is its lower bound. Default added.</summary>
    [Key("logFloorKind")]
    public LogFloorKind LogFloorKind { get; init; } = LogFloorKind.Add;

    /// <summary>Precision in which the weights of the filters are computed. Default double.</summary>
    [Key("filterPrecision", OmitWhen = FilterPrecision.Double)]
    public FilterPrecision FilterPrecision { get; init; } = FilterPrecision.Double;

    /// <summary>Kind of logarithm: natural or decibels. Default natural.</summary>
    [Key("logarithm", OmitWhen = LogarithmKind.Natural)]
    public LogarithmKind Logarithm { get; init; } = LogarithmKind.Natural;

    /// <summary>Lower limit of the values, in the unit of the logarithm. Default null: no limit.</summary>
    [Key("lowest")]
    public double? Lowest { get; init; }

    /// <summary>Upper limit of the values, in the unit of the logarithm. Default null: no limit.</summary>
    [Key("highest")]
    public double? Highest { get; init; }

    /// <summary>Constant added to the values after they are limited. Default 0.</summary>
    [Key("shift", OmitWhen = 0.0)]
    public double Shift { get; init; }

    /// <summary>Divisor of the values after the shift, above 0. Default 1.</summary>
    [Key("divisor", OmitWhen = 1.0)]
    public double Divisor { get; init; } = 1;

    /// <summary>Factor that converts natural logarithms to the unit of <see cref="Logarithm"/>.</summary>
    internal double LogarithmScale =>
        Logarithm == LogarithmKind.Natural ? 1 : (Spectrum == SpectrumKind.Power ? 10 : 20) / Math.Log(10);

    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant(
            $"log-mel, {1000 * WindowSeconds:0.######} ms {(Window is WindowShape.HammingPeriodic or WindowShape.HammingSymmetric ? "Hamming" : "Hann")} window, hop {1000 * StepSeconds:0.######} ms, {BandCount} bands from {MinHz:R} to {MaxHz:R} Hz, {MelScaleSummary} mel, {(Normalization == MelNormalization.Area ? "normalised" : "not normalised")}, {(Spectrum == SpectrumKind.Power ? "power" : "magnitude")}{LogarithmSummary}{StandardisationSummary}"
        );

    private string MelScaleSummary =>
        MelScale switch
        {
            MelScale.Htk => "HTK",
            MelScale.Kaldi => "Kaldi",
            _ => "Slaney",
        };

    private string LogarithmSummary =>
        (Logarithm == LogarithmKind.Decibel ? " in dB" : "")
        + (Lowest is { } lowest ? FormattableString.Invariant($", at least {lowest:R}") : "")
        + (Highest is { } highest ? FormattableString.Invariant($", at most {highest:R}") : "")
        + (Shift == 0 ? "" : FormattableString.Invariant($", {Shift:+0.######;-0.######}"))
        + (Divisor == 1 ? "" : FormattableString.Invariant($", divided by {Divisor:R}"))
        + (PreEmphasis == 0 ? "" : FormattableString.Invariant($", pre-emphasis {PreEmphasis:R}"));

    /// <inheritdoc/>
    public override string Title => "Log-mel energies";

    /// <inheritdoc/>
    public override int SampleRate =>
        Rate
        ?? throw new InvalidOperationException(
            "The sampling rate of these features is not set; set Rate, or call At with the corpus's sampling rate."
        );

    /// <inheritdoc/>
    public override int? OwnSampleRate => Rate;

    /// <summary>FFT size in samples.</summary>
    public int FftSize =>
        FftSamples ?? (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(WindowSeconds * SampleRate));

    /// <summary>Length of the window in samples.</summary>
    public int WindowSamples => (int)Math.Round(WindowSeconds * SampleRate);

    /// <summary>
    /// Hop in seconds. If the sampling rate is known, this is the hop of the computed frames, a whole number of
    /// samples. Otherwise, it is <see cref="StepSeconds"/>.
    /// </summary>
    public override double HopSeconds => Rate is > 0 && HopSamples > 0 ? (double)HopSamples / SampleRate : StepSeconds;

    // The tolerance is far below a sample: it accepts steps that are computed, for example from an overlap.
    /// <inheritdoc/>
    public override bool HasRoundedHop => Math.Abs(HopSeconds - StepSeconds) > 1e-9 * StepSeconds;

    /// <inheritdoc/>
    public override int HopSamples => (int)Math.Round(StepSeconds * SampleRate);

    /// <inheritdoc/>
    public override int Bands => BandCount;

    /// <inheritdoc/>
    public override int SamplesBefore => Centred ? FftSize / 2 : 0;

    /// <inheritdoc/>
    public override int SamplesFrom => (Centred ? FftSize / 2 : FftSize) + FilteredSamples;

    internal override EnergyBands? Energies =>
        new EnergyBands
        {
            Count = BandCount,
            AreMagnitudes = Spectrum == SpectrumKind.Magnitude,
            LogarithmScale = LogarithmScale,
            Floor = LogFloor,
            IsFloorAdded = LogFloorKind == LogFloorKind.Add,
            Lowest = Lowest,
            Highest = Highest,
            Shift = Shift,
            Divisor = Divisor,
            WhiteNoise = new(() => MelFilters.WhiteNoise(this)),
        };

    /// <inheritdoc/>
    public override long KeptValues => (long)BandCount * FftSize;

    /// <summary>Number of frames of a clip of the given length in samples; by default 500 for 10 s.</summary>
    public override int FramesOf(int samples) =>
        Centred ? samples / HopSamples
        : samples - FilteredSamples < FftSize ? 0
        : 1 + ((samples - FilteredSamples - FftSize) / HopSamples);

    /// <inheritdoc/>
    // Centred frames: the reflection of n samples at each end needs n + 1 samples.
    internal override int LeastSamples => (Centred ? (FftSize / 2) + 1 : FftSize) + FilteredSamples;

    /// <summary>Number of samples by which the pre-emphasis shortens the signal.</summary>
    internal int FilteredSamples => PreEmphasis == 0 ? 0 : 1;

    /// <inheritdoc/>
    public override FeatureSource At(int sampleRate) => Rate is null ? this with { Rate = sampleRate } : this;

    private protected override IFeatureExtractor CreateExtractor(torch.Device device) =>
        new LogMelExtractor(this, device);

    /// <inheritdoc/>
    public override string OnnxInput => "log_mel";

    /// <inheritdoc/>
    public override string OnnxInputSummary => "log-mel energies, not standardised";

    internal override OnnxValue Export(OnnxValue waveforms, int samples) =>
        LogMelOnnx.Extract(waveforms, this, samples);
}
