namespace Sed.Core.Features.LogMel;

// F# does not support `with` expressions on C# records, so each method returns a copy with one value changed.
public sealed partial record LogMelOptions
{
    /// <summary>A copy with a different <see cref="Rate"/>.</summary>
    public LogMelOptions WithRate(int? rate) => this with { Rate = rate };

    /// <summary>A copy with a different <see cref="WindowSeconds"/>.</summary>
    public LogMelOptions WithWindow(double seconds) => this with { WindowSeconds = seconds };

    /// <summary>A copy with a different <see cref="StepSeconds"/>.</summary>
    public LogMelOptions WithHop(double seconds) => this with { StepSeconds = seconds };

    /// <summary>
    /// A copy with a different <see cref="Overlap"/>, from which <see cref="StepSeconds"/> is computed.
    /// </summary>
    public LogMelOptions WithOverlap(double share) => this with { FixedHop = null, Overlap = share };

    /// <summary>A copy with a different <see cref="BandCount"/>.</summary>
    public LogMelOptions WithBands(int count) => this with { BandCount = count };

    /// <summary>A copy with a different <see cref="MinHz"/> and <see cref="MaxHz"/>.</summary>
    public LogMelOptions WithRange(double minHz, double maxHz) => this with { MinHz = minHz, MaxHz = maxHz };

    /// <summary>A copy with a different <see cref="MelScale"/>.</summary>
    public LogMelOptions WithMelScale(MelScale scale) => this with { MelScale = scale };

    /// <summary>A copy with a different <see cref="Normalization"/>.</summary>
    public LogMelOptions WithNormalization(MelNormalization normalization) =>
        this with
        {
            Normalization = normalization,
        };

    /// <summary>
    /// A copy with a different <see cref="Spectrum"/> and its usual offset and floor: for magnitudes, the values of the
    /// DCASE 2017 baseline; for powers, no offset and ln(max(x, 1e-10)).
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

    /// <summary>A copy with a different <see cref="FftSamples"/>.</summary>
    public LogMelOptions WithFft(int? samples) => this with { FftSamples = samples };

    /// <summary>A copy with a different <see cref="Window"/>.</summary>
    public LogMelOptions WithWindowShape(WindowShape shape) => this with { Window = shape };

    /// <summary>A copy with a different <see cref="FilterPrecision"/>.</summary>
    public LogMelOptions WithFilterPrecision(FilterPrecision precision) => this with { FilterPrecision = precision };

    /// <summary>A copy with a different <see cref="Logarithm"/>.</summary>
    public LogMelOptions WithLogarithm(LogarithmKind kind) => this with { Logarithm = kind };

    /// <summary>
    /// A copy that adds <paramref name="floor"/> (<see cref="LogFloor"/>) to the energy, and nothing to the samples
    /// (<see cref="SignalOffset"/> is 0).
    /// </summary>
    public LogMelOptions WithAddedFloor(double floor) =>
        this with
        {
            SignalOffset = 0,
            LogFloor = floor,
            LogFloorKind = LogFloorKind.Add,
        };

    /// <summary>A copy with a different <see cref="Centred"/>.</summary>
    public LogMelOptions WithCentred(bool centred) => this with { Centred = centred };

    /// <summary>
    /// A copy in which <paramref name="floor"/> is the lower bound of the energy (<see cref="LogFloor"/>) and nothing
    /// is added to the samples (<see cref="SignalOffset"/> is 0).
    /// </summary>
    public LogMelOptions WithFloor(double floor) =>
        this with
        {
            SignalOffset = 0,
            LogFloor = floor,
            LogFloorKind = LogFloorKind.Clamp,
        };

    /// <summary>A copy with a different <see cref="PreEmphasis"/>.</summary>
    public LogMelOptions WithPreEmphasis(double coefficient) => this with { PreEmphasis = coefficient };

    /// <summary>A copy with a different <see cref="Shift"/> and <see cref="Divisor"/>.</summary>
    public LogMelOptions WithScale(double shift, double divisor) => this with { Shift = shift, Divisor = divisor };

    /// <summary>A copy with different <see cref="Lowest"/> and <see cref="Highest"/>.</summary>
    public LogMelOptions WithLimits(double lowest, double highest) => this with { Lowest = lowest, Highest = highest };
}
