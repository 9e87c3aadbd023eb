/// The held-out clips of the folds of a seed are scored together.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.PooledFoldsTests

open System
open System.IO
open Deedle
open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.CrossValidation

let private trialsOf row seed (outcome: ExperimentOutcome) =
    outcome.Finished
    |> List.filter (fun one -> one.Trial.Variant.Label = row && one.Trial.Specification.Seed = seed)

/// Strong F from the counts of several sets of clips.
let private strongF (trials: FinishedTrial list) =
    let counts =
        [ for one in trials -> one.Scored.Once().Segments.Overall ]
        |> List.reduce (fun sum own -> sum + own)
    2.0 * float counts.TruePositives / float (counts.Reference + counts.Estimated)

let private statisticsOf (metric: Metric) (outcome: ExperimentOutcome) =
    outcome.Statistics |> List.find (fun own -> own.Metric = metric)

let private notes (outcome: ExperimentOutcome) = String.concat "\n" outcome.Table.Notes

[<Fact>]
let ``the F-score of a seed is that of the held-out clips of all folds together`` () =
    let outcome = outcome.Value
    for row in [ "fixed"; "tuned" ] do
        let perSeed = [ for seed in [ 1; 2 ] -> strongF (trialsOf row seed outcome) ]
        let estimate = (statisticsOf StrongF outcome).Estimates[row]
        Assert.Equal(List.average perSeed, estimate.Mean, 12)
        Assert.True(estimate.Mean > 0.0)

[<Fact>]
let ``two seeds with three folds are two training runs over all clips`` () =
    let outcome = outcome.Value
    let estimate = (statisticsOf StrongF outcome).Estimates["tuned"]
    Assert.Equal(2, estimate.Trials)
    Assert.Equal(3, estimate.Folds)
    for own in outcome.Repetitions do
        Assert.Equal(24, own.Scored.Inputs.Units.Count)
        Assert.Equal(24, (Seq.distinct own.Scored.Names |> Seq.length))
    // Each fold has eight clips, which are too few for an interval.
    Assert.True estimate.Interval.IsOk
    Assert.Equal(
        Result.Error "only 24 independent clips; an interval needs at least 100",
        (statisticsOf MeanAP outcome).Estimates["tuned"].Interval
    )
    Assert.Equal<string list>([ "2"; "2" ], [ for row in outcome.Table.Rows -> List.last row ])
    Assert.Equal("seeds", (List.last outcome.Table.Headings).Text)

[<Fact>]
let ``every fold keeps its tuned thresholds`` () =
    let outcome = outcome.Value
    let pool =
        outcome.Repetitions
        |> List.find (fun own -> own.Variant.Label = "tuned" && own.Seed = 1)
    let folds = trialsOf "tuned" 1 outcome
    Assert.Equal<Sed.Core.Detection.DetectionOptions>(
        [ for one in folds -> one.Scored.Detection ],
        pool.Scored.Detections
    )
    for one in folds do
        for name in one.Scored.Names do
            Assert.Equal<Sed.Core.Annotations.SoundEvent array>(
                one.Scored.Events.EventsOf(name).ToArray(),
                pool.Scored.Events.EventsOf(name).ToArray()
            )

[<Fact>]
let ``rows that share the training runs of their folds are compared seed by seed`` () =
    let outcome = outcome.Value
    let statistics = statisticsOf StrongF outcome
    let scores row = [ for seed in [ 1; 2 ] -> strongF (trialsOf row seed outcome) ]
    let differences = List.map2 (-) (scores "fixed") (scores "tuned")
    for KeyValue(row, comparison) in statistics.Comparisons do
        let sign = if row = "fixed" then 1.0 else -1.0
        Assert.Equal(sign * List.average differences, comparison.Gain, 12)
        Assert.False comparison.IsOfNetworks
        Assert.True comparison.Verdict.IsOk

[<Fact>]
let ``the table says how folds are scored`` () =
    let outcome = outcome.Value
    let notes = notes outcome
    Assert.Contains("scored on 24 validation clips in 3 folds.", notes)
    Assert.Contains(
        "The folds of a seed are scored together: every clip is scored once, by the network that was trained without it.",
        notes
    )
    Assert.Contains(
        "mAP: computed from the probabilities of all folds together, which are from different networks.",
        notes
    )
    Assert.Contains("±: standard deviation over seeds.", notes)
    Assert.Contains("mean of 2 seeds", outcome.Below.Head.Title)

[<Fact>]
let ``one seed with folds is called one seed, not one network`` () =
    let outcome = outcomeOf (fun all -> { all with Seeds = [ 1 ] }) id
    let words = String.concat "\n" outcome.Verdicts
    Assert.Contains(" over clips (one seed).", words)
    Assert.DoesNotContain("network", outcome.Answer.Replace("networks of one seed", ""))
    Assert.Contains("Rows with one seed: ", notes outcome)

[<Fact>]
let ``a seed with an unfinished or failed fold is not scored yet`` () =
    let failure = { Error = "out of memory"; Trace = "" }
    let outcome =
        outcomeOf id (fun states -> [
            for trial, state in states ->
                trial,
                match trial.Variant.Label, trial.Specification.Seed, trial.Specification.Holdout with
                | "fixed", 2, Fold(3, _) -> Failed failure
                | "tuned", 2, Fold(1, _) -> Open
                | _ -> state
        ])
    for row in [ "fixed"; "tuned" ] do
        let estimate = (statisticsOf StrongF outcome).Estimates[row]
        Assert.Equal(1, estimate.Trials)
        Assert.Equal(strongF (trialsOf row 1 outcome), estimate.Mean, 12)
    Assert.Equal<string list>(
        [ "1, incomplete: 1, failed folds: 1"; "1, incomplete: 1" ],
        [ for row in outcome.Table.Rows -> List.last row ]
    )
    Assert.Contains(
        "Incomplete: seeds of which only some folds are finished. A seed is scored when all of its folds are finished.",
        notes outcome
    )
    Assert.Equal(10, outcome.Frame.RowCount)

[<Fact>]
let ``without a complete seed, no row has a score`` () =
    let outcome =
        outcomeOf id (fun states -> [
            for trial, state in states ->
                trial,
                match trial.Specification.Holdout with
                | Fold(1, _) -> Open
                | _ -> state
        ])
    Assert.Equal("No row has a score yet.", outcome.Answer)
    Assert.Equal("strong F: no row has a score yet.", outcome.Verdicts.Head)
    Assert.Equal<string list>(
        [ "0, incomplete: 2"; "0, incomplete: 2" ],
        [ for row in outcome.Table.Rows -> List.last row ]
    )
    let file = Path.Combine(folder, "none.html")
    Report.write trained.Value outcome false "dotnet fsi folds.fsx" file
    Assert.Contains("No row has a score yet.", File.ReadAllText file)

[<Fact>]
let ``folds that are scored on testing clips are training runs on the same clips`` () =
    let outcome =
        outcomeOf
            (fun all -> {
                all with
                    ScoreOn = Testing
                    Showing = [ ClassF1 ]
            })
            id
    let estimate = (statisticsOf StrongF outcome).Estimates["fixed"]
    let trials =
        outcome.Finished |> List.filter (fun one -> one.Trial.Variant.Label = "fixed")
    Assert.Equal(6, trials.Length)
    Assert.Equal(6, estimate.Trials)
    Assert.Equal(1, estimate.Folds)
    Assert.Equal(List.average [ for one in trials -> StrongF.Of(one.Scored.Once()) ], estimate.Mean, 12)
    Assert.Equal<string list>([ "6"; "6" ], [ for row in outcome.Table.Rows -> List.last row ])
    Assert.Contains("±: standard deviation over seeds and folds.", notes outcome)
    Assert.DoesNotContain("scored together", notes outcome)
    for table in outcome.Below do
        Assert.Contains(
            "mean of the probabilities of all seeds and folds; scored on 6 clips.",
            String.concat "\n" table.Notes
        )
    Assert.DoesNotContain(", all folds", String.concat "\n" outcome.Frame.ColumnKeys)

[<Fact>]
let ``without folds, decoding is tuned on the held-out fold of the row, even if other folds are trained`` () =
    outcome.Value |> ignore
    let alone =
        outcomeOf
            (fun all -> {
                all with
                    Folds = 0
                    Seeds = [ 1 ]
                    Alongside = [ "tuned", [ HeldOut(Fold(1, 3)); Tune ThresholdPerClass ] ]
            })
            id
    let scored = (Assert.Single alone.Finished).Scored
    let noSteps: Collections.Generic.IReadOnlyList<Sed.Core.Detection.Steps.DecodingStep> array = [| [||] |]
    let ownTuned =
        Sed.Core.Scoring.DetectionTuner.Tune(
            scored.Truth,
            scored.Scores,
            Detection.options crossValidated.Value.Detection,
            noSteps
        )
    let thresholds (detection: Sed.Core.Detection.DetectionOptions) = [
        for own in detection.PerClass |> Seq.sortBy _.Key -> own.Key, own.Value.Threshold
    ]
    Assert.Equal(2, ownTuned.PerClass.Count)
    Assert.Equal<(string * float) list>(thresholds ownTuned, thresholds scored.Detection)
    Assert.Contains(
        "Decoding was tuned for each class on the 8 validation clips (by segment-based F-score). The same clips are scored, so the scores are optimistic.",
        notes alone
    )
    Assert.DoesNotContain("scored together", notes alone)
    Assert.DoesNotContain("pooled folds", String.concat "\n" alone.Frame.ColumnKeys)

[<Fact>]
let ``clips whose audio cannot be read are neither counted nor part of constant predictions`` () =
    let corpus = Path.Combine(folder, "unreadable")
    for split in [ "train"; "test" ] do
        Directory.CreateDirectory(Path.Combine(corpus, split)) |> ignore
        for file in Directory.GetFiles(Path.Combine(recordings.Value, split)) do
            File.Copy(file, Path.Combine(corpus, split, string (Path.GetFileName file)))
    let plan =
        planOf {
            crossValidated.Value with
                Data = Some(corpusWith corpus { clip 2.0<s> })
                Training = crossValidated.Value.Training |> Training.change _.WithEpochs(1)
                Alongside = [ "tuned", [ Tune ThresholdPerClass ] ]
                Folds = 0
                SelectOn = Testing
                ScoreOn = Testing
                Seeds = [ 1 ]
                Showing = [ ClassF1 ]
        }
    use workspace =
        new Workspace(
            Path.Combine(folder, "unreadable runs"),
            Sed.Core.Runtime.Devices.Choose "cpu",
            ignore,
            (fun _ _ _ -> ()),
            Threading.CancellationToken.None
        )
    workspace.Whole plan.Trials.Head.Specification |> ignore
    // Damaged after the check of the corpus. Of the six testing clips, it is one of three with a beep.
    let file = Path.Combine(corpus, "test", "rec26.wav")
    File.WriteAllBytes(file, Array.zeroCreate (int (FileInfo file).Length))
    let outcome = ExperimentOutcome.ofStates workspace plan (train workspace plan)
    let one = Assert.Single outcome.Finished
    Assert.Contains("unreadable: scored on 5 testing clips.", notes outcome)
    Assert.Contains("Decoding was tuned for each class on the 5 testing clips", notes outcome)
    // All four tags of the five clips are predicted, and six more.
    Assert.Equal(8.0 / 14.0, one.Bounds["weak F"], 12)
    let beeps = (one.Scored.Once().Segments[0]).Reference
    let always = 2.0 * float beeps / float (beeps + 10L)
    let row = outcome.Below.Head.Rows.Head
    Assert.Equal<string list>([ "beep"; "2"; FormattableString.Invariant $"{always:F3}" ], [ row[0]; row[1]; row[4] ])

[<Fact>]
let ``the stored table has the scores of each fold and of all folds, and is shown with the latter`` () =
    let outcome = outcome.Value
    Directory.CreateDirectory(nonNull (Path.GetDirectoryName outcome.File))
    |> ignore
    ExperimentOutcome.save outcome
    let frame = Results.read folder "folds"
    Assert.Equal<int>([ 1; 2; 3 ], frame.GetColumn<int>("fold").Values |> Seq.truncate 3)
    let ofFold = frame.GetColumn<float> "strong F"
    Assert.Equal(StrongF.Of(outcome.Finished.Head.Scored.Once()), ofFold[0], 12)
    let pooled = frame.GetColumn<float> "strong F, all folds"
    Assert.Equal(strongF (trialsOf "fixed" 1 outcome), pooled[0], 12)
    Assert.Equal(pooled[0], pooled[2])
    let estimates = (statisticsOf StrongF outcome).Estimates
    let shown = StoredTables.describe folder "folds" [ "strong F" ]
    Assert.Equal<string list>(
        [
            for row in [ "fixed"; "tuned" ] ->
                let own = estimates[row]
                FormattableString.Invariant $"{row} | 6 | {own.Mean:F3} ± {own.Deviation.Value:F3}"
        ],
        shown.Rows |> List.map (String.concat " | ")
    )
    Assert.StartsWith(
        "Metrics of rows with folds: computed on the held-out clips of all folds of a seed together.",
        shown.Notes.Head
    )
    let compared =
        File.Copy(outcome.File, Path.Combine(nonNull (Path.GetDirectoryName outcome.File), "again.csv"))
        Results.compare folder "folds" "again"
    Assert.Equal(estimates["tuned"].Mean, compared.GetColumn<float>("strong F, folds")["tuned"], 12)
    let refused =
        Assert.Throws<ArgumentException>(fun () -> StoredTables.describe folder "folds" [ "what" ] |> ignore)
    Assert.DoesNotContain("all folds", refused.Message)

[<Fact>]
let ``the report shows the clips of all folds and the networks of a seed`` () =
    let file = Path.Combine(folder, "folds.html")
    Report.write trained.Value outcome.Value false "dotnet fsi folds.fsx" file
    let page = File.ReadAllText file
    Assert.Contains("Dot: mean over seeds.", page)
    Assert.Contains("for the best seed of each row", page)
    Assert.Contains("24 training, 6 testing clips", page)
    Assert.Contains("Each trial keeps the network of the last epoch", page)

[<Fact>]
let ``folds are not scored together with validation clips of the corpus`` () =
    let corpus = Path.Combine(folder, "with validation")
    for split, numbers in [ "train", [ 1..9 ]; "validation", [ 10..12 ] ] do
        Directory.CreateDirectory(Path.Combine(corpus, split)) |> ignore
        for number in numbers do
            for ending in [ "wav"; "txt" ] do
                let file = $"rec{number:D2}.{ending}"
                File.Copy(Path.Combine(recordings.Value, "train", file), Path.Combine(corpus, split, file))
    let plan =
        planOf {
            crossValidated.Value with
                Data = Some(corpusWith corpus { clip 2.0<s> })
        }
    Assert.Equal<string list>(
        [
            "folds: with validation has validation clips of its own, which would be scored with every fold; make them training clips, or choose the scored split with `scoreOn`"
        ],
        [
            for problem in CorpusProblems.ofPlan trained.Value plan -> Problem.print problem
        ]
    )
