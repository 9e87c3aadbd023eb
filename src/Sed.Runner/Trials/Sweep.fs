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
    let time = TimeSpan.FromSeconds (TrialFolder.timing folder).Seconds
    let best =
        result.History |> List.tryFind (fun epoch -> epoch.Epoch = result.BestEpoch)
    let scores =
        match best with
        | Some epoch -> scoreWords (fun metric -> Map.tryFind metric.Name epoch.Scores)
        | None -> ""
    $"{scores}; best of {result.Epochs} epochs was {result.BestEpoch}; {result.Parameters} parameters, {Duration.print time}"

/// The trials that have no result yet, with their places in the plan; rows that share a training count once.
let openTrials (workspace: Workspace) (plan: Plan) =
    plan.Trials
    |> List.indexed
    |> List.distinctBy (fun (_, trial) -> workspace.TrialFolder trial.Specification)
    |> List.filter (fun (_, trial) ->
        match TrialFolder.state (workspace.TrialFolder trial.Specification) with
        | Open -> true
        | Finished _
        | Failed _ -> false)

/// Helps another process with a plan, from its end: trains what has no result and nobody is at, and leaves the rest.
let help (workspace: Workspace) (plan: Plan) (stop: CancellationToken) =
    for _, trial in List.rev (openTrials workspace plan) do
        let folder = workspace.TrialFolder trial.Specification
        match TrialFolder.tryLock folder with
        | Some lock ->
            use _ = lock
            match TrialFolder.state folder with
            | Open ->
                try
                    TrialRun.run workspace folder trial.Specification ignore stop
                    |> TrialFolder.finish folder
                with
                | :? CheckpointException -> () // who shows the table sets it aside, and says so
                | error when not (stopsEverything error) ->
                    TrialFolder.fail folder (Specification.printTraining trial.Specification) error
                    |> ignore
            | Finished _
            | Failed _ -> ()
        | None -> ()

/// The state of each trial once all of them are finished or have failed, in the plan's order.
let run (workspace: Workspace) (display: Display) (retryFailed: bool) (plan: Plan) (stop: CancellationToken) =
    let trials = List.toArray plan.Trials
    let states = Array.create trials.Length Open
    let waiting = Queue [ 0 .. trials.Length - 1 ]
    let openAtFirst = openTrials workspace plan |> Seq.map fst |> HashSet
    let mutable turnedAway = 0 // trials in a row that other processes are at

    let name index =
        $"trial {index + 1} of {trials.Length}: {trials[index].Name}"

    let timeLeft index (epoch: EpochReport) =
        let epochs index =
            trials[index].Specification.Training.Epochs
        let ahead =
            float (epochs index - epoch.Epoch)
            + float (Seq.sumBy epochs waiting) / float workspace.Jobs
        epoch.Elapsed / float epoch.Epoch * ahead

    let train index folder =
        let specification = trials[index].Specification
        let progress (epoch: EpochReport) =
            display.State(
                $"{name index}, epoch {epoch.Epoch} of {specification.Training.Epochs}, loss {epoch.Loss:F4}, "
                + scoreWords (fun metric ->
                    if epoch.Scores.ContainsKey metric.Name then
                        Some(epoch.Score metric)
                    else
                        None)
                + ", "
                + $"{epoch.ClipsPerSecond:F0} clips/s, at most {Duration.print (timeLeft index epoch)} left"
            )
        // Whatever a damaged checkpoint left half set is made anew with the network.
        let rec runOrAnew () =
            try
                TrialRun.run workspace folder specification progress stop
            with :? CheckpointException as damaged ->
                let aside = TrialFolder.setAside damaged.File
                display.Line $"{name index}: its checkpoint is damaged, is kept as {aside}, and the trial starts anew"
                runOrAnew ()
        try
            let result = runOrAnew ()
            TrialFolder.finish folder result
            display.Line $"{name index}: {summary folder result}"
            Finished result
        with error when not (stopsEverything error) ->
            let failure =
                TrialFolder.fail folder (Specification.printTraining specification) error
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

    while waiting.Count > 0 do
        stop.ThrowIfCancellationRequested()
        let index = waiting.Dequeue()
        let specification = trials[index].Specification
        let folder = workspace.TrialFolder specification
        // What is finished is shown without a lock, so also from storage that cannot be written.
        match settled index folder with
        | Some state -> states[index] <- state
        | None ->
            match TrialFolder.tryLock folder with
            | Some lock ->
                use _ = lock
                turnedAway <- 0
                // Another process may have been at it until now.
                states[index] <- settled index folder |> Option.defaultWith (fun () -> train index folder)
            | None ->
                waiting.Enqueue index
                turnedAway <- turnedAway + 1
                if turnedAway >= waiting.Count then
                    display.State $"{name index}: another process is at it{TrialFolder.progress folder}"
                    stop.WaitHandle.WaitOne 1000 |> ignore
                    turnedAway <- 0
    [ for index in 0 .. trials.Length - 1 -> trials[index], states[index] ]
