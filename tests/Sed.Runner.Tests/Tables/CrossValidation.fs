/// A cross-validation on recordings with events, which is trained once for all tests.
module internal Sed.Runner.Tests.CrossValidation

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Audio
open Sed.Core.Runtime
open Sed.Runner

/// The folder of the runs.
let folder =
    Path.Combine(Path.GetTempPath(), "sed-folds-" + Guid.NewGuid().ToString "N")

/// Recordings of 2 s in faint noise, 24 for training and 6 for testing: a loud tone in every second one, bursts of noise in every third one.
let recordings: Lazy<string> =
    lazy
        (let corpus = Path.Combine(folder, "recordings")
         for split in [ "train"; "test" ] do
             Directory.CreateDirectory(Path.Combine(corpus, split)) |> ignore
         let rate, random = 8000, Random 1
         for number in 1..30 do
             let onset = 0.2 + random.NextDouble()
             let events = [
                 if number % 2 = 0 then
                     onset, onset + 0.6, "beep"
                 if number % 3 = 0 then
                     1.9 - onset, 2.0 - onset, "knock"
             ]
             let sample i =
                 let time = float i / float rate
                 let noise = random.NextDouble() - 0.5
                 List.sum [
                     0.02 * noise
                     for onset, offset, label in events do
                         if onset <= time && time < offset then
                             if label = "beep" then
                                 0.3 * sin (2.0 * Math.PI * 1000.0 * time)
                             else
                                 noise
                 ]
             let name =
                 Path.Combine(corpus, (if number <= 24 then "train" else "test"), $"rec{number:D2}")
             WavWriter.Write(name + ".wav", ReadOnlySpan(Array.init (2 * rate) (sample >> float32)), rate)
             File.WriteAllLines(
                 name + ".txt",
                 [
                     for onset, offset, label in events ->
                         FormattableString.Invariant $"{onset:F3}\t{offset:F3}\t{label}"
                 ]
             )
         corpus)

/// Two rows that differ in decoding only; the second one is tuned for each fold.
let crossValidated =
    lazy
        (experiment "folds" {
            title "Three folds and two seeds"
            data (corpusWith recordings.Value { clip 2.0<s> })
            features (logMel { overlap 0.0 })
            network (
                crnn {
                    convolutions [ 8, 5; 8, 8 ]
                    recurrent [ 8 ]
                    dense []
                }
            )
            train (
                training {
                    optimizer (adam 1e-2)
                    epochs 12
                    batch 4
                    labels Strong
                    keepLast true
                }
            )
            addRow "fixed" [ Threshold 0.3 ]
            addRow "tuned" [ Tune ThresholdPerClass ]
            folds 3
            selectOn Validation
            scoreOn Validation
            seeds [ 1; 2 ]
            report [ StrongF; WeakF; MeanAP ]
            figures [ PerClass [] ]
        })

let planOf experiment =
    match Plan.ofExperiment Choices.none experiment with
    | Result.Ok plan -> plan
    | Result.Error problems -> failwith (Problem.printAll "folds" problems)

/// The states of a plan's trials after all of them are trained.
let train (workspace: Workspace) (plan: Plan) = [
    for trial in plan.Trials ->
        let own = workspace.TrialFolder trial.Specification
        match TrialFolder.state own with
        | Finished _ as state -> trial, state
        | _ ->
            use right = TrialFolder.tryLock own |> Option.get
            match TrialRun.run workspace right own trial.Specification None ignore CancellationToken.None with
            | TrialRun.Completed result ->
                TrialFolder.finish own result
                trial, Finished result
            | TrialRun.Suspended pause -> trial, Stopped pause
]

/// The workspace of all trials. Tests of several experiments share it.
let trained: Lazy<Workspace> =
    lazy
        (Torch.Initialize()
         let workspace =
             new Workspace(folder, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
         AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
             (workspace :> IDisposable).Dispose()
             Directory.Delete(folder, true))
         workspace)

/// The outcome of an edited experiment with changed states of its trials.
let outcomeOf (edit: Experiment -> Experiment) change =
    let workspace = trained.Value
    let plan = planOf (edit crossValidated.Value)
    ExperimentOutcome.ofStates workspace plan (change (train workspace plan))

/// The outcome of the whole experiment.
let outcome = lazy (outcomeOf id id)
