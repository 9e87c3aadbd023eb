/// Runs the unfinished trials of a plan, one after another.
module internal Sed.Runner.Sweep

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Sed
open Sed.Core.Corpora
open Sed.Core.Features.Store
open Sed.Core.Runtime
open Sed.Core.Runtime.Keys
open Sed.Core.Training

/// Whether an exception stops the whole run rather than one trial. The causes are unreadable data, unwritable storage
/// and Ctrl-C.
let private stopsEverything (error: exn) =
    match error with
    | :? OperationCanceledException
    | :? IOException
    | :? UnauthorizedAccessException
    | :? CorpusException
    | :? FeatureStoreException -> true
    | _ -> false

/// The search of a plan.
let searchOf (workspace: Workspace) (plan: Plan) =
    SearchState(plan, workspace.TrialFolder >> Some)

/// The trials to train now, with the epoch after which they pause; None to train them to the end. For a search, these
/// are the trials of the current rungs. A training run that several rows share is listed once.
let openJobs (workspace: Workspace) (plan: Plan) : SearchJob list =
    match plan.Brackets with
    | [] ->
        Plan.allTrials plan
        |> List.distinctBy (fun trial -> workspace.TrialFolder trial.Specification)
        |> TrialFolder.readAll (fun trial -> trial, TrialFolder.state (workspace.TrialFolder trial.Specification))
        |> List.choose (fun (trial, state) ->
            if state.IsOpen then
                Some { Trial = trial; PauseAfter = None }
            else
                None)
    | _ ->
        (searchOf workspace plan).Due
        |> List.distinctBy (fun job -> workspace.TrialFolder job.Trial.Specification)

/// Removes the errors of all failed trials, so that every process trains them again, each once. Call it before training
/// begins.
let reopenFailed (workspace: Workspace) (plans: Plan list) =
    plans
    |> List.collect Plan.allTrials
    |> List.map (fun trial -> workspace.TrialFolder trial.Specification)
    |> List.distinct
    |> TrialFolder.readAll TrialFolder.reopen
    |> ignore

/// The trials to train now.
let openTrials (workspace: Workspace) (plan: Plan) : Trial list =
    openJobs workspace plan |> List.map _.Trial

/// Whether the training run in `folder` is paused and has at least `pauseAfter` epochs. False without `pauseAfter`.
let private hasPaused folder (pauseAfter: int option) =
    match pauseAfter, TrialFolder.pause folder with
    | Some epochs, Some pause -> pause.History.Length >= epochs
    | _ -> false

/// The state of the trials that another trial depends on.
type private Needs =
    | Ready
    /// At least one of these trials is unfinished, and none has failed.
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
    let jobs = openJobs workspace plan
    let waiting = [
        for job in List.rev jobs do
            let trial = job.Trial
            let folder = workspace.TrialFolder trial.Specification
            match needs workspace trial with
            | Unfinished -> trial
            | Hopeless _ -> () // the main process reports it
            | Ready ->
                match TrialFolder.tryLock folder with
                | Some lock ->
                    use _ = lock
                    match TrialFolder.state folder with
                    | Open when not (hasPaused folder job.PauseAfter) ->
                        try
                            match TrialRun.run workspace lock folder trial.Specification job.PauseAfter ignore stop with
                            | TrialRun.Completed result -> TrialFolder.finish folder result
                            | TrialRun.Suspended pause -> TrialFolder.suspend folder pause
                        with
                        | :? CheckpointException -> () // the main process renames the checkpoint and reports it
                        | :? LockLostException -> () // another process is training it now
                        | error when not (stopsEverything error) ->
                            TrialFolder.fail folder (CanonicalKey.Text(Specification.key trial.Specification)) error
                            |> ignore
                    | _ -> ()
                | None ->
                    // The next rung of a search begins when all trials of the current one are trained.
                    if not plan.Brackets.IsEmpty then
                        trial
    ]
    let isSearch = not plan.Brackets.IsEmpty
    // The main process trains what this process could not train, for example after a damaged checkpoint.
    let isStuck () =
        isSearch && not jobs.IsEmpty && openJobs workspace plan = jobs
    if not waiting.IsEmpty || isStuck () then
        stop.WaitHandle.WaitOne 1000 |> ignore
        stop.ThrowIfCancellationRequested()
    if not waiting.IsEmpty || isSearch && not jobs.IsEmpty then
        help workspace plan stop

/// Trains until every job is finished, paused or has failed. Returns the state of each.
/// all: all trials of the plan; messages contain a trial's number in this list.
/// left: the estimate of the remaining time, which is appended to progress lines.
let runJobs
    (workspace: Workspace)
    (display: Display)
    (all: Trial list)
    (jobs: SearchJob list)
    (left: unit -> string)
    (stop: CancellationToken)
    : (Trial * TrialState) list =
    let jobs = List.toArray jobs
    let trials = [| for job in jobs -> job.Trial |]
    let numbers = dict [ for index, trial in List.indexed all -> trial, index + 1 ]
    let states = Array.create trials.Length Open
    let waiting = Queue [ 0 .. trials.Length - 1 ]
    // A training run that several rows share is listed once.
    let openAtFirst =
        List.indexed (List.ofArray trials)
        |> List.distinctBy (fun (_, trial) -> workspace.TrialFolder trial.Specification)
        |> TrialFolder.readAll (fun (index, trial) ->
            index, TrialFolder.state (workspace.TrialFolder trial.Specification))
        |> List.filter (snd >> _.IsOpen)
        |> Seq.map fst
        |> HashSet
    let mutable turnedAway = 0 // consecutive trials that other processes train

    let name index =
        $"trial {numbers[trials[index]]} of {all.Length}: {trials[index].Name}"

    let details folder =
        $" (details: {TrialFolder.failureFile folder})"

    let train index folder right =
        let specification = trials[index].Specification
        let progress (epoch: EpochReport) =
            display.State(
                $"{name index}, epoch {epoch.Epoch} of {specification.Training.Options.Epochs}, loss {epoch.Loss:F4}, "
                + TrialLines.scores (fun metric ->
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
                TrialRun.run workspace right folder specification jobs[index].PauseAfter progress stop
            with :? CheckpointException as damaged ->
                let aside = TrialFolder.setAside damaged.File
                display.Line $"{name index}: its damaged checkpoint was renamed to {aside}, and the trial starts again"
                runOrAnew ()
        try
            match runOrAnew () with
            | TrialRun.Completed result ->
                TrialFolder.finish folder result
                display.Line $"{name index}: {TrialLines.finished folder result}"
                Finished result
            | TrialRun.Suspended pause ->
                TrialFolder.suspend folder pause
                display.Line $"{name index}: {TrialLines.paused pause}"
                Stopped pause
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
                    TrialLines.finished folder result
                else
                    "already finished"
            display.Line $"{name index}: {words}"
            Some(Finished result)
        | Failed failure ->
            display.Line $"{name index}: failed before: {failure.Error}{details folder}"
            Some(Failed failure)
        | Stopped _
        | Open ->
            match TrialFolder.pause folder with
            | Some pause when hasPaused folder jobs[index].PauseAfter ->
                display.Line $"{name index}: {TrialLines.paused pause}"
                Some(Stopped pause)
            | _ -> None

    /// Marks a trial as failed because a trial that it depends on has failed. The new error contains the cause, so
    /// trials that depend on this one receive the cause, too.
    let fail index folder (cause: TrialFailure) =
        let error =
            TrainingException $"a trial that it depends on has failed: {cause.Error}"
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
    [ for index in 0 .. trials.Length - 1 -> trials[index], states[index] ]

/// Trains the rungs of a search one after the other.
let private search workspace (display: Display) (plan: Plan) left (stop: CancellationToken) =
    let state = searchOf workspace plan
    let rec train announced =
        for rung in List.skip announced state.Completed do
            display.Line(TrialLines.rung plan rung)
        match state.Due with
        | [] -> state.States
        | jobs ->
            let announced = state.Completed.Length
            runJobs workspace display plan.Trials jobs left stop |> ignore
            train announced
    train 0

/// Trains until every trial of the plan is finished, has failed or was stopped by the plan's search. Returns their states
/// in the plan's order.
/// left: the estimate of the remaining time, which is appended to progress lines.
let run (workspace: Workspace) (display: Display) (plan: Plan) (left: unit -> string) (stop: CancellationToken) =
    match plan.Brackets with
    | [] ->
        let all = Plan.allTrials plan
        let jobs = [ for trial in all -> { Trial = trial; PauseAfter = None } ]
        let stateOf = dict (runJobs workspace display all jobs left stop)
        [ for trial in plan.Trials -> trial, stateOf[trial] ]
    | _ -> search workspace display plan left stop
