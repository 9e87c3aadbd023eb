module Sed.Runner.Tests.PerClassTests

open Xunit
open Sed
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
                Others = []
                Decoding = []
            }
            {
                Label = "Train"
                WeakF = Some 0.0
                StrongF = Some 0.0
                StrongER = Some 1.0
                Others = []
                Decoding = []
            }
            {
                Label = "Bus"
                WeakF = Some 0.0
                StrongF = Some 0.0
                StrongER = None
                Others = []
                Decoding = []
            }
            {
                Label = "Truck"
                WeakF = None
                StrongF = None
                StrongER = None
                Others = []
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
let ``the table has the reported metrics that are computed for single classes`` () =
    let view = view [ StrongF; Psds2; FrameAuc ] "CRNN" [] [ trial ]
    Assert.Equal<string list>(
        [ "class"; "weak F"; "strong F"; "strong ER ↓"; "PSDS2"; "frame AUC" ],
        [ for heading in view.Headings -> heading.Text ]
    )
    let once = trial.Once()
    let psds = once.Psds Sed.Core.Metrics.Psds.PsdsOptions.Scenario2
    Assert.Equal<string seq>([ "Car"; "Train" ], psds.Classes)
    Assert.Equal<float seq>([ 1.0; 0.0 ], psds.ClassScores)
    Assert.Equal("1.000", view.Rows[0][4])
    Assert.Equal("0.000", view.Rows[1][4])
    // Every frame has a car, so the class has no negative frames. The score of trains is constant.
    Assert.Equal<string list>([ "-"; "0.500" ], [ view.Rows[0][5]; view.Rows[1][5] ])
    Assert.Equal(0.5, once.FrameCurves.Of("Train").RocArea().Value)
    // A class without reference events has no PSDS and no area.
    Assert.Equal<string list>([ "-"; "-" ], view.Rows[2][4..5])
