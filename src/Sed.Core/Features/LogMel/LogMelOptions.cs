using System.Numerics;
using System.Text.Json.Serialization;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// Log-mel energies with their definition. Definitions that differ in one of these settings differ by up to 5.8 in the logarithm,
/// so each has a name. The defaults are those of the DCASE 2017 baseline.
/// </summary>
[Key("logMel")]
public sealed record LogMelOptions : FeatureSource
{
    // Longer windows contain whole events; shorter hops and more bands add nothing. All three are slips of units or digits.
    private const double LongestWindowSeconds = 10;
    private const double ShortestHopSeconds = 1e-3;
    private const int MostBands = 1024;

    /// <summary>
    /// The baseline system of DCASE 2017 and of Adavanne and Virtanen (2017): 44,100 Hz, 40 ms periodic Hamming window, 50 % overlap, FFT of
    /// 2048, magnitudes, 40 bands from 0 to 22,050 Hz on Slaney's scale with equal areas, ln(x + 2^-52).
    /// </summary>
    public static LogMelOptions Dcase2017 { get; } = new() { Rate = 44_100 };

    /// <summary>The other common definition: HTK's scale, triangles with a peak of 1, powers, ln(max(x, 1e-10)); 44,100 Hz.</summary>
    public static LogMelOptions Htk { get; } =
        new LogMelOptions
        {
            Rate = 44_100,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
        }.WithSpectrum(SpectrumKind.Power);

    /// <summary>Sampling rate (Hz). Null (the default): the corpus's.</summary>
    [Key("sampleRate")]
    public int? Rate { get; init; }

    /// <summary>Length of the window in seconds, at most 10. Default 0.040 (Adavanne and Virtanen 2017, section 2.1).</summary>
    [Key("windowSeconds")]
    public double WindowSeconds { get; init; } = 0.040;

    /// <summary>
    /// Distance between frames in seconds, at least 0.001 and at most the window. Default: what <see cref="Overlap"/> leaves of the
    /// window, 0.020 (Adavanne and Virtanen 2017, section 2.1).
    /// </summary>
    [Key("hopSeconds")]
    public double StepSeconds
    {
        get => FixedHop ?? WindowSeconds * (1 - Overlap);
        init => FixedHop = value;
    }

    private double? FixedHop { get; init; }

    /// <summary>The share of a window that the next one overlaps, from 0 to below 1, unless <see cref="StepSeconds"/> is given. Default 0.5.</summary>
    [JsonIgnore]
    public double Overlap { get; init; } = 0.5;

    /// <summary>Length of the Fourier transform in samples, even, at least the window's. Null (the default): the smallest sufficient power of two.</summary>
    [Key("fftSize")]
    public int? FftSamples { get; init; }

    /// <summary>Shape of the window. Default periodic Hamming.</summary>
    [Key("window")]
    public WindowShape Window { get; init; } = WindowShape.HammingPeriodic;

    /// <summary>
    /// Whether frame k is centred on sample k * hop of the clip, which is mirrored at its ends by half a transform; the
    /// frame centred on the clip's very end is dropped. Otherwise frames lie wholly inside the clip. Default true.
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

    /// <summary>How the filters are normalised. Default equal area.</summary>
    [Key("normalization")]
    public MelNormalization Normalization { get; init; } = MelNormalization.Area;

    /// <summary>What the filters sum. Default magnitudes.</summary>
    [Key("spectrum")]
    public SpectrumKind Spectrum { get; init; } = SpectrumKind.Magnitude;

    /// <summary>Added to every sample before anything else. Default 2^-52, as in the DCASE 2017 baseline.</summary>
    [Key("signalOffset")]
    public double SignalOffset { get; init; } = 2.220446049250313e-16;

    /// <summary>Keeps the logarithm finite; positive. Default 2^-52.</summary>
    [Key("logFloor")]
    public double LogFloor { get; init; } = 2.220446049250313e-16;

    /// <summary>Whether the floor is added or is a lower bound. Default added.</summary>
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
            "The sampling rate of these features is the corpus's; At(sampleRate) sets it, or Rate."
        );

    /// <summary>Length of the Fourier transform in samples.</summary>
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

    /// <summary>Number of frames of a clip; 500 for 10 s by default.</summary>
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
                $"sound between two windows would be lost; give a hop of at most the window"
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
                    $"the window has {WindowSamples} and the hop {HopSamples} samples at {rate} Hz",
                    $"a window has at least 2 samples, a hop 1"
                );
            if (WindowSeconds > 0 && FftSamples is { } size && (size < WindowSamples || size % 2 != 0))
                Add(
                    $"the FFT has {size} samples",
                    $"give an even number that holds the window of {WindowSamples} samples"
                );
            if (!(MaxHz <= rate / 2.0))
                Add(
                    $"the frequency range ends at {MaxHz:R} Hz, but the sampling rate is {rate} Hz",
                    $"end it at {rate / 2.0:R} Hz or below"
                );
        }
    }

    // F# has no `with` for C# records: each method returns a copy with one other value.

    /// <summary>A copy with another <see cref="Rate"/>.</summary>
    public LogMelOptions WithRate(int? rate) => this with { Rate = rate };

    /// <summary>A copy with another <see cref="WindowSeconds"/>.</summary>
    public LogMelOptions WithWindow(double seconds) => this with { WindowSeconds = seconds };

    /// <summary>A copy with another <see cref="StepSeconds"/>.</summary>
    public LogMelOptions WithHop(double seconds) => this with { StepSeconds = seconds };

    /// <summary>A copy whose <see cref="StepSeconds"/> follow from another <see cref="Overlap"/>.</summary>
    public LogMelOptions WithOverlap(double share) => this with { FixedHop = null, Overlap = share };

    /// <summary>A copy with another <see cref="BandCount"/>.</summary>
    public LogMelOptions WithBands(int count) => this with { BandCount = count };

    /// <summary>A copy with another <see cref="MinHz"/> and <see cref="MaxHz"/>.</summary>
    public LogMelOptions WithRange(double minHz, double maxHz) => this with { MinHz = minHz, MaxHz = maxHz };

    /// <summary>A copy with another <see cref="MelScale"/>.</summary>
    public LogMelOptions WithMelScale(MelScale scale) => this with { MelScale = scale };

    /// <summary>A copy with another <see cref="Normalization"/>.</summary>
    public LogMelOptions WithNormalization(MelNormalization normalization) =>
        this with
        {
            Normalization = normalization,
        };

    /// <summary>
    /// A copy with another <see cref="Spectrum"/> and the offset and floor that are customary with it: those of the DCASE 2017 baseline
    /// for magnitudes, no offset and ln(max(x, 1e-10)) for powers.
    /// </summary>
    public LogMelOptions WithSpectrum(SpectrumKind spectrum) =>
        spectrum == SpectrumKind.Power
            ? this with
            {
                Spectrum = spectrum,
                SignalOffset = 0,
                LogFloor = 1e-10,
                LogFloorKind = LogFloorKind.Clamp,
            }
            : this with
            {
                Spectrum = spectrum,
                SignalOffset = Dcase2017.SignalOffset,
                LogFloor = Dcase2017.LogFloor,
                LogFloorKind = Dcase2017.LogFloorKind,
            };

    private protected override IFeatureExtractor CreateExtractor(torch.Device device) =>
        new LogMelExtractor(this, device);

    /// <inheritdoc/>
    public override string OnnxInput => "log_mel";

    /// <inheritdoc/>
    public override string OnnxInputSummary => "log-mel energies, not standardised";

    internal override OnnxValue Export(OnnxValue waveforms, int samples) =>
        LogMelOnnx.Extract(waveforms, this, samples);
}

/// <summary>The window; periodic ones have a period of the window's length, symmetric ones of one sample less.</summary>
public enum WindowShape
{
    /// <summary>0.54 - 0.46 cos(2 pi n / N).</summary>
    [Key("hammingPeriodic")]
    HammingPeriodic,

    /// <summary>0.54 - 0.46 cos(2 pi n / (N - 1)).</summary>
    [Key("hammingSymmetric")]
    HammingSymmetric,

    /// <summary>0.5 - 0.5 cos(2 pi n / N).</summary>
    [Key("hannPeriodic")]
    HannPeriodic,

    /// <summary>0.5 - 0.5 cos(2 pi n / (N - 1)).</summary>
    [Key("hannSymmetric")]
    HannSymmetric,
}

/// <summary>What the filters add up.</summary>
public enum SpectrumKind
{
    /// <summary>Magnitudes.</summary>
    [Key("magnitude")]
    Magnitude,

    /// <summary>Squared magnitudes.</summary>
    [Key("power")]
    Power,
}

/// <summary>How frequency maps to mel.</summary>
public enum MelScale
{
    /// <summary>Linear to 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998).</summary>
    [Key("slaney")]
    Slaney,

    /// <summary>2595 log10(1 + f / 700) (S. Young et al., "The HTK Book").</summary>
    [Key("htk")]
    Htk,
}

/// <summary>How the triangular filters are scaled.</summary>
public enum MelNormalization
{
    /// <summary>Equal area: divided by half the filter's width in Hz (Slaney).</summary>
    [Key("area")]
    Area,

    /// <summary>Peak of 1.</summary>
    [Key("none")]
    None,
}

/// <summary>How the logarithm is kept finite in silence.</summary>
public enum LogFloorKind
{
    /// <summary>ln(x + floor).</summary>
    [Key("add")]
    Add,

    /// <summary>ln(max(x, floor)).</summary>
    [Key("clamp")]
    Clamp,
}
