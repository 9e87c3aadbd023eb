/// Runs the unfinished trials of a plan, one after another.
module internal Sed.Runner.Sweep

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Threading
open Sed
open Sed.Core.Corpora
open Sed.Core.Features.Store
open Sed.Core.Runtime
open Sed.Core.Runtime.Keys
open Sed.Core.Training

/// Whether an error stops the whole run rather than one trial: unreadable data, unwritable storage or Ctrl-C.
let private stopsEverything (error: exn) =
    match error with
    | :? OperationCanceledException
    | :? IOException
    | :? UnauthorizedAccessException
    | :? CorpusException
    | :? FeatureStoreException -> true
    | _ -> false

/// The scores of an epoch for progress lines, on the split that early stopping monitors.
let private scoreWords (score: Metric -> float option) =
    [
        for metric, digits in [ WeakF, "F3"; StrongF, "F3"; StrongER, "F2" ] do
            match score metric with
            | Some value -> $"{metric.Name} {value.ToString(digits, CultureInfo.InvariantCulture)}"
            | None -> ()
    ]
    |> String.concat ", "

let private summary folder (result: TrialResult) =
    // An ensemble is not trained, so it has no training time.
    let took =
        match (TrialFolder.timing folder).Seconds with
        | seconds when Double.IsNaN seconds -> ""
        | seconds -> $", {Duration.print (TimeSpan.FromSeconds seconds)}"
    let best =
        result.History |> List.tryFind (fun epoch -> epoch.Epoch = result.BestEpoch)
    let scores =
        match best with
        | Some epoch -> scoreWords (fun metric -> Map.tryFind metric.Key epoch.Scores)
        | None -> ""
    $"{scores}; best of {result.Epochs} epochs was {result.BestEpoch}; {result.Parameters} parameters{took}"

/// The unfinished trials with their indices in the plan. A training run that several rows share is listed once.
let openTrials (workspace: Workspace) (plan: Plan) =
    Plan.allTrials plan
    |> List.indexed
    |> List.distinctBy (fun (_, trial) -> workspace.TrialFolder trial.Specification)
    |> TrialFolder.readAll (fun (index, trial) ->
        index, trial, TrialFolder.state (workspace.TrialFolder trial.Specification))
    |> List.choose (fun (index, trial, state) -> if state.IsOpen then Some(index, trial) else None)

/// The state of the trials that another trial depends on.
type private Needs =
    | Ready
    /// At least one is unfinished.
    | Unfinished
    | Hopeless of TrialFailure

let private needs (workspace: Workspace) (trial: Trial) =
    let states = [
        for other in Specification.needs trial.Specification -> TrialFolder.state (workspace.TrialFolder other)
    ]
    let failure =
        states
        |> List.tryPick (function
            | Failed failure -> Some failure
            | _ -> None)
    match failure with
    | Some failure -> Hopeless failure
    | None when states |> List.forall _.IsFinished -> Ready
    | None -> Unfinished

/// Trains a plan's unfinished trials in a worker process, in reverse order. Skips trials that another process is
/// training, and trials whose dependencies are not finished.
let rec help (workspace: Workspace) (plan: Plan) (stop: CancellationToken) =
    let waiting = [
        for _, trial in List.rev (openTrials workspace plan) do
            let folder = workspace.TrialFolder trial.Specification
            match needs workspace trial with
            | Unfinished -> trial
            | Hopeless _ -> () // the main process reports it
            | Ready ->
                match TrialFolder.tryLock folder with
                | Some lock ->
                    use _ = lock
                    match TrialFolder.state folder with
                    | Open ->
                        try
                            TrialRun.run workspace lock folder trial.Specification ignore stop
                            |> TrialFolder.finish folder
                        with
                        | :? CheckpointException -> () // the main process renames the checkpoint and reports it
                        | :? LockLostException -> () // another process is training it now
                        | error when not (stopsEverything error) ->
                            TrialFolder.fail folder (CanonicalKey.Text(Specification.key trial.Specification)) error
                            |> ignore
                    | Finished _
                    | Failed _ -> ()
                | None -> ()
    ]
    if not waiting.IsEmpty then
        stop.WaitHandle.WaitOne 1000 |> ignore
        stop.ThrowIfCancellationRequested()
        help workspace plan stop

/// Trains until every trial of the plan is finished or has failed. Returns their states in the plan's order.
/// left: the estimate of the remaining time, which is appended to progress lines.
let run
    (workspace: Workspace)
    (display: Display)
    (retryFailed: bool)
    (plan: Plan)
    (left: unit -> string)
    (stop: CancellationToken)
    =
    let trials = List.toArray (Plan.allTrials plan)
    let states = Array.create trials.Length Open
    let waiting = Queue [ 0 .. trials.Length - 1 ]
    let openAtFirst = openTrials workspace plan |> Seq.map fst |> HashSet
    let mutable turnedAway = 0 // consecutive trials that other processes train

    let name index =
        $"trial {index + 1} of {trials.Length}: {trials[index].Name}"

    let details folder =
        $" (details: {TrialFolder.failureFile folder})"

    let train index folder right =
        let specification = trials[index].Specification
        let progress (epoch: EpochReport) =
            display.State(
                $"{name index}, epoch {epoch.Epoch} of {specification.Training.Options.Epochs}, loss {epoch.Loss:F4}, "
                + scoreWords (fun metric ->
                    if epoch.Scores.ContainsKey metric.Key then
                        Some(epoch.Score metric)
                    else
                        None)
                + ", "
                + $"{epoch.ClipsPerSecond:F0} clips/s"
                + (match left () with
                   | "" -> ""
                   | left -> $", {left}")
            )
        // A damaged checkpoint may have been loaded in part, so the network is created again.
        let rec runOrAnew () =
            try
                TrialRun.run workspace right folder specification progress stop
            with :? CheckpointException as damaged ->
                let aside = TrialFolder.setAside damaged.File
                display.Line $"{name index}: its damaged checkpoint was renamed to {aside}, and the trial starts again"
                runOrAnew ()
        try
            let result = runOrAnew ()
            TrialFolder.finish folder result
            display.Line $"{name index}: {summary folder result}"
            Finished result
        with
        | :? LockLostException as lost ->
            display.Line $"{name index}: {lost.Message}"
            waiting.Enqueue index
            Open
        | error when not (stopsEverything error) ->
            let failure =
                TrialFolder.fail folder (CanonicalKey.Text(Specification.key specification)) error
            display.Line $"{name index}: failed: {failure.Error}{details folder}"
            Failed failure

    /// The final state of a trial; None if it must be trained.
    let settled index folder =
        match TrialFolder.state folder with
        | Finished result ->
            // A trial that was unfinished at the start has been trained by another process.
            let words =
                if openAtFirst.Contains index then
                    summary folder result
                else
                    "already finished"
            display.Line $"{name index}: {words}"
            Some(Finished result)
        | Failed failure when not retryFailed ->
            display.Line $"{name index}: failed before: {failure.Error}{details folder}"
            Some(Failed failure)
        | Failed _
        | Open -> None

    /// Fails a trial because a dependency has failed. Its dependents receive the first cause.
    let fail index folder (cause: TrialFailure) =
        let error =
            InvalidOperationException $"a trial that it depends on has failed: {cause.Error}"
        let failure =
            TrialFolder.fail folder (CanonicalKey.Text(Specification.key trials[index].Specification)) error
        display.Line $"{name index}: failed: {failure.Error}{details folder}"
        Failed failure

    /// Moves a trial to the end of the queue. If no trial of the queue can be trained now, waits for a moment.
    let turnAway index (why: string) =
        waiting.Enqueue index
        turnedAway <- turnedAway + 1
        if turnedAway >= waiting.Count then
            display.State $"{name index}: {why}"
            stop.WaitHandle.WaitOne 1000 |> ignore
            turnedAway <- 0

    while waiting.Count > 0 do
        stop.ThrowIfCancellationRequested()
        let index = waiting.Dequeue()
        let specification = trials[index].Specification
        let folder = workspace.TrialFolder specification
        // A finished trial needs no lock, so that results can be shown from read-only storage.
        match settled index folder with
        | Some state -> states[index] <- state
        | None ->
            match needs workspace trials[index] with
            | Unfinished -> turnAway index "another process is training a trial that it depends on"
            | wanted ->
                match TrialFolder.tryLock folder with
                | None -> turnAway index $"another process is training it{TrialFolder.progress folder}"
                | Some lock ->
                    use _ = lock
                    match wanted with
                    | Hopeless cause -> states[index] <- fail index folder cause
                    | _ ->
                        turnedAway <- 0
                        // Another process may have finished it in the meantime.
                        states[index] <- settled index folder |> Option.defaultWith (fun () -> train index folder lock)
    let stateOf =
        dict [ for index, trial in Seq.indexed trials -> trial, states[index] ]
    [ for trial in plan.Trials -> trial, stateOf[trial] ]
