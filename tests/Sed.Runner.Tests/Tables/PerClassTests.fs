module Sed.Runner.Tests.PerClassTests

open Xunit
open Sed.Runner
open Sed.Runner.PerClass

/// Two clips: a car is detected in one and missed in the other, a train is missed, a bus is a false alarm, and there is
/// no truck.
let private trial =
    SyntheticScores.clips [ "Car"; "Train"; "Bus"; "Truck" ] 2 true [
        "a", [ 0.0, 2.0, "Car" ], [ 0.0, 2.0, "Car" ]
        "b", [ 0.0, 2.0, "Car"; 1.0, 2.0, "Train" ], [ 0.0, 1.0, "Bus" ]
    ]

[<Fact>]
let ``a class that is annotated but never detected has F 0, and a class that is neither has no F`` () =
    Assert.Equal<ClassScores list>(
        [
            // Car: 1 of 2 clips and 2 of 4 seconds detected, no false alarms: F = 2/3 and 4/6, ER = 2/4.
            {
                Label = "Car"
                WeakF = Some(2.0 / 3.0)
                StrongF = Some(4.0 / 6.0)
                StrongER = Some 0.5
                Psds = []
                Decoding = []
            }
            {
                Label = "Train"
                WeakF = Some 0.0
                StrongF = Some 0.0
                StrongER = Some 1.0
                Psds = []
                Decoding = []
            }
            {
                Label = "Bus"
                WeakF = Some 0.0
                StrongF = Some 0.0
                StrongER = None
                Psds = []
                Decoding = []
            }
            {
                Label = "Truck"
                WeakF = None
                StrongF = None
                StrongER = None
                Psds = []
                Decoding = []
            }
        ],
        scores [] [ trial ]
    )

[<Fact>]
let ``the best and the worst classes are named below the table, with published scores in a column`` () =
    let view = view [] "CRNN" [ "Train", "0" ] [ trial ]
    Assert.Equal<string list>([ "Train"; "0.000"; "0"; "0.000"; "1.000" ], view.Rows[1])
    Assert.Equal<string list>([ "Truck"; "-"; "-"; "-"; "-" ], view.Rows[3])
    Assert.Contains("Best weak F: Car (0.667). Worst: Bus (0.000).", view.Notes)

[<Fact>]
let ``the table has the PSDS of each class in the scenarios that the experiment reports`` () =
    let view =
        view [ Sed.MetricWords.StrongF; Sed.MetricWords.Psds2 ] "CRNN" [] [ trial ]
    Assert.Equal<string list>(
        [ "class"; "weak F"; "strong F"; "strong ER ↓"; "PSDS2" ],
        [ for heading in view.Headings -> heading.Text ]
    )
    let psds = trial.Once().Psds Sed.Core.Metrics.Psds.PsdsOptions.Scenario2
    Assert.Equal<string seq>([ "Car"; "Train" ], psds.Classes)
    Assert.Equal<float seq>([ 1.0; 0.0 ], psds.ClassScores)
    Assert.Equal("1.000", List.last view.Rows[0])
    Assert.Equal("0.000", List.last view.Rows[1])
    // A class without reference events has no PSDS.
    Assert.Equal("-", List.last view.Rows[2])
