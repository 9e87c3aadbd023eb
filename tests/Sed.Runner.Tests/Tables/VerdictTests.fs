module Sed.Runner.Tests.VerdictTests

open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.TaggedTrials

[<Fact>]
let ``the verdict names the best row, significantly worse rows and rows that do not differ`` () =
    let words =
        Verdicts.ofMetric
            id
            (weak [
                "good", [ tagged 90 100 ]
                "as good", [ tagged 90 100 ]
                "bad", [ tagged 30 100 ]
            ])
    Assert.StartsWith("weak R: 'good' has 0.900, 95 % confidence interval 0.8", words)
    Assert.Contains("Significantly worse: 'bad' by 0.600 (0.", words)
    Assert.Contains(", p < 0.001); these two networks differ on these clips.", words)
    Assert.EndsWith("Not significantly different: 'as good'.", words)

[<Fact>]
let ``if many rows are significantly worse, the verdict names the closest and the farthest`` () =
    let words =
        Verdicts.ofMetric
            id
            (weak [
                "good", [ tagged 90 100 ]
                for hits in 30..-3..9 do
                    $"{hits} hits", [ tagged hits 100 ]
            ])
    Assert.Contains("Significantly worse: 8 rows, from '30 hits' by 0.600 (0.", words)
    Assert.Contains(" to '9 hits' by 0.810 (0.", words)

[<Fact>]
let ``for an insignificant difference the verdict estimates how much more data is needed`` () =
    let statistics =
        weak [ "good", [ tagged 52 100 ]; "nearly as good", [ tagged 50 100 ] ]
    let difference = statistics.Comparisons["nearly as good"]
    Assert.False difference.IsSignificant
    // Two of 100 clips differ: sqrt(0.02 * 0.98 / 99) = 0.0141.
    Assert.Equal(0.0141, difference.StandardError, 0.001)
    let times = ceil ((2.8 * difference.StandardError / 0.02) ** 2.0)
    Assert.EndsWith(
        $"Not significantly different: 'nearly as good'. Detecting a difference of 0.020 needs about {times:F0} times the data (80 %% power).",
        Verdicts.ofMetric id statistics
    )

[<Fact>]
let ``all pairs of sorted rows are compared, and the verdict names the groups`` () =
    let rows = [
        "bad", [ tagged 30 100 ]
        "good", [ tagged 90 100 ]
        "as good", [ tagged 90 100 ]
        "idle", [ tagged 0 100 ]
    ]
    let ofRows sorted =
        Statistics.ofRows List.singleton (fun row _ _ -> row = "idle") [ WeakR; WeakF ] None sorted rows
    let alone, together = ofRows None, ofRows (Some WeakR)
    Assert.Equal<Map<string, string list>>(
        Map [ "good", [ "a" ]; "as good", [ "a" ]; "bad", [ "b" ] ],
        together.Head.Letters
    )
    Assert.Equal(string alone, string [ for own in together -> { own with Letters = Map.empty } ])
    Assert.Equal(
        Some
            "weak R, all pairs of rows compared (one network of each row, t-test with a bootstrap over clips, 3 pairs, Holm correction, 5 %): rows that share a letter do not differ significantly. a: 'as good' and 'good'; b: 'bad'.",
        Verdicts.ofGroups id together.Head
    )
    Assert.Equal(None, Verdicts.ofGroups id alone.Head)

[<Fact>]
let ``a row with one trial is not compared with a row of several, and the verdict gives the reason`` () =
    let statistics = weak [ "one", trials 1 90 0 100; "several", trials 3 40 5 100 ]
    Assert.Equal(
        Result.Error "one of the two rows has only one trial, so its configuration cannot be compared",
        statistics.Comparisons["several"].Verdict
    )
    Assert.EndsWith(
        "No comparison with 'several': one of the two rows has only one trial, so its configuration cannot be compared.",
        Verdicts.ofMetric id statistics
    )

[<Fact>]
let ``with several trials, verdicts concern recipes, and differences within the seed variation are insignificant`` () =
    let statistics =
        weak [
            "good", trials 3 80 2 100
            "like it", trials 3 78 2 100
            "bad", trials 3 30 2 100
        ]
    let words = Verdicts.ofMetric id statistics
    Assert.Contains(" over clips and training runs.", words)
    Assert.Contains("Significantly worse: 'bad' by 0.500 (", words)
    Assert.DoesNotContain("networks", words)
    Assert.False statistics.Comparisons["like it"].IsSignificant

[<Fact>]
let ``too few clips give no interval and no verdict, and the reason is given`` () =
    let words = Verdicts.ofMetric id (weak [ "a", [ tagged 7 8 ]; "b", [ tagged 3 8 ] ])
    Assert.Equal(
        "weak R: 'a' has 0.875. It has no confidence interval: only 8 independent clips; an interval needs at least 10. "
        + "No comparison with 'b': only 8 independent clips; an interval needs at least 10.",
        words
    )
