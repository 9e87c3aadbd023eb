/// Rows that use other rows' trials: ensembles and students.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.OtherRowsTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Scoring
open Sed.Runner

let private home =
    Path.Combine(Path.GetTempPath(), "sed-others-" + Guid.NewGuid().ToString "N")

let private session out arguments experiments =
    Sessions.runAs "family.fsx" out arguments experiments

let private coarse = logMel { overlap 0.0 }

let private family =
    experiment "family" {
        title "Members, their mean, and a student"
        data Soundscapes.smartCars
        clips 12 8 4
        features coarse
        network (
            crnn {
                convolutions [ 4, 5; 4, 8 ]
                recurrent [ 4 ]
                dense []
                weak LinearSoftmax
            }
        )
        train (
            training {
                epochs 2
                batch 4
            }
        )
        addRows [
            "crnn", []
            "mlp, twice as fine", [ Network mlp; Features(logMel { overlap 0.5 }) ]
            "both", [ ensembleOf [ "crnn"; "mlp, twice as fine" ] ]
            "student", [ Dropout 0.3; pseudoLabelsFrom "crnn" Soft ]
            "without a teacher", [ Dropout 0.3 ]
            "taught by finer frames", [ Dropout 0.3; pseudoLabelsFrom "mlp, twice as fine" Soft; PseudoWeight 0.5 ]
        ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

let private scoresOf out row =
    let frame = Results.read out "family"
    let trial =
        Deedle.Frame.filterRowValues
            (fun (values: Deedle.ObjectSeries<string>) -> values.GetAs<string> "row" = row)
            frame
        |> fun rows -> (rows.GetColumn<string> "trial").GetAt 0
    ClipScores.Read(Path.Combine(out, "trials", trial, "scores-testing.npz"))

[<Fact>]
let ``an ensemble averages the probabilities of its rows on the finest frames, and a teacher changes its student`` () =
    let out = Path.Combine(home, "all")
    let code, output, errors = session out [] [ family ]
    Assert.Equal("", errors)
    Assert.True((code = 0), output)
    let crnn, mlp, both =
        scoresOf out "crnn", scoresOf out "mlp, twice as fine", scoresOf out "both"
    Assert.Equal(mlp.Frames, both.Frames)
    Assert.True(crnn.Frames < mlp.Frames)
    for clip in 0 .. both.Names.Count - 1 do
        for frame in 0 .. both.Frames - 1 do
            let probabilities (scores: ClipScores) =
                // Frames of 20 and 40 ms, both from time 0. The centres of the finer frames are at 10, 30, 50 ... ms.
                let own =
                    min (scores.Frames - 1) (frame * 20 / int (Math.Round(scores.HopSeconds * 1000.0)))
                scores.StrongOf(clip).Slice(own * scores.Classes, scores.Classes).ToArray()
            let expected =
                Array.map2
                    (fun (one: float32) (other: float32) -> float32 ((float one + float other) / 2.0))
                    (probabilities crnn)
                    (probabilities mlp)
            Assert.Equal<float32[]>(expected, both.StrongOf(clip).Slice(frame * both.Classes, both.Classes).ToArray())
    Assert.NotEqual<float32[]>((scoresOf out "student").Strong, (scoresOf out "without a teacher").Strong)
    Assert.NotEqual<float32[]>(
        (scoresOf out "taught by finer frames").Strong,
        (scoresOf out "without a teacher").Strong
    )
    let _, again, _ = session out [] [ family ]
    Assert.Equal(6, again.Split("already finished\n").Length - 1)

[<Fact>]
let ``--only also trains the trials that a row depends on, and the whole table reuses them`` () =
    let out = Path.Combine(home, "part")
    let code, output, _ = session out [ "--only"; "student" ] [ family ]
    Assert.Equal(0, code)
    Assert.Contains("trial 1 of 2: teacher of 'student', seed 1: ", output)
    Assert.Contains("trial 2 of 2: student, seed 1: ", output)
    let _, output, _ = session out [ "--only"; "crnn" ] [ family ]
    Assert.Contains("trial 1 of 1: crnn, seed 1: already finished", output)

[<Fact>]
let ``a trial that depends on a failed one names the cause and is retried with it`` () =
    let out = Path.Combine(home, "failing")
    let wrong = customLayer "wrong" 1 4 (fun _ -> invalidOp "it cannot be made")
    let broken = {
        family with
            Alongside = [
                "crnn", [ Network(layers "wrong" { layer wrong }) ]
                "student", [ Dropout 0.3; pseudoLabelsFrom "crnn" Soft ]
                "student's student", [ Dropout 0.4; pseudoLabelsFrom "student" Soft ]
            ]
    }
    let code, output, _ = session out [] [ broken ]
    Assert.Equal(1, code)
    Assert.Contains(
        "student, seed 1: failed: a trial that it depends on has failed: InvalidOperationException: it cannot be made",
        output
    )
    Assert.Contains("student's student, seed 1: failed: a trial that it depends on has failed: ", output)
    let _, again, _ = session out [ "--retry-failed" ] [ broken ]
    Assert.Equal(3, again.Split("seed 1: failed: ").Length - 1)
