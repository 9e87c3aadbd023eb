using System.Globalization;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// How audio becomes log-mel frames. Immutable; checked when an extractor is built from it. Definitions that differ in one
/// of these settings differ by up to 5.8 in the logarithm, so each is named. The defaults are <see cref="Dcase2017"/>.
/// </summary>
[Key("logMel")]
public sealed record LogMelOptions : IFeatureDefinition
{
    /// <summary>
    /// The baseline system of DCASE 2017 and the paper: 40 ms periodic Hamming window, 50 % overlap, FFT of 2048,
    /// magnitudes, 40 bands from 0 to 22,050 Hz on Slaney's scale with equal areas, ln(x + 2^-52).
    /// </summary>
    public static LogMelOptions Dcase2017 { get; } = new();

    /// <summary>The other common definition: HTK's scale, peaks of 1, powers, ln(max(x, 1e-10)).</summary>
    public static LogMelOptions Htk { get; } =
        new()
        {
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
            Spectrum = SpectrumKind.Power,
            SignalOffset = 0,
            LogFloor = 1e-10,
            LogFloorKind = LogFloorKind.Clamp,
        };

    /// <summary>Samples per second (Hz). Default 44,100.</summary>
    [Key("sampleRate")]
    public int SampleRate { get; init; } = 44_100;

    /// <summary>Length of the window in seconds. Default 0.040 (Adavanne and Virtanen 2017, section 2.1).</summary>
    [Key("windowSeconds")]
    public double WindowSeconds { get; init; } = 0.040;

    /// <summary>Distance between frames in seconds. Default 0.020 (Adavanne and Virtanen 2017, section 2.1).</summary>
    [Key("hopSeconds")]
    public double HopSeconds { get; init; } = 0.020;

    /// <summary>Length of the Fourier transform in samples, even, at least the window's. Default 2048.</summary>
    [Key("fftSize")]
    public int FftSize { get; init; } = 2048;

    /// <summary>Shape of the window. Default periodic Hamming.</summary>
    [Key("window")]
    public WindowShape Window { get; init; } = WindowShape.HammingPeriodic;

    /// <summary>
    /// Whether frame k is centred on sample k * hop of the clip, which is mirrored at its ends by half a transform; the
    /// frame centred on the clip's very end is dropped. Otherwise frames lie wholly inside the clip. Default true.
    /// </summary>
    [Key("centred")]
    public bool Centred { get; init; } = true;

    /// <summary>Number of mel bands. Default 40.</summary>
    [Key("bands")]
    public int Bands { get; init; } = 40;

    /// <summary>Lower edge of the first band (Hz). Default 0.</summary>
    [Key("minHz")]
    public double MinHz { get; init; }

    /// <summary>Upper edge of the last band (Hz). Default 22,050.</summary>
    [Key("maxHz")]
    public double MaxHz { get; init; } = 22_050;

    /// <summary>The mel scale. Default Slaney's.</summary>
    [Key("melScale")]
    public MelScale MelScale { get; init; } = MelScale.Slaney;

    /// <summary>How filters are scaled. Default equal area.</summary>
    [Key("normalization")]
    public MelNormalization Normalization { get; init; } = MelNormalization.Area;

    /// <summary>What filters add up. Default magnitudes.</summary>
    [Key("spectrum")]
    public SpectrumKind Spectrum { get; init; } = SpectrumKind.Magnitude;

    /// <summary>Added to every sample before anything else. Default 2^-52, as the baseline does.</summary>
    [Key("signalOffset")]
    public double SignalOffset { get; init; } = 2.220446049250313e-16;

    /// <summary>What keeps the logarithm finite, positive. Default 2^-52.</summary>
    [Key("logFloor")]
    public double LogFloor { get; init; } = 2.220446049250313e-16;

    /// <summary>Whether the floor is added or is a lower bound. Default added.</summary>
    [Key("logFloorKind")]
    public LogFloorKind LogFloorKind { get; init; } = LogFloorKind.Add;

    /// <summary>Length of the window in samples.</summary>
    public int WindowSamples => (int)Math.Round(WindowSeconds * SampleRate);

    /// <summary>Distance between frames in samples.</summary>
    public int HopSamples => (int)Math.Round(HopSeconds * SampleRate);

    /// <summary>False: each band is standardised by itself.</summary>
    public bool IsUniform => false;

    /// <inheritdoc/>
    public int SamplesBefore => Centred ? FftSize / 2 : 0;

    /// <inheritdoc/>
    public int SamplesFrom => Centred ? FftSize / 2 : FftSize;

    /// <inheritdoc/>
    public long KeptValues => (long)Bands * FftSize;

    /// <summary>How many frames a clip of so many samples has; 500 for 10 s by default.</summary>
    public int FramesOf(int samples) =>
        Centred ? samples / HopSamples
        : samples < FftSize ? 0
        : 1 + ((samples - FftSize) / HopSamples);

    /// <summary>Every reason these options cannot be used, in reading order; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (SampleRate <= 0)
            problems.Add($"SampleRate must be positive, was {SampleRate} Hz.");
        if (!(WindowSeconds > 0) || WindowSamples < 2)
            problems.Add(Said($"WindowSeconds must be at least two samples, was {WindowSeconds} s."));
        if (!(HopSeconds > 0) || HopSamples < 1)
            problems.Add(Said($"HopSeconds must be at least one sample, was {HopSeconds} s."));
        if (HopSeconds > WindowSeconds)
            problems.Add(
                Said(
                    $"HopSeconds ({HopSeconds} s) is longer than WindowSeconds ({WindowSeconds} s), which skips samples."
                )
            );
        if (FftSize < WindowSamples || FftSize % 2 != 0)
            problems.Add($"FftSize must be even and hold the window of {WindowSamples} samples, was {FftSize}.");
        if (Bands < 1)
            problems.Add($"Bands must be at least 1, was {Bands}.");
        if (!(MinHz >= 0) || !(MinHz < MaxHz))
            problems.Add(Said($"MinHz must lie between 0 and MaxHz ({MaxHz} Hz), was {MinHz} Hz."));
        if (!(MaxHz <= SampleRate / 2.0))
            problems.Add(Said($"MaxHz must not exceed half of SampleRate ({SampleRate / 2.0} Hz), was {MaxHz} Hz."));
        if (!double.IsFinite(SignalOffset))
            problems.Add(Said($"SignalOffset must be a number, was {SignalOffset}."));
        if (!(LogFloor > 0) || !double.IsFinite(LogFloor))
            problems.Add(Said($"LogFloor must be positive, was {LogFloor}."));
        return problems;
    }

    /// <summary>All settings in one line, the same for equal options: by it features are told apart on disk.</summary>
    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"log-mel {SampleRate} Hz, window {WindowSeconds:R} s {Window}, hop {HopSeconds:R} s, fft {FftSize}, "
                + $"{(Centred ? "centred" : "inside")}, {Bands} bands {MinHz:R} to {MaxHz:R} Hz, {MelScale}, {Normalization}, "
                + $"{Spectrum}, offset {SignalOffset:R}, {LogFloorKind} {LogFloor:R}"
        );

    /// <inheritdoc/>
    public IFeatureExtractor Extractor(torch.Device device) => new LogMelExtractor(this, device);

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
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
