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
}
