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
    // Values beyond these limits are most likely mistakes in the unit or the number of digits.
    private const double LongestWindowSeconds = 10;
    private const double ShortestHopSeconds = 1e-3;
    private const int MostBands = 1024;

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

    /// <summary>Sampling rate in Hz. Null (the default): the corpus's rate.</summary>
    [Key("sampleRate")]
    public int? Rate { get; init; }

    /// <summary>
    /// Length of the window in seconds, at most 10. Default 0.040 (Adavanne and Virtanen 2017, section 2.1).
    /// </summary>
    [Key("windowSeconds")]
    public double WindowSeconds { get; init; } = 0.040;

    /// <summary>
    /// Hop in seconds, at least 0.001 and at most the window. Default: the window times (1 - <see cref="Overlap"/>),
    /// which is 0.020 (Adavanne and Virtanen 2017, section 2.1).
    /// </summary>
    [Key("hopSeconds")]
    public double StepSeconds
    {
        get => FixedHop ?? WindowSeconds * (1 - Overlap);
        init => FixedHop = value;
    }

    private double? FixedHop { get; init; }

    /// <summary>
    /// Overlap of consecutive windows, as a share of the window, from 0 to below 1. Default 0.5. Ignored if
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

    /// <summary>Positive constant that keeps the logarithm finite in silence. Default 2^-52.</summary>
    [Key("logFloor")]
    public double LogFloor { get; init; } = 2.220446049250313e-16;

    /// <summary>Whether <see cref="LogFloor"/> is added to the energy or is its lower bound. Default added.</summary>
    [Key("logFloorKind")]
    public LogFloorKind LogFloorKind { get; init; } = LogFloorKind.Add;

    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant(
            $"log-mel, {1000 * WindowSeconds:0.######} ms {(Window is WindowShape.HammingPeriodic or WindowShape.HammingSymmetric ? "Hamming" : "Hann")} window, hop {1000 * HopSeconds:0.######} ms, {BandCount} bands from {MinHz:R} to {MaxHz:R} Hz, {(MelScale == MelScale.Htk ? "HTK" : "Slaney")} mel, {(Normalization == MelNormalization.Area ? "normalised" : "not normalised")}, {(Spectrum == SpectrumKind.Power ? "power" : "magnitude")}"
        );

    /// <inheritdoc/>
    public override int SampleRate =>
        Rate
        ?? throw new InvalidOperationException(
            "The sampling rate of these features is not set; set Rate, or call At with the corpus's sampling rate."
        );

    /// <summary>FFT size in samples.</summary>
    public int FftSize =>
        FftSamples ?? (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(WindowSeconds * SampleRate));

    /// <summary>Length of the window in samples.</summary>
    public int WindowSamples => (int)Math.Round(WindowSeconds * SampleRate);

    /// <inheritdoc/>
    public override double HopSeconds => StepSeconds;

    /// <inheritdoc/>
    public override int HopSamples => (int)Math.Round(HopSeconds * SampleRate);

    /// <inheritdoc/>
    public override int Bands => BandCount;

    /// <inheritdoc/>
    public override int SamplesBefore => Centred ? FftSize / 2 : 0;

    /// <inheritdoc/>
    public override int SamplesFrom => Centred ? FftSize / 2 : FftSize;

    /// <inheritdoc/>
    public override long KeptValues => (long)BandCount * FftSize;

    /// <summary>Number of frames of a clip of the given length in samples; by default 500 for 10 s.</summary>
    public override int FramesOf(int samples) =>
        Centred ? samples / HopSamples
        : samples < FftSize ? 0
        : 1 + ((samples - FftSize) / HopSamples);

    /// <inheritdoc/>
    public override FeatureSource At(int sampleRate) => Rate is null ? this with { Rate = sampleRate } : this;

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (!(WindowSeconds > 0))
            Add(
                $"the window is {1000 * WindowSeconds:0.######} ms",
                $"give it a length, for example `window 40.0<ms>`"
            );
        else if (!(WindowSeconds <= LongestWindowSeconds))
            Add(
                $"the window is {1000 * WindowSeconds:0.######} ms",
                $"give at most {1000 * LongestWindowSeconds} ms, for example `window 40.0<ms>`"
            );
        if (HopSeconds > WindowSeconds)
            Add(
                $"the hop of {1000 * HopSeconds:0.######} ms is longer than the window of {1000 * WindowSeconds:0.######} ms",
                $"sound between two windows would be lost; give a hop that is not longer than the window"
            );
        if (!(HopSeconds > 0))
            Add(
                $"the hop is {1000 * HopSeconds:0.######} ms",
                $"give a hop above 0, or an overlap from 0 to below 1, for example `overlap 0.5`"
            );
        else if (HopSeconds < ShortestHopSeconds)
            Add(
                $"the hop is {1000 * HopSeconds:0.######} ms",
                $"give at least {1000 * ShortestHopSeconds} ms, for example `hop 20.0<ms>`"
            );
        if (BandCount < 1)
            Add($"{BandCount} bands", $"give at least one, for example `bands 40`");
        if (BandCount > MostBands)
            Add($"{BandCount} bands", $"give at most {MostBands}, for example `bands 40`");
        if (!(MinHz >= 0))
            Add($"the frequency range starts at {MinHz:R} Hz", $"start at 0 Hz or above");
        if (!(MaxHz > MinHz && double.IsFinite(MaxHz)))
            Add(
                $"the frequency range ends at {MaxHz:R} Hz and starts at {MinHz:R} Hz",
                $"end above the start, for example `range 0.0<Hz> 22050.0<Hz>`"
            );
        if (!double.IsFinite(SignalOffset))
            Add($"the signal offset is {SignalOffset:R}", $"give a finite number");
        if (!(LogFloor > 0) || !double.IsFinite(LogFloor))
            Add($"the floor of the logarithm is {LogFloor:R}", $"it has to be above 0");
        if (Rate is { } rate)
            AddRateProblems(rate);
        return problems;

        void Add(FormattableString cause, FormattableString remedy) =>
            problems.Add(Problem.Of(FormattableString.Invariant(cause), FormattableString.Invariant(remedy)));

        void AddRateProblems(int rate)
        {
            if (rate <= 0)
            {
                Add($"the sampling rate is {rate} Hz", $"give a rate above 0");
                return;
            }
            if (WindowSeconds > 0 && HopSeconds > 0 && (WindowSamples < 2 || HopSamples < 1))
                Add(
                    $"the window has {WindowSamples} samples and the hop has {HopSamples} samples at {rate} Hz",
                    $"a window needs at least 2 samples, and a hop needs at least 1"
                );
            if (WindowSeconds > 0 && FftSamples is { } size && (size < WindowSamples || size % 2 != 0))
                Add(
                    $"the FFT has {size} samples",
                    $"give an even number that is not smaller than the window of {WindowSamples} samples"
                );
            if (!(MaxHz <= rate / 2.0))
                Add(
                    $"the frequency range ends at {MaxHz:R} Hz, but the sampling rate is {rate} Hz",
                    $"end it at {rate / 2.0:R} Hz or below"
                );
        }
    }

    private protected override IFeatureExtractor CreateExtractor(torch.Device device) =>
        new LogMelExtractor(this, device);

    /// <inheritdoc/>
    public override string OnnxInput => "log_mel";

    /// <inheritdoc/>
    public override string OnnxInputSummary => "log-mel energies, not standardised";

    internal override OnnxValue Export(OnnxValue waveforms, int samples) =>
        LogMelOnnx.Extract(waveforms, this, samples);
}
