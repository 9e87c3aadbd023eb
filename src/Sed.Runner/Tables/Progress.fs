namespace Sed.Runner

open System
open System.Collections.Concurrent
open System.Globalization
open System.IO
open Sed

/// The state of a trial.
type private TrialProgress =
    | Done of TrialResult
    | Broken
    /// Being trained, with at least one completed epoch.
    | Running of EpochLog
    /// Being trained, without a completed epoch.
    | Begun
    /// Paused by a search, with its completed epochs.
    | Paused of EpochResult list
    | Waiting

/// The search of a plan.
type internal SearchOfPlan =
    | NoSearch
    /// A search that trains at most this number of epochs in total.
    | Trains of epochs: int
    /// Not known, because the plan of a stored run does not record whether a search stops some of its rows.
    | NotKnown

/// The number of trials in each state.
type internal Tally = {
    All: int
    Done: int
    Failed: int
    Running: int
}

/// The progress of a plan, read from the folders of its trials. The trials can be trained by any process. `folderOf`
/// maps a trial's index to its folder. The folder of a finished trial is read only once. Trials with the same folder
/// share a training run, which is counted once. Several threads can use an instance at the same time.
type internal Progress(plan: RunPlan, jobs: int, search: SearchOfPlan, folderOf: int -> string) =
    let metrics = [ WeakF; StrongF; StrongER ]
    let settled = ConcurrentDictionary<string, TrialProgress>()

    let known (folder: string) =
        match settled.TryGetValue folder with
        | true, state -> state
        | _ ->
            try
                match TrialFolder.state folder with
                | Finished result ->
                    settled[folder] <- Done result
                    Done result
                | Failed _ -> Broken
                // An unlocked trial is not being trained, even if it has logged epochs.
                | Open when TrialFolder.isTaken folder ->
                    match TrialFolder.log folder with
                    | Some log -> Running log
                    | None -> Begun
                | Stopped _
                | Open ->
                    match TrialFolder.pause folder with
                    | Some pause -> Paused pause.History
                    | None -> Waiting
            with
            | :? IOException
            | :? UnauthorizedAccessException
            | :? InvalidDataException -> Waiting // the process that runs the trials reports the error

    let times = ConcurrentDictionary<int, float>()

    /// The training time of a finished trial in seconds; 0 if it is unknown.
    let secondsOf index =
        match times.TryGetValue index with
        | true, seconds -> seconds
        | _ ->
            let seconds =
                try
                    (TrialFolder.timing (folderOf index)).Seconds
                with
                | :? IOException
                | :? InvalidDataException -> nan
            let seconds = if Double.IsFinite seconds then seconds else 0.0
            times[index] <- seconds
            seconds

    let everyone = Array.ofList plan.Trials
    let rows () = [
        for row in plan.Rows -> row, [ for index in row.Trials -> everyone[index], known (folderOf index) ]
    ]
    /// The folders of trials with their indices. A folder that several trials share is listed once.
    let trainings indices =
        [ for index in indices -> index, folderOf index ] |> List.distinctBy snd

    let scores (state: TrialProgress) =
        match state with
        | Done result ->
            result.History
            |> List.tryFind (fun epoch -> epoch.Epoch = result.BestEpoch)
            |> Option.map _.Scores
        | Paused history ->
            let best = history |> List.maxBy (fun (epoch: EpochResult) -> epoch.Monitor)
            Some best.Scores
        | Running _
        | Begun
        | Broken
        | Waiting -> None

    let digits (metric: Metric) (value: float) =
        value.ToString((if metric = StrongER then "F2" else "F3"), CultureInfo.InvariantCulture)

    let now (trials: (PlannedTrial * TrialProgress) list) =
        let running = [
            for trial, state in trials do
                match state with
                | Running log ->
                    let score =
                        match Map.tryFind WeakF.Key log.Last with
                        | Some weakF -> $", {WeakF.Name} {digits WeakF weakF}"
                        | None -> ""
                    $"seed {trial.Seed}: epoch {log.Epochs} of {trial.Epochs}{score}"
                | Begun -> $"seed {trial.Seed}: starting"
                | Broken -> $"seed {trial.Seed}: failed"
                | Paused history -> $"seed {trial.Seed}: paused after {history.Length} of {trial.Epochs} epochs"
                | Done _
                | Waiting -> ()
        ]
        match running with
        | [] when trials |> List.forall (snd >> _.IsDone) -> "done"
        | [] -> "waiting"
        | several -> String.concat "; " several

    // Includes trials that have no row because only other trials depend on them. A training run that several rows
    // share is listed once, with the name of its first trial.
    let all () = [
        for index, folder in trainings [ 0 .. everyone.Length - 1 ] -> index, everyone[index], known folder
    ]

    /// One line for each trial that is being trained.
    member _.Running: string list = [
        for index, trial, state in all () do
            let name = $"trial {index + 1}: {trial.Name}"
            let epochs = trial.Epochs
            match state with
            | Running log ->
                let number (column: string) (digits: string) =
                    match Map.tryFind column log.Last with
                    | Some value -> value.ToString(digits, CultureInfo.InvariantCulture)
                    | None -> "?"
                let loss, rate = number "loss" "F4", number "clips per second" "F0"
                $"{name}, epoch {log.Epochs} of {epochs}, loss {loss}, {rate} clips/s"
            | Begun -> $"{name}, starting"
            | Done _
            | Broken
            | Paused _
            | Waiting -> ()
    ]

    /// The remaining time of a search, from the mean time of an epoch.
    member private _.LeftOfSearch(planned: int) : string =
        let trained = [
            for index, _, state in all () do
                match state with
                | Done result -> result.Epochs, secondsOf index
                | Paused history -> history.Length, TrialFolder.secondsAfter (folderOf index) history.Length
                | Running log -> log.Epochs, Map.tryFind "seconds" log.Last |> Option.defaultValue nan
                | Broken
                | Begun
                | Waiting -> ()
        ]
        let timed =
            trained
            |> List.filter (fun (_, seconds) -> Double.IsFinite seconds && seconds > 0.0)
        let epochs = List.sumBy fst trained
        if timed.IsEmpty || epochs >= planned then
            ""
        else
            let pace = List.sumBy snd timed / float (List.sumBy fst timed)
            let seconds = pace * float (planned - epochs) / float (max 1 jobs)
            $"about {Duration.print (TimeSpan.FromSeconds seconds)} left"

    /// The remaining time, for example "about 5 min 3 s left"; empty if it cannot be estimated, for example before the
    /// first epoch.
    member progress.Left: string =
        match search with
        | Trains epochs -> progress.LeftOfSearch epochs
        // This experiment or another one has paused trials. It is not known which rows this experiment will stop.
        | NotKnown when all () |> List.exists (fun (_, _, state) -> state.IsPaused) -> ""
        | NotKnown
        | NoSearch -> progress.LeftOfRows

    /// The remaining time if all rows are trained to the end.
    member private _.LeftOfRows: string =
        let rowOf =
            dict [
                for row in plan.Rows do
                    for index in row.Trials do
                        index, row.Label
            ]
        TimeLeft.print jobs [
            for index, trial, state in all () do
                if trial.IsTrained then
                    let training = {
                        Row =
                            match rowOf.TryGetValue index with
                            | true, label -> label
                            | _ -> trial.Name
                        MaxEpochs = trial.Epochs
                        Epochs = 0
                        Seconds = 0.0
                        State = NotBegun
                    }
                    match state with
                    | Done result -> {
                        training with
                            State = Ended
                            Epochs = result.Epochs
                            Seconds = secondsOf index
                      }
                    | Broken -> { training with State = Ended }
                    | Running log -> {
                        training with
                            State = InProgress
                            Epochs = log.Epochs
                            Seconds = Map.tryFind "seconds" log.Last |> Option.defaultValue 0.0
                      }
                    | Paused history ->
                        let seconds = TrialFolder.secondsAfter (folderOf index) history.Length
                        {
                            training with
                                State = InProgress
                                Epochs = history.Length
                                Seconds = if Double.IsFinite seconds then seconds else 0.0
                        }
                    | Begun
                    | Waiting -> training
        ]

    /// The state of the run in one line, for example "3 of 18 trials done, 2 running, about 5 min 3 s left".
    member progress.Summary: string =
        let states = [ for _, _, state in all () -> state ]
        let count is = states |> List.filter is |> List.length
        let failed = count _.IsBroken
        [
            $"{count _.IsDone} of {states.Length} trials done"
            if failed > 0 then
                $"{failed} failed"
            if count _.IsPaused > 0 then
                $"{count _.IsPaused} paused"
            $"{count (fun state -> state.IsRunning || state.IsBegun)} running"
            if progress.Left <> "" then
                progress.Left
        ]
        |> String.concat ", "

    /// The current table. For each row, it contains the number of finished trials, their mean scores on the selection
    /// split, and the state of each other trial that has begun.
    member _.View: TableView =
        let states = rows ()
        let watched =
            metrics
            |> List.filter (fun metric ->
                states
                |> List.exists (fun (_, trials) ->
                    trials
                    |> List.exists (fun (_, state) -> scores state |> Option.exists (Map.containsKey metric.Key))))
        {
            TableView.Plain with
                Title = ""
                Headings = [
                    { Text = "row"; Number = false }
                    { Text = "done"; Number = true }
                    for metric in watched do
                        { Text = metric.Name; Number = true }
                    { Text = "now"; Number = false }
                ]
                Rows = [
                    for row, own in states do
                        let finished = own |> List.filter (snd >> _.IsDone)
                        [
                            row.Label
                            $"{finished.Length} of {own.Length}"
                            for metric in watched do
                                match
                                    finished |> List.choose (snd >> scores >> Option.bind (Map.tryFind metric.Key))
                                with
                                | [] -> ""
                                | values -> digits metric (List.average values)
                            now own
                        ]
                ]
                Notes = []
        }

    /// The number of the rows' training runs in each state.
    member _.Tally =
        let states = [
            for _, folder in
                trainings [
                    for row in plan.Rows do
                        yield! row.Trials
                ] -> known folder
        ]
        let count is = states |> List.filter is |> List.length
        {
            All = states.Length
            Done = count _.IsDone
            Failed = count _.IsBroken
            Running = count (fun state -> state.IsRunning || state.IsBegun)
        }

    /// For each row, the epochs of its finished, running and paused trials.
    member _.Epochs: (PlannedRow * EpochResult list list) list = [
        for row in plan.Rows ->
            row,
            [
                for index in row.Trials do
                    match known (folderOf index) with
                    | Done result -> result.History
                    | Running _ -> TrialFolder.epochs (folderOf index)
                    | Paused history -> history
                    | Begun
                    | Broken
                    | Waiting -> ()
            ]
    ]

    /// The progress of a plan. `folderOf` is called again at each update, because folders may become known later.
    new(plan: Plan, jobs: int, folderOf: Specification -> string) =
        let trials = Array.ofList (Plan.allTrials plan)
        let search =
            if plan.Brackets.IsEmpty then
                NoSearch
            else
                Trains(fst (SearchTable.plannedEpochs plan))
        Progress(RunPlan.ofPlan folderOf plan, jobs, search, (fun index -> folderOf trials[index].Specification))

    /// The progress of a stored run.
    new(plan: RunPlan, runs: string) =
        let trials = Array.ofList plan.Trials
        Progress(plan, 1, NotKnown, (fun index -> RunPlan.folder runs trials[index]))
