using System.Text.Json;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Tests.Metrics.Events;

public class EventBasedReferenceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counts_and_scores_of_every_reference_case_equal_those_of_sed_eval(bool tiny)
    {
        Expect expect = new("event-based");
        foreach (var (one, expected, here) in ReferenceCase.Settings("event_based", expect, tiny))
        {
            var given = expected.GetProperty("params");
            ScoringConventions conventions = new()
            {
                EmptyEstimate =
                    given.GetProperty("empty_system_output_handling").GetString() == "zero_score"
                        ? EmptyEstimate.ZeroPrecision
                        : EmptyEstimate.Undefined,
            };
            var pairs = EventPairs.Of(one.Classes, one.Reference, one.Estimate, UnknownLabels.CountOverall);
            var counts = EventBased.Count(pairs, OptionsOf(given));

            var overall = expected.GetProperty("overall").GetProperty("counts");
            here.Count(overall, "Nref", counts.Reference);
            here.Count(overall, "Nsys", counts.Estimated);
            here.Count(overall, "Ntp", counts.TruePositives);
            here.Count(overall, "Nsubs", counts.Substitutions);
            here.Count(overall, "Nfp", counts.Insertions);
            here.Count(overall, "Nfn", counts.Deletions);
            ExpectedScores.Compare(here, expected, counts, conventions);
            // With this option, the class average of sed_eval is over the classes with reference events.
            if (conventions.EmptyEstimate == EmptyEstimate.ZeroPrecision)
                here.Rate(
                    expected.GetProperty("class_wise_average").GetProperty("f_measure"),
                    "f_measure",
                    counts.MacroF
                );
        }
        expect.Finish(atLeast: tiny ? 1000 : 10000);
    }

    [Fact]
    public void Substitutions_equal_those_of_sed_eval_for_one_of_several_row_orders()
    {
        Expect expect = new("substitutions");
        foreach (var one in ReferenceCase.OfEvents())
        {
            var pairs = EventPairs.Of(one.Classes, one.Reference, one.Estimate, UnknownLabels.CountOverall);
            foreach (var listed in one.Expected.GetProperty("nsubs_values_over_input_orders").EnumerateObject())
            {
                var given = one.Expected.GetProperty("event_based").GetProperty(listed.Name).GetProperty("params");
                var counts = EventBased.Count(pairs, OptionsOf(given));
                var values = listed.Value.EnumerateArray().Select(value => value.GetDouble()).ToArray();
                expect.Note(
                    values.Contains(counts.Substitutions),
                    $"{one.Name}, {listed.Name}: {counts.Substitutions}"
                );
            }
        }
        expect.Finish(atLeast: 40);
    }

    private static EventOptions OptionsOf(JsonElement given) =>
        new()
        {
            EvaluateOnset = given.GetProperty("evaluate_onset").GetBoolean(),
            EvaluateOffset = given.GetProperty("evaluate_offset").GetBoolean(),
            CollarSeconds = given.GetProperty("t_collar").GetDouble(),
            PercentageOfLength = given.GetProperty("percentage_of_length").GetDouble(),
            Matching =
                given.GetProperty("event_matching_type").GetString() == "greedy"
                    ? EventMatching.Greedy
                    : EventMatching.Optimal,
        };
}
