using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Features.LogMel;

public sealed partial record LogMelOptions
{
    // Values beyond these limits are most likely mistakes in the unit or the number of digits.
    private const double LongestWindowSeconds = 10;
    private const double ShortestHopSeconds = 1e-3;
    private const int MostBands = 1024;

    // The largest FFT that a remedy names, in samples.
    private const int LargestRemedyFft = 1 << 16;

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (!(WindowSeconds > 0))
            Add(
                $"the window is {1000 * WindowSeconds:0.######} ms",
                $"give a length greater than 0, for example `window 40.0<ms>`"
            );
        else if (!(WindowSeconds <= LongestWindowSeconds))
            Add(
                $"the window is {1000 * WindowSeconds:0.######} ms",
                $"give at most {1000 * LongestWindowSeconds} ms, for example `window 40.0<ms>`"
            );
        if (StepSeconds > WindowSeconds)
            Add(
                $"the hop of {1000 * StepSeconds:0.######} ms is longer than the window of {1000 * WindowSeconds:0.######} ms",
                $"sound between two windows would be lost; give a hop that is not longer than the window"
            );
        if (!(StepSeconds > 0))
            Add(
                $"the hop is {1000 * StepSeconds:0.######} ms",
                $"give a hop greater than 0, or an overlap of at least 0 and less than 1, for example `overlap 0.5`"
            );
        else if (StepSeconds < ShortestHopSeconds)
            Add(
                $"the hop is {1000 * StepSeconds:0.######} ms",
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
                $"the frequency range ends at {MaxHz:R} Hz but starts at {MinHz:R} Hz",
                $"give a finite end above the start, for example `range 0.0<Hz> 22050.0<Hz>`"
            );
        if (!double.IsFinite(SignalOffset))
            Add($"the signal offset is {SignalOffset:R}", $"give a finite number");
        if (!(LogFloor > 0) || !double.IsFinite(LogFloor))
            Add($"the floor of the logarithm is {LogFloor:R}", $"it must be greater than 0");
        if (Lowest is { } lowest && !double.IsFinite(lowest))
            Add($"the lowest value is {lowest:R}", $"give a finite number");
        if (Highest is { } highest && !double.IsFinite(highest))
            Add($"the highest value is {highest:R}", $"give a finite number");
        if (Lowest >= Highest)
            Add(
                $"the lowest value is {Lowest:R} and the highest {Highest:R}",
                $"give a highest value above the lowest, for example `limits -50.0 80.0`"
            );
        if (!(PreEmphasis >= 0 && PreEmphasis <= 1))
            Add(
                $"the coefficient of the pre-emphasis is {PreEmphasis:R}",
                $"give 0 for no pre-emphasis, or a coefficient up to 1, for example 0.97"
            );
        if (!double.IsFinite(Shift))
            Add($"the shift is {Shift:R}", $"give a finite number");
        if (!(Divisor > 0 && double.IsFinite(Divisor)))
            Add($"the divisor is {Divisor:R}", $"it must be greater than 0");
        if (FilterPrecision == FilterPrecision.Single && MelScale == MelScale.Kaldi)
            Add(
                $"filters on Kaldi's mel scale cannot be computed in single precision",
                $"use double precision, because single precision is only for the scales Slaney and Htk (torchaudio)"
            );
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
            if (WindowSeconds > 0 && StepSeconds > 0 && (WindowSamples < 2 || HopSamples < 1))
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

    /// <summary>
    /// The problems of <see cref="Problems"/>. Only if there are none, the mel bands are checked too: a band that
    /// contains no bin of the FFT is a problem, because its energy is always 0.
    /// </summary>
    public override IReadOnlyList<Problem> ProblemsInPlans()
    {
        var problems = Problems();
        return problems.Count > 0 || Rate is null || MelFilters.EmptyBands(this) is not [var first, ..] empty
            ? problems
            : [EmptyBandsProblem(first, empty.Length)];
    }

    private Problem EmptyBandsProblem(int first, int count)
    {
        var edges = MelFilters.Edges(this);
        List<string> remedies = [];
        for (var size = 2 * FftSize; size <= LargestRemedyFft && remedies.Count == 0; size *= 2)
            if (MelFilters.EmptyBands(this with { FftSamples = size }).Length == 0)
                remedies.Add($"`fft {size}`");
        for (var bands = BandCount - 1; bands > 0; bands--)
            if (MelFilters.EmptyBands(this with { BandCount = bands }).Length == 0)
            {
                remedies.Add($"`bands {bands}`");
                break;
            }
        return Problem.Of(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} of {BandCount} mel bands are empty: band {first + 1} from {edges[first]:0.#} to {edges[first + 2]:0.#} Hz lies between two bins of the FFT of {FftSize} samples at {SampleRate} Hz"
            ),
            remedies.Count > 0 ? $"give {string.Join(" or ", remedies)}" : "give another frequency range"
        );
    }
}
