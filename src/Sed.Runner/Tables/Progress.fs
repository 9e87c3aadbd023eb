/// How far a plan is while it runs: a table with a line for each row, read from the trials' folders, whoever trains them.
namespace Sed.Runner

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open Sed

/// What is known of a trial.
type private Known =
    | Done of TrialResult
    | Broken
    /// As its log of epochs says, which has grown since the plan began.
    | Running of EpochLog
    /// Some process is at it, and has no epoch to tell of.
    | Begun
    | Waiting

/// The progress of a plan from now on. Trials that have a result are read once.
type internal Progress(plan: Plan, jobs: int, folderOf: Specification -> string) =
    let metrics = [ WeakF; StrongF; StrongER ]
    let folders = [
        for trial in plan.Trials -> trial.Specification, folderOf trial.Specification
    ]
    let began = DateTime.UtcNow
    let settled = Dictionary<string, Known>()

    let known folder =
        match settled.TryGetValue folder with
        | true, state -> state
        | _ ->
            try
                match TrialFolder.state folder with
                | Finished result ->
                    settled[folder] <- Done result
                    Done result
                | Failed _ -> Broken
                | Open ->
                    match TrialFolder.log folder with
                    | Some log when log.Written >= began -> Running log
                    | _ when TrialFolder.isTaken folder -> Begun
                    | _ -> Waiting
            with
            | :? IOException
            | :? UnauthorizedAccessException
            | :? InvalidDataException -> Waiting // whoever runs the trials finds it too, and says so

    let scores (state: Known) =
        match state with
        | Done result ->
            result.History
            |> List.tryFind (fun epoch -> epoch.Epoch = result.BestEpoch)
            |> Option.map _.Scores
        | Running _
        | Begun
        | Broken
        | Waiting -> None

    let digits (metric: Metric) (value: float) =
        value.ToString((if metric = StrongER then "F2" else "F3"), CultureInfo.InvariantCulture)

    let now (trials: (Specification * Known) list) =
        let running = [
            for specification, state in trials do
                match state with
                | Running log ->
                    let score =
                        match Map.tryFind WeakF.Name log.Last with
                        | Some weakF -> $", {WeakF.Name} {digits WeakF weakF}"
                        | None -> ""
                    $"seed {specification.Seed}: epoch {log.Epochs} of {specification.Training.Epochs}{score}"
                | Begun -> $"seed {specification.Seed}: begins"
                | Broken -> $"seed {specification.Seed}: failed"
                | Done _
                | Waiting -> ()
        ]
        match running with
        | [] when trials |> List.forall (snd >> _.IsDone) -> "done"
        | [] -> "waiting"
        | several -> String.concat "; " several

    // What others need is trained too, though it has no row.
    let everyone = Array.ofList (Plan.allTrials plan)
    let all () = [
        for index, trial in Array.indexed everyone -> index, trial.Specification, known (folderOf trial.Specification)
    ]

    let secondsPerEpoch (log: EpochLog) =
        Map.tryFind "seconds" log.Last
        |> Option.map (fun seconds -> seconds / float log.Epochs)

    /// A line for each trial that some process is at.
    member _.Running: string list = [
        for index, specification, state in all () do
            let name = $"trial {index + 1} of {everyone.Length}: {everyone[index].Name}"
            let epochs = specification.Training.Epochs
            match state with
            | Running log ->
                let number (column: string) (digits: string) =
                    match Map.tryFind column log.Last with
                    | Some value -> value.ToString(digits, CultureInfo.InvariantCulture)
                    | None -> "?"
                let loss, rate = number "loss" "F4", number "clips per second" "F0"
                $"{name}, epoch {log.Epochs} of {epochs}, loss {loss}, {rate} clips/s"
            | Begun -> $"{name}, begins"
            | Done _
            | Broken
            | Waiting -> ()
    ]

    /// What is left if no training stops early, for example ", at most 5 min 3 s left"; empty before the first epoch. As many
    /// trials are trained at once as jobs, and those that wait take as long for an epoch as those that run.
    member _.Left: string =
        let states = all ()
        let running = [
            for _, specification, state in states do
                match state with
                | Running log ->
                    match secondsPerEpoch log with
                    | Some seconds -> seconds, float (specification.Training.Epochs - log.Epochs)
                    | None -> ()
                | _ -> ()
        ]
        match running with
        | [] -> ""
        | _ ->
            let pace = running |> List.averageBy fst
            let waiting =
                states
                |> List.sumBy (fun (_, specification, state) ->
                    match state with
                    | Waiting
                    | Begun when specification.Members.IsEmpty -> float specification.Training.Epochs
                    | _ -> 0.0)
            let ahead =
                (running |> List.sumBy (fun (seconds, epochs) -> seconds * epochs))
                + pace * waiting
            let longest =
                running |> List.map (fun (seconds, epochs) -> seconds * epochs) |> List.max
            let seconds = max longest (ahead / float jobs)
            $", at most {Duration.print (TimeSpan.FromSeconds seconds)} left"

    /// The table as it stands: rows with the trials that are done, the means of what they scored on the split that is
    /// selected on, and what is being trained.
    member _.View: TableView =
        let states =
            List.map2
                (fun (trial: Trial) (specification, folder) -> trial, (specification, known folder))
                plan.Trials
                folders
        let watched =
            metrics
            |> List.filter (fun metric ->
                states
                |> List.exists (fun (_, (_, state)) -> scores state |> Option.exists (Map.containsKey metric.Name)))
        {
            Title = ""
            Headings = [
                { Text = "row"; Number = false }
                { Text = "done"; Number = true }
                for metric in watched do
                    { Text = metric.Name; Number = true }
                { Text = "now"; Number = false }
            ]
            Rows = [
                for variant in plan.Variants do
                    let own = [
                        for trial, state in states do
                            if trial.Variant = variant then
                                state
                    ]
                    let finished = own |> List.filter (snd >> _.IsDone)
                    [
                        variant.Label
                        $"{finished.Length} of {own.Length}"
                        for metric in watched do
                            match finished |> List.choose (snd >> scores >> Option.bind (Map.tryFind metric.Name)) with
                            | [] -> ""
                            | values -> digits metric (List.average values)
                        now own
                    ]
            ]
            Notes = []
        }
