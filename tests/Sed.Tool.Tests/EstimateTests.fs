/// seddsl estimate, with a model that detects loud recordings.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.EstimateTests

open System
open System.IO
open System.Text.Json
open Xunit
open Sed.Core.Labelling.Estimates
open Sed.Core.Models
open Sed.Tool.Tests.LoudnessModel

let private recordings = 60
let private name k = $"r%02d{k}.wav"
let private isLoud k = k % 3 = 0

/// Every fifth loud recording has no car.
let private hasCar k = isLoud k && k % 15 <> 0

/// The recordings that were drawn at random: every other one.
let private drawn = [ 0..2 .. recordings - 1 ]

let private setTime (path: string) year =
    File.SetLastWriteTimeUtc(path, DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc))

let private queue (folder: Folder) rows =
    let path =
        folder.List("in/review/next.tsv", "filename onset offset reason score inclusion" :: rows)
    setTime path 2022

/// The labels of reviewed recordings.
let private review (folder: Folder) (reviewed: int list) =
    folder.List(
        "in/review/annotated.tsv",
        [
            "filename onset offset event_label"
            for k in reviewed do
                $"{name k} 0 1 "
        ]
    )
    |> ignore
    folder.List(
        "in/review/events.tsv",
        [
            "filename onset offset event_label reviewer reviewed"
            for k in reviewed do
                if hasCar k then
                    $"{name k} 0.2 0.6 Car Ada 2023-01-01T00:00:00Z"
        ]
    )
    |> ignore

/// A model that is older than the queue, 60 recordings of 1 s, of which 20 are loud and 16 have a car, and a queue of 30.
let private prepare (folder: Folder) =
    let model = write (folder.Path "m.sed")
    setTime model 2021
    for k in 0 .. recordings - 1 do
        wav folder $"in/{name k}" 1.0 (if isLoud k then [ 0.2, 0.6 ] else []) |> ignore
    queue folder [
        for k in drawn do
            $"{name k} 0 1 random  0.5"
    ]
    folder.List(
        "in/review/population.tsv",
        [
            "filename round"
            for k in 0 .. recordings - 1 do
                $"{name k} 1"
        ]
    )
    |> ignore
    model

let private estimate (folder: Folder) options =
    Run.seddsl (
        [
            "estimate"
            folder.Path "m.sed"
            folder.Path "in"
            "--run"
            folder.Path "runs"
        ]
        @ options
    )

let private json folder options =
    let run = estimate folder ("--json" :: options)
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    JsonDocument.Parse(run.Output).RootElement

let private isEstimate path (expected: Estimate) element =
    Assert.Equal(expected.Value, Run.number $"{path}/value" element, 9)
    Assert.Equal(expected.Low, Run.number $"{path}/low" element, 9)
    Assert.Equal(expected.High, Run.number $"{path}/high" element, 9)

let private fails (run: Run) (message: string) =
    Assert.Equal(2, run.ExitCode)
    Assert.Equal($"seddsl estimate: {message}{Environment.NewLine}", run.Errors)

[<Fact>]
let ``the random stretches give the prevalence, and precision and recall at the model's threshold`` () =
    use folder = new Folder()
    prepare folder |> ignore
    review folder drawn
    let result = json folder [ "--precision"; "0.7" ]
    Assert.Equal(60.0, Run.number "stretches" result)
    Assert.Equal(30.0, Run.number "reviewed" result)
    Assert.True((Run.at "unseen" result).GetBoolean())
    let car = Run.at "classes/1" result
    Assert.Equal("Car", (Run.at "class" car).GetString())
    // 10 of the drawn recordings are loud, and 8 of them have a car.
    Assert.Equal(8.0 / 30.0, Run.number "share/value" car, 9)
    Assert.Equal(16.0, Run.number "stretches/value" car, 9)
    Assert.InRange(Run.number "stretches/low" car, 8.0, 14.0)
    Assert.InRange(Run.number "stretches/high" car, 18.0, 38.0)
    Assert.Equal(20.0, Run.number "at_threshold/detected" car)
    isEstimate "at_threshold/precision" (BinomialInterval.Of(8.0, 10.0)) car
    isEstimate "at_threshold/recall" (BinomialInterval.Of(8.0, 8.0)) car
    Assert.Equal(20.0, Run.number "at_precision/detected" car)
    // No drawn recording has a horn.
    let horn = Run.at "classes/0" result
    Assert.Equal(0.0, Run.number "share/value" horn)
    Assert.InRange(Run.number "share/high" horn, 0.02, 0.15)
    Assert.Equal(JsonValueKind.Null, (Run.at "at_precision" horn).ValueKind)

[<Fact>]
let ``the tables fit in 80 columns and state what limits the estimates`` () =
    use folder = new Folder()
    prepare folder |> ignore
    review folder (List.take 20 drawn)
    let run = estimate folder []
    Assert.Equal(0, run.ExitCode)
    let lines = run.Output.ReplaceLineEndings("\n").Split '\n'
    let isProse (line: string) =
        line.StartsWith "note: " || line.EndsWith '.'
    for line in lines do
        if not (isProse line) then
            Assert.True(line.TrimEnd().Length <= 80, line)
    Assert.Contains("Prevalence in 60 stretches of 1 s", run.Output)
    Assert.Contains("Random stretches of round 1: 30, of which 20 are reviewed.", run.Output)
    Assert.Contains(
        "note: 10 random stretches are not reviewed. The estimates are biased if stretches were left out because of their content.",
        run.Output
    )
    Assert.Contains(
        "note: Only 20 random stretches are reviewed; with 50 or more, the intervals are narrower and more reliable.",
        run.Output
    )
    Assert.Contains(
        "note: Classes in fewer than two random stretches: Air horn, truck horn. Their intervals are wide, usually wider than the confidence level requires.",
        run.Output
    )
    Assert.Contains(
        "Classes for which no threshold reaches a precision of 0.9 in the random stretches: Air horn, truck horn, Car. Review more random stretches, or lower --precision.",
        run.Output
    )

[<Fact>]
let ``the calibrated model detects with the calibrated probabilities and thresholds`` () =
    use folder = new Folder()
    prepare folder |> ignore
    review folder drawn
    let out = folder.Path "calibrated.sed"
    let result = json folder [ "--precision"; "0.7"; "--out"; out ]
    let calibration = Run.at "classes/1/calibration" result
    // Two of the 30 recordings are loud without a car, and all scores are near 0 or 1.
    Assert.InRange(Run.number "error_before" calibration, 0.06, 0.075)
    Assert.InRange(Run.number "error_after" calibration, 0.0, 0.03)
    let detection = (ModelFile.Read out).Detection
    let frames = (Unchecked.nonNull detection.Calibration).Frames
    let map = frames["Car"]
    // 8 of the 10 loud recordings have a car.
    Assert.InRange(map.Of 1.0f, 0.7f, 0.9f)
    Assert.InRange(map.Of 0.0f, 0.0f, 0.1f)
    Assert.Equal(Run.number "threshold" calibration, detection.Of("Car").Threshold, 6)
    Assert.False(frames.ContainsKey "Air horn, truck horn")
    let events model =
        (Run.seddsl [ "predict"; model; folder.Path "in"; "--tags" ]).Output
    Assert.Equal(events (folder.Path "m.sed"), events out)

[<Fact>]
let ``a model that is newer than the queue is estimated without its scores and is not calibrated`` () =
    use folder = new Folder()
    let model = prepare folder
    review folder drawn
    setTime model 2024
    let result = json folder []
    Assert.False((Run.at "unseen" result).GetBoolean())
    let car = Run.at "classes/1" result
    Assert.Equal(8.0 / 30.0, Run.number "share/value" car, 9)
    Assert.False(fst (car.TryGetProperty "at_threshold"))
    Assert.StartsWith(
        "The model file is newer than the queues, so the model may have been trained on the labels of the random stretches.",
        (Run.at "notes/0" result).GetString()
    )
    let queues = folder.Path "in/review"
    fails
        (estimate folder [ "--out"; folder.Path "c.sed" ])
        $"--out: {model} is newer than the queues in {queues}, so it may have been trained on the labels of the random stretches, and the calibration would be wrong; write a queue with this model ('seddsl next') and review its random stretches, or use --unseen to name the first round whose labels the model was not trained on"
    let stated = json folder [ "--unseen"; "1" ]
    Assert.True((Run.at "unseen" stated).GetBoolean())
    fails (estimate folder [ "--unseen"; "2" ]) "--unseen must be a round from 1 to 1, was 2"

[<Fact>]
let ``without reviewed random stretches, the command says what is missing`` () =
    use folder = new Folder()
    let model = prepare folder
    let queues = folder.Path "in/review"
    let nothingReviewed =
        $"""{folder.Path "in"}: none of the 30 stretches that were drawn at random is reviewed; review the stretches of the queue with 'seddsl review'"""
    fails (estimate folder []) nothingReviewed
    review folder [ 1; 3 ]
    fails (estimate folder []) nothingReviewed
    fails
        (estimate folder [ "--stretch"; "0.5" ])
        $"""--stretch: if the recordings in {folder.Path "in"} are divided into stretches of 0.5 s, none of them is a stretch that was drawn at random; give the length that was given to 'seddsl next'"""
    queue folder [ $"{name 1} 0 1 uncertain 0.9 " ]
    fails
        (estimate folder [])
        $"{queues}: no queue has a random stretch. An estimate needs stretches that 'seddsl next' drew at random; an estimate from other stretches would be biased. Run 'seddsl next' with a share of random stretches (--random), review them and try again"
    File.Delete(folder.Path "in/review/next.tsv")
    fails
        (estimate folder [])
        $"""{queues}: there are no queues. An estimate needs stretches that 'seddsl next' drew at random and listed in a queue; an estimate from other stretches would be biased. Run 'seddsl next {model} {folder.Path "in"}', review the stretches and try again"""

[<Fact>]
let ``all invalid options are reported together`` () =
    use folder = new Folder()
    let run =
        estimate folder [ "--precision"; "1"; "--stretch"; "0"; "--out"; "calibrated.onnx" ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal<string list>(
        [
            $"""seddsl estimate: {folder.Path "in"}: there is no such folder"""
            "seddsl estimate: --precision must be between 0 and 1, was 1"
            "seddsl estimate: --stretch: The length of a stretch must be between 0.1 s and 1000000000 s, was 0 s."
            "seddsl estimate: --out calibrated.onnx: the name of a model file ends with .sed"
        ],
        [
            for line in run.Errors.ReplaceLineEndings("\n").Split '\n' do
                if line <> "" then
                    line
        ]
    )
