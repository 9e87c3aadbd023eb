using Sed.Core.Metrics.Psds;

namespace Sed.Core.Scoring;

/// <summary>
/// The polyphonic sound detection score over all thresholds, exact, as sed_scores_eval has it; of the scores after the steps
/// of decoding.
/// </summary>
public static class PsdsMetrics
{
    /// <summary>Scenario 1 of DCASE 2021 to 2023: react fast, localise well.</summary>
    public static Metric Scenario1 { get; } =
        new Psds("PSDS1", "polyphonic sound detection score, scenario 1", PsdsOptions.Scenario1);

    /// <summary>Scenario 2 of DCASE 2021 to 2023: do not confuse classes.</summary>
    public static Metric Scenario2 { get; } =
        new Psds("PSDS2", "polyphonic sound detection score, scenario 2", PsdsOptions.Scenario2);

    /// <summary>Both.</summary>
    public static IReadOnlyList<Metric> All { get; } = [Scenario1, Scenario2];

    private sealed class Psds(string name, string summary, PsdsOptions options)
        : Metric(name, summary, needsEvents: true)
    {
        public override bool IsOfDecisions => false;
        public override int Resamples => FewResamples;

        private protected override double Value(WeightedClips clips) => clips.Psds(options).Value.OrZero();
    }
}
