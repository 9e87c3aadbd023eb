/// Runs the trials of a plan that have no result yet, one after another.
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

/// What stops everything, not one trial: nothing to read, nowhere to write, or Ctrl-C.
let private stopsEverything (error: exn) =
    match error with
    | :? OperationCanceledException
    | :? IOException
    | :? UnauthorizedAccessException
    | :? CorpusException
    | :? FeatureStoreException -> true
    | _ -> false

/// What is told of an epoch, on the split that early stopping watches.
let private scoreWords (score: Metric -> float option) =
    [
        for metric, digits in [ WeakF, "F3"; StrongF, "F3"; StrongER, "F2" ] do
            match score metric with
            | Some value -> $"{metric.Name} {value.ToString(digits, CultureInfo.InvariantCulture)}"
            | None -> ()
    ]
    |> String.concat ", "

let private summary folder (result: TrialResult) =
    // Nothing of an average is trained.
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

/// The trials that have no result yet, with their places among all of the plan; rows that share a training count once.
let openTrials (workspace: Workspace) (plan: Plan) =
    Plan.allTrials plan
    |> List.indexed
    |> List.distinctBy (fun (_, trial) -> workspace.TrialFolder trial.Specification)
    |> TrialFolder.readAll (fun (index, trial) ->
        index, trial, TrialFolder.state (workspace.TrialFolder trial.Specification))
    |> List.choose (fun (index, trial, state) -> if state.IsOpen then Some(index, trial) else None)

/// How far the trials are that another one needs.
type private Needs =
    | Ready
    /// Some have no result yet.
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

/// Helps another process with a plan, from its end: trains what has no result, nobody is at and what it needs is there for.
let rec help (workspace: Workspace) (plan: Plan) (stop: CancellationToken) =
    let waiting = [
        for _, trial in List.rev (openTrials workspace plan) do
            let folder = workspace.TrialFolder trial.Specification
            match needs workspace trial with
            | Unfinished -> trial
            | Hopeless _ -> () // who shows the table says so
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
                        | :? CheckpointException -> () // who shows the table sets it aside, and says so
                        | :? LockLostException -> () // another process is at it now
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

/// The state of each trial once all of them are finished or have failed, in the plan's order. What is left of the plan is
/// told in the given words.
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
    let mutable turnedAway = 0 // trials in a row that other processes are at

    let name index =
        $"trial {index + 1} of {trials.Length}: {trials[index].Name}"

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
                + left ()
            )
        // Whatever a damaged checkpoint left half set is made anew with the network.
        let rec runOrAnew () =
            try
                TrialRun.run workspace right folder specification progress stop
            with :? CheckpointException as damaged ->
                let aside = TrialFolder.setAside damaged.File
                display.Line $"{name index}: its checkpoint is damaged, is kept as {aside}, and the trial starts anew"
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
            display.Line $"{name index}: failed, {failure.Error}"
            Failed failure

    /// What a trial has come to already, which nobody changes any more; None where there is something to do.
    let settled index folder =
        match TrialFolder.state folder with
        | Finished result ->
            // What was open when this began was trained since, by another process.
            let words =
                if openAtFirst.Contains index then
                    summary folder result
                else
                    "kept"
            display.Line $"{name index}: {words}"
            Some(Finished result)
        | Failed failure when not retryFailed ->
            display.Line $"{name index}: failed before, {failure.Error}"
            Some(Failed failure)
        | Failed _
        | Open -> None

    /// A trial that needs what cannot be had fails too; those that need it are told the first cause.
    let fail index folder (cause: TrialFailure) =
        let error = InvalidOperationException $"what it needs has failed: {cause.Error}"
        let failure =
            TrialFolder.fail folder (CanonicalKey.Text(Specification.key trials[index].Specification)) error
        display.Line $"{name index}: failed, {failure.Error}"
        Failed failure

    /// Puts a trial behind the others; where all are turned away, waits a moment.
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
        // What is finished is shown without a lock, so also from storage that cannot be written.
        match settled index folder with
        | Some state -> states[index] <- state
        | None ->
            match needs workspace trials[index] with
            | Unfinished -> turnAway index "another process is at what it needs"
            | wanted ->
                match TrialFolder.tryLock folder with
                | None -> turnAway index $"another process is at it{TrialFolder.progress folder}"
                | Some lock ->
                    use _ = lock
                    match wanted with
                    | Hopeless cause -> states[index] <- fail index folder cause
                    | _ ->
                        turnedAway <- 0
                        // Another process may have been at it until now.
                        states[index] <- settled index folder |> Option.defaultWith (fun () -> train index folder lock)
    let stateOf =
        dict [ for index, trial in Seq.indexed trials -> trial, states[index] ]
    [ for trial in plan.Trials -> trial, stateOf[trial] ]
