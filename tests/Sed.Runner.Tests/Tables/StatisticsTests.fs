module Sed.Runner.Tests.StatisticsTests

open Xunit
open Sed
open Sed.Core.Metrics.Uncertainty
open Sed.Runner
open Sed.Runner.Tests.TaggedTrials

let private limits (estimate: Estimate) =
    match estimate.Interval with
    | Ok limits -> limits
    | Result.Error why -> failwith why

let private verdict (comparison: Comparison) =
    match comparison.Verdict with
    | Ok verdict -> verdict
    | Result.Error why -> failwith why

[<Fact>]
let ``p-values are corrected by Holm's procedure`` () =
    // Sorted: 4 x 0.005, 3 x 0.01, 2 x 0.03, 1 x 0.04, then made monotonic.
    let corrected = RowComparisons.Holm [| 0.01; 0.04; 0.03; 0.005 |]
    for expected, value in Seq.zip [ 0.03; 0.06; 0.06; 0.02 ] corrected do
        Assert.Equal(expected, value, 12)

[<Fact>]
let ``a corrected p-value is never above 1`` () =
    Assert.Equal<float>([ 1.0; 1.0 ], RowComparisons.Holm [| 0.9; 0.8 |])

[<Fact>]
let ``a row's score is the mean over its trials, with the sample standard deviation`` () =
    let statistics = weak [ "row", [ tagged 10 40; tagged 20 40; tagged 30 40 ] ]
    let estimate = statistics.Estimates["row"]
    Assert.Equal(0.5, estimate.Mean, 12)
    Assert.Equal(0.25, estimate.Deviation.Value, 12)
    Assert.Equal(3, estimate.Trials)
    let low, high = limits estimate
    Assert.True(low < 0.5 && 0.5 < high)

[<Fact>]
let ``one trial has no deviation, and the interval of recall is close to the binomial one`` () =
    let estimate = (weak [ "row", [ tagged 50 100 ] ]).Estimates["row"]
    Assert.True estimate.Deviation.IsNone
    // 0.5 -+ 1.96 sqrt(0.25 / 100) = 0.402 to 0.598
    let low, high = limits estimate
    Assert.Equal(0.402, low, 0.015)
    Assert.Equal(0.598, high, 0.015)

[<Fact>]
let ``rows that differ are significant, equal rows are not, and the best row is the reference`` () =
    let statistics =
        weak [
            "good", [ tagged 90 100 ]
            "as good", [ tagged 90 100 ]
            "bad", [ tagged 30 100 ]
        ]
    Assert.Equal(Some "good", statistics.Reference)
    let bad = statistics.Comparisons["bad"]
    Assert.True bad.IsSignificant
    Assert.Equal(-0.6, bad.Gain, 12)
    let same = statistics.Comparisons["as good"]
    Assert.False same.IsSignificant
    Assert.Equal(0.0, same.Gain, 12)
    Assert.Equal(1.0, snd (verdict same))

[<Fact>]
let ``a row that is better than the named reference row has a positive gain`` () =
    let rows = [ "mine", [ tagged 30 100 ]; "other", [ tagged 90 100 ] ]
    let statistics =
        Statistics.ofRows List.singleton isNeverConstant [ WeakR ] (Some "mine") None rows
        |> List.exactlyOne
    Assert.Equal(Some "mine", statistics.Reference)
    Assert.Equal(0.6, statistics.Comparisons["other"].Gain, 12)

[<Fact>]
let ``differences between trials widen the interval`` () =
    let estimates =
        (weak [
            "apart", [ tagged 0 100; tagged 100 100 ]
            "together", [ tagged 50 100; tagged 50 100 ]
        ])
            .Estimates
    let width row =
        let low, high = limits estimates[row]
        high - low
    Assert.True(width "apart" > 2.0 * width "together")

[<Fact>]
let ``a row without a finished trial is left out`` () =
    let statistics = weak [ "none", []; "some", [ tagged 1 2 ] ]
    Assert.Equal<string list>([ "some" ], statistics.Estimates |> Map.keys |> Seq.toList)
    Assert.True statistics.Comparisons.IsEmpty

[<Fact>]
let ``the same trials give identical statistics`` () =
    let rows = [ "a", [ tagged 30 50; tagged 20 50 ]; "b", [ tagged 28 50; tagged 20 50 ] ]
    Assert.Equal(string (weak rows), string (weak rows))

[<Fact>]
let ``a row that is no better than a constant prediction is never the reference row`` () =
    let rows = [
        "diverged", [ tagged 100 100 ]
        "fair", [ tagged 60 100 ]
        "poor", [ tagged 20 100 ]
    ]
    let isConstant row _ _ = row = "diverged"
    let statistics =
        Statistics.ofRows List.singleton isConstant [ WeakR ] None None rows
        |> List.exactlyOne
    Assert.Equal(Some "fair", statistics.Reference)
    Assert.Equal<string list>([ "diverged"; "poor" ], statistics.Comparisons |> Map.keys |> Seq.toList)
    Assert.Equal<Set<string>>(Set [ "diverged" ], statistics.Constant)
    let named =
        Statistics.ofRows List.singleton isConstant [ WeakR ] (Some "diverged") None rows
        |> List.exactlyOne
    Assert.Equal(Some "fair", named.Reference)
    let allConstant =
        Statistics.ofRows List.singleton (fun _ _ _ -> true) [ WeakR ] (Some "diverged") None rows
        |> List.exactlyOne
    Assert.Equal(None, allConstant.Reference)
    Assert.True allConstant.Comparisons.IsEmpty
    Assert.Equal(
        "weak R: no row is better than a constant prediction, so rows are not compared.",
        Verdicts.ofMetric id allConstant
    )

[<Fact>]
let ``clear differences are significant for any number of rows, from the best row and between all pairs`` () =
    /// Every other clip contains a car; `hits` of these are detected.
    let detecting hits =
        SyntheticScores.clips [ "Car"; "Train" ] 1 false [
            for index in 0..199 ->
                let car: SyntheticScores.Event = 0.0, 1.0, "Car"
                let has = index % 2 = 0
                $"{index + 1}.wav", (if has then [ car ] else []), (if has && index / 2 < hits then [ car ] else [])
        ]
    let rows = [
        for number in 1..12 do
            $"good {number}", [ detecting 90 ]
            $"bad {number}", [ detecting 30 ]
    ]
    for metric in [ WeakR; MeanAP ] do
        let statistics =
            Statistics.ofRows List.singleton isNeverConstant [ metric ] None (Some metric) rows
            |> List.exactlyOne
        for row, comparison in Map.toList statistics.Comparisons do
            Assert.Equal(row.StartsWith "bad", comparison.IsSignificant)
        Assert.Equal<string list list>(
            [ for row, _ in rows -> [ (if row.StartsWith "bad" then "b" else "a") ] ],
            [ for row, _ in rows -> statistics.Letters[row] ]
        )

[<Fact>]
let ``an infinite d-prime has no interval and no verdict, and the reason is given`` () =
    let perfect name =
        name,
        [
            SyntheticScores.clips [ "Car"; "Train" ] 1 false [
                for clip in 1..20 ->
                    let label = if clip % 2 = 0 then "Car" else "Train"
                    let sound: SyntheticScores.Event = 0.0, 1.0, label
                    $"{clip}", [ sound ], [ sound ]
            ]
        ]
    let wrong =
        "wrong",
        [
            SyntheticScores.clips [ "Car"; "Train" ] 1 false [
                for clip in 1..20 ->
                    let sound label : SyntheticScores.Event = 0.0, 1.0, label
                    let label = if clip % 2 = 0 then "Car" else "Train"
                    $"{clip}", [ sound label ], [ sound (if clip % 4 = 1 then "Car" else label) ]
            ]
        ]
    let statistics =
        Statistics.ofRows List.singleton isNeverConstant [ DPrime ] None (Some DPrime) [
            perfect "one"
            perfect "other"
            wrong
        ]
        |> List.exactlyOne
    Assert.Equal(infinity, statistics.Estimates["one"].Mean)
    Assert.Equal(Result.Error "a value is infinite", statistics.Estimates["one"].Interval)
    Assert.Equal(0.0, statistics.Comparisons["other"].Gain)
    Assert.Equal(1.0, snd (verdict statistics.Comparisons["other"]))
    Assert.Equal(Result.Error "a value is infinite", statistics.Comparisons["wrong"].Verdict)
    Assert.Equal<string list>(statistics.Letters["one"], statistics.Letters["other"])
    Assert.False(statistics.Letters.ContainsKey "wrong")
    Assert.Contains("No comparison with 'wrong': a value is infinite.", Verdicts.ofMetric id statistics)

[<Fact>]
let ``rows that share their trainings are compared training by training`` () =
    let rows = [ "one threshold", trials 3 80 10 100; "another", trials 3 76 10 100 ]
    let compare trainingsOf =
        (Statistics.ofRows trainingsOf isNeverConstant [ WeakR ] None None rows
         |> List.exactlyOne)
            .Comparisons["another"]
    let paired, unpaired = compare (fun _ -> [ "a"; "b"; "c" ]), compare List.singleton
    Assert.Equal(paired.Gain, unpaired.Gain)
    Assert.True(paired.StandardError < unpaired.StandardError / 2.0)
