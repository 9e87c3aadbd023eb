module Sed.Runner.Tests.ClassF1Tests

open Xunit
open Sed.Runner

let private labels = [ "frog"; "rain"; "owl" ]

/// Clips of 4 s: frog from 1 to 3 s in every second clip, rain all the time in every clip but the third, owl from 0 to
/// 1 s in the first clip. Frogs are detected without errors, rain is always predicted, owls never.
let private clipsOf (numbers: int list) isAlways =
    SyntheticScores.clips labels 4 true [
        for number in numbers do
            let truth = [
                if number % 2 = 0 then
                    1.0, 3.0, "frog"
                if number % 3 <> 0 then
                    0.0, 4.0, "rain"
                if number = 1 then
                    0.0, 1.0, "owl"
            ]
            let detected = [
                for label in labels do
                    if isAlways || label = "rain" then
                        0.0, 4.0, label
                if number % 2 = 0 then
                    1.0, 3.0, "frog"
            ]
            $"clip{number}", truth, detected
    ]

let private resultOf (folds: int list list) =
    ClassF1.ofScored "GRU" "seeds" [ for fold in folds -> clipsOf fold false ] [
        for fold in folds -> clipsOf fold true
    ]

[<Fact>]
let ``each class is compared with always and never predicting it, over all folds`` () =
    let table, sentences = resultOf [ [ 1..6 ]; [ 7..12 ] ]
    let rows = table.Rows |> List.map (String.concat " | ")
    // Without errors, no resample differs from the others, so there is no interval.
    Assert.Equal("frog | 6 | 1.000 | - | 0.400 | yes", rows[0])
    Assert.Equal("rain | 8 | 0.800 | 0.562 to 1.000 | 0.800 | ○ no", rows[1])
    Assert.Equal("owl | 1 | 0.000 | - | 0.041 | ○ no", rows[2])
    Assert.Equal<string list>(
        [
            "GRU: significantly better than every constant prediction: frog."
            "GRU: ○ no better than a constant prediction: rain, owl. Do not rely on detections of these classes; annotate more recordings with and without them."
        ],
        sentences
    )

[<Fact>]
let ``folds have the same result as all clips together`` () =
    let table, _ = resultOf [ [ 1..6 ]; [ 7..12 ] ]
    let whole, _ = resultOf [ [ 1..12 ] ]
    Assert.Equal<string list list>(whole.Rows, table.Rows)

[<Fact>]
let ``with few clips, a higher score is not called significant`` () =
    let _, sentences = resultOf [ [ 1..6 ] ]
    Assert.Equal(
        "GRU: higher than every constant prediction, but not significantly (only 6 independent clips; an interval needs at least 10): frog. Annotate more recordings for a clearer result.",
        sentences.Head
    )
