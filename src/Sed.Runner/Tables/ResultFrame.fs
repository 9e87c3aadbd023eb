namespace Sed.Runner

open System
open System.Globalization
open System.IO
open System.Text
open Deedle
open Sed
open Sed.Core.Runtime

/// Reads tables that are stored as CSV.
module internal CsvFile =
    /// The exception for a file that is not a valid table.
    let invalid (file: string) (cause: string) =
        InvalidDataException $"{file} is not a valid table ({cause})."

    // Columns of text, in which a comma between digits is no decimal comma.
    let private texts = [ "row"; "trial"; "decoding" ]

    /// The fields of a line. A field in quotes can contain commas; a quote within it is written as two quotes.
    let private fields (line: string) =
        let fields = ResizeArray [ StringBuilder() ]
        let mutable isQuoted = false
        for letter in line do
            match letter with
            | '"' -> isQuoted <- not isQuoted
            | ',' when not isQuoted -> fields.Add(StringBuilder())
            | _ -> fields[fields.Count - 1].Append letter |> ignore
        [ for field in fields -> string field ]

    /// Raises an exception if a number has a decimal comma, which a spreadsheet program writes in some locales. Deedle
    /// would read 0,5 as 5.
    let private requireInvariant (file: string) =
        match File.ReadLines file |> List.ofSeq with
        | [] -> ()
        | header :: lines ->
            let names = fields header
            for number, line in List.indexed lines do
                for name, value in Seq.zip names (fields line) do
                    if value.Contains ',' && not (List.contains name texts) then
                        match NumberText.Remedy value with
                        | "" -> ()
                        | remedy -> raise (invalid file $"line {number + 2}: {name} is '{value}'; {remedy}")

    /// Reads a table and checks that it has the given columns.
    let read (columns: string list) (file: string) : Frame<int, string> =
        if Directory.Exists file then
            raise (invalid file "it is a folder")
        requireInvariant file
        let frame =
            try
                Frame.ReadCsv(file, culture = "")
            // Deedle raises many kinds of exceptions on invalid tables.
            with error when not (error :? IOException || error :? UnauthorizedAccessException) ->
                raise (invalid file ((error.Message.Split '\n').[0].TrimEnd('.', '\r')))
        match
            columns
            |> List.filter (fun column -> not (Seq.contains column frame.ColumnKeys))
        with
        | [] -> frame
        | lacking ->
            let names = [ for column in lacking -> $"'{column}'" ] |> String.concat " and "
            raise (invalid file $"it has no column {names}")

/// The results of trials as a Deedle frame.
module internal ResultFrame =
    /// The names of the axes (varied settings) of the rows, in order of first appearance.
    let axes (variants: Variant list) =
        variants
        |> List.collect (fun variant -> List.map fst variant.Coordinates)
        |> List.distinct

    /// The name of the column with the number of folds that are scored together. The column is empty for trials whose
    /// clips are not pooled.
    [<Literal>]
    let PooledFolds = "pooled folds"

    /// The name of the column with the values of a metric on the held-out clips of all folds of a seed.
    let allFolds (metric: string) = metric + ", all folds"

    /// The names of the columns with the cost of training.
    let costs = [
        "epochs"
        "best epoch"
        "parameters"
        "multiply-accumulates"
        "seconds"
        "clips per second"
    ]

    /// The names of all columns except those of axes.
    let private others =
        set [
            "row"
            "seed"
            "fold"
            PooledFolds
            for metric in Metric.All do
                metric.Name
                allFolds metric.Name
            "learnt"
            "stopped"
            "monitor"
            yield! costs
            "decoding"
            "trial"
        ]

    /// The name of the column with the values of an axis: the name of the axis, followed by "(setting)" if another
    /// column has this name, for example "epochs (setting)".
    let axisColumn (axis: string) =
        if others.Contains axis then $"{axis} (setting)" else axis

    /// The columns that identify a trial.
    let private identifying (axes: string list) (plan: Plan) (trial: Trial) = [
        "row", box trial.Variant.Label
        for axis in axes do
            match trial.Variant.Coordinates |> List.tryFind (fun (name, _) -> name = axis) with
            | Some(_, value) ->
                match Double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture) with
                | true, number -> axisColumn axis, box number
                | _ -> axisColumn axis, box value
            | None -> ()
        "seed", box trial.Specification.Seed
        match trial.Specification.Holdout with
        | Fold(fold, folds) ->
            "fold", box fold
            if Plan.isScoredOnFold plan trial.Specification then
                PooledFolds, box folds
        | Nothing
        | Share _ -> ()
    ]

    /// Columns of the trials of a search or of drawn rows: whether the search stopped the trial, and the early-stopping
    /// criterion.
    let private searched (plan: Plan) (trial: Trial) isStopped (history: EpochResult list) = [
        if not plan.Brackets.IsEmpty then
            "stopped", box isStopped
        if not plan.Brackets.IsEmpty || plan.Experiment.Sample.IsSome then
            "monitor", box (SearchState.Criterion(trial, history))
    ]

    let private columns
        (axes: string list)
        (workspace: Workspace)
        (plan: Plan)
        (metrics: Metric seq)
        (pools: Map<string, Repetition>)
        (one: FinishedTrial)
        =
        let trial, result = one.Trial, one.Result
        let folder = workspace.TrialFolder trial.Specification
        let timing = TrialFolder.timing folder
        let once = one.Scored.Once()
        series [
            yield! identifying axes plan trial
            for metric in metrics do
                let score = metric.Of once
                // Metrics of events are NaN if event times are unknown.
                if not (Double.IsNaN score) then
                    metric.Name, box score
            match Map.tryFind trial.Name pools with
            | Some pool ->
                let all = pool.Scored.Once()
                for metric in metrics do
                    let score = metric.Of all
                    if not (Double.IsNaN score) then
                        allFolds metric.Name, box score
            | None -> ()
            "learnt", box one.HasLearnt
            yield! searched plan trial false result.History
            "epochs", box result.Epochs
            "best epoch", box result.BestEpoch
            "parameters", box result.Parameters
            "multiply-accumulates", box result.MultiplyAccumulates
            "seconds", box timing.Seconds
            "clips per second", box timing.ClipsPerSecond
            if one.Scored.Detection.PerClass.Count > 0 then
                "decoding", box (PerClass.decoding one.Scored)
            "trial", box (Path.GetFileName folder)
        ]

    /// The row of a trial that the search stopped. It has no scores.
    let private stoppedColumns axes (workspace: Workspace) plan (trial: Trial) (pause: TrialPause) =
        let folder = workspace.TrialFolder trial.Specification
        let best = pause.History |> List.maxBy _.Monitor
        series [
            yield! identifying axes plan trial
            yield! searched plan trial true pause.History
            "epochs", box pause.History.Length
            "best epoch", box best.Epoch
            if pause.Parameters > 0L then
                "parameters", box pause.Parameters
                "multiply-accumulates", box pause.MultiplyAccumulates
            "seconds", box (TrialFolder.secondsAfter folder pause.History.Length)
            "trial", box (Path.GetFileName folder)
        ]

    /// One row for each finished trial: the table's row, the axes, the seed (and the fold), the decision metrics and
    /// the reported metrics, whether the trial is better than every constant prediction by at least one metric, the cost of
    /// training, and the name of the trial's folder. Rates are fractions. If folds are pooled, each metric has a second
    /// column with its value on the held-out clips of all folds of the seed, once all of them are finished. The last rows
    /// are the trials that a search stopped; they have no scores.
    let ofTrials
        (workspace: Workspace)
        (plan: Plan)
        (states: (Trial * TrialState) list)
        (finished: FinishedTrial list)
        (repetitions: Repetition list)
        =
        let pools =
            Map [
                for own in repetitions do
                    if own.IsPooled then
                        for one in own.Trials do
                            one.Trial.Name, own
            ]
        let axes = axes plan.Variants
        let metrics =
            Metric.All
            |> Seq.filter (fun metric -> metric.IsOfDecisions || List.contains metric plan.Experiment.Report)
            |> Seq.toArray
        Frame.ofRows (
            List.indexed [
                for one in finished do
                    columns axes workspace plan metrics pools one
                for trial, state in states do
                    match state with
                    | Stopped pause -> stoppedColumns axes workspace plan trial pause
                    | Finished _
                    | Failed _
                    | Open -> ()
            ]
        )
        : Frame<int, string>
