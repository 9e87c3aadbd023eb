/// Compares results with the results recorded beside a script. On the processor on which the results were recorded, all
/// recorded digits must be equal. On another processor, rounding differs, and training runs diverge as they do with
/// different seeds. The difference of a row's means must then be within the tolerance for two independent sets of
/// training runs (Student's t, 5 % for all cells together). Cells of rows with one trial cannot be tested; their number
/// is reported.
module internal Sed.Runner.Recorded

open System
open System.Globalization
open System.IO
open Deedle
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime
open Sed

[<Literal>]
let private Key = "key"

[<Literal>]
let private Row = "row"

[<Literal>]
let private ProcessorColumn = "processor"

// Four decimals are recorded.
let private rounded (value: float) = Math.Round(value, 4)

/// The maximum permitted difference of a cell on another processor; None for one trial. The difference between the
/// recorded and the new mean of T trials has the variance 2 s²/T, where s is the new standard deviation.
let private tolerance cells (estimate: Estimate) =
    estimate.Deviation
    |> Option.map (fun deviation ->
        let critical =
            StudentDistribution.Critical(0.025 / float cells, float (estimate.Trials - 1))
        critical * deviation * sqrt (2.0 / float estimate.Trials))

// A folder for each profile.
let private folderOf folder (outcome: ExperimentOutcome) =
    Path.Combine(folder, outcome.Plan.Profile)

let private file folder (outcome: ExperimentOutcome) =
    Path.Combine(folderOf folder outcome, $"{outcome.Plan.RecordedName}.csv")

let private problem outcome what remedy =
    Problem.at outcome.Plan.Experiment.Name what remedy

let private read (file: string) : Frame<string, string> =
    let frame = CsvFile.read [ Key; Row ] file
    let keys = frame.GetColumn<string>(Key).Values
    match keys |> Seq.countBy id |> Seq.tryFind (fun (_, times) -> times > 1) with
    | Some(key, times) -> raise (CsvFile.invalid file $"there are {times} rows with the key {key}")
    | None -> Frame.indexRowsString Key frame

let private cell (frame: Frame<string, string>) row column =
    frame.TryGetColumn<obj>(column, Lookup.Exact)
    |> OptionalValue.asOption
    |> Option.bind (Series.tryGet row)

/// The number in a cell; None if the cell is empty or is not a number.
let private number frame row column =
    match cell frame row column with
    | Some(:? string)
    | None -> None
    | Some value -> Some(Convert.ToDouble(value, CultureInfo.InvariantCulture))

let private text frame row column =
    cell frame row column |> Option.map string

/// Writes the means of an outcome and the name of the processor. Returns the file.
let write (folder: string) (outcome: ExperimentOutcome) =
    let file = file folder outcome
    let keys = Plan.rowKeys outcome.Plan
    let labels = [ for variant in outcome.Plan.Variants -> variant.Label ]
    let table: Frame<string, string> =
        Frame.ofColumns [
            Row, Series.ofObservations [ for label in labels -> keys[label], box label ]
            for statistics in outcome.Statistics do
                let column (value: Estimate -> float) =
                    Series.ofOptionalObservations [
                        for label in labels ->
                            keys[label], Map.tryFind label statistics.Estimates |> Option.map (value >> rounded >> box)
                    ]
                statistics.Metric.Key, column _.Mean
            ProcessorColumn, Series.ofObservations [ for label in labels -> keys[label], box Processor.Name ]
        ]
    AtomicFile.Write(
        file,
        Action<Stream>(fun stream ->
            use writer = new StreamWriter(stream, leaveOpen = true)
            table.SaveCsv(writer, includeRowKeys = true, keyNames = [ Key ], culture = CultureInfo.InvariantCulture))
    )
    file

/// The comparison of a cell with the recorded one.
type private Cell =
    | Same
    | Within of processor: string
    | NotJudged of processor: string
    | Other of Problem

/// Compares all cells. Returns a summary or the differences.
let private compared folder file (recorded: Frame<string, string>) (outcome: ExperimentOutcome) =
    let moved place what =
        Other(
            problem outcome $"{place}: {what}" "find the cause; if the change is intended, record again with `--record`"
        )
    let keys = Plan.rowKeys outcome.Plan
    let labels = [ for variant in outcome.Plan.Variants -> variant.Label ]
    // Rows that a search has stopped have no scores.
    let stopped =
        Set [
            for trial, state in outcome.States do
                if state.IsStopped then
                    trial.Variant.Label
        ]
    let verdict row (statistics: MetricStatistics) =
        let key = keys[row]
        let place = $"row '{row}', {statistics.Metric.Name}"
        let estimate = Map.tryFind row statistics.Estimates
        let now = estimate |> Option.map (fun estimate -> rounded estimate.Mean)
        let limit =
            estimate |> Option.bind (tolerance (outcome.Statistics.Length * labels.Length))
        match number recorded key statistics.Metric.Key, text recorded key ProcessorColumn, now, limit with
        | None, Some _, None, _ when stopped.Contains row -> Same
        | Some before, _, None, _ when stopped.Contains row ->
            moved place $"recorded {before:F4}, but now the search stops the row"
        | _, _, None, _ -> Other(problem outcome $"{place}: there is no score yet" "")
        | Some before, _, Some now, _ when now = before -> Same
        | Some before, Some processor, Some now, _ when processor = Processor.Name ->
            moved place $"recorded {before:F4}, now {now:F4}, on the same processor ({processor})"
        | Some _, Some processor, Some _, None -> NotJudged processor
        | Some before, Some processor, Some now, Some limit when abs (now - before) <= limit -> Within processor
        | Some before, Some processor, Some now, Some limit ->
            moved
                place
                $"recorded {before:F4} on {processor}, now {now:F4} on {Processor.Name}: the difference exceeds the variation between training runs ({limit:F4})"
        | _ ->
            Other(
                problem
                    outcome
                    $"{place} is not recorded in {Path.GetRelativePath(folder, file)}"
                    "record again with `--record`"
            )
    let cells = [
        for key in recorded.RowKeys do
            if not (Map.exists (fun _ known -> known = key) keys) then
                let row = text recorded key Row |> Option.defaultValue key
                Other(
                    problem
                        outcome
                        $"the recorded row '{row}' is not in the table"
                        "run the whole table, or record again with `--record`"
                )
        for statistics in outcome.Statistics do
            for row in labels do
                verdict row statistics
    ]
    let processors =
        cells
        |> List.choose (function
            | Within processor
            | NotJudged processor -> Some processor
            | _ -> None)
        |> List.distinct
    match
        cells
        |> List.choose (function
            | Other problem -> Some problem
            | _ -> None),
        processors
    with
    | [], [] -> Ok $"{outcome.Plan.Experiment.Name}: {cells.Length} cells equal the recorded ones to the last digit."
    | [], _ ->
        let same = cells |> List.filter ((=) Same) |> List.length
        let recordedOn = String.concat ", " processors
        let notJudged =
            cells
            |> List.filter (function
                | NotJudged _ -> true
                | _ -> false)
            |> List.length
        let parts = [
            $"{same} of {cells.Length} cells equal the recorded ones to the last digit"
            if same + notJudged < cells.Length then
                $"{cells.Length - same - notJudged} within the variation between training runs"
            if notJudged > 0 then
                $"{notJudged} with one trial cannot be tested"
        ]
        let parts = String.concat "; " parts
        Ok $"{outcome.Plan.Experiment.Name}: {parts} (recorded on {recordedOn}, run on {Processor.Name})."
    | problems, _ -> Result.Error problems

/// Compares an outcome with the recorded results. Returns a summary or the differences.
let verify (folder: string) (outcome: ExperimentOutcome) : Result<string, Problem list> =
    let file = file folder outcome
    if not (File.Exists file) then
        Result.Error [
            problem
                outcome
                $"there are no recorded results for the profile {outcome.Plan.Profile}"
                "record them with `--record`"
        ]
    else
        try
            compared folder file (read file) outcome
        with :? InvalidDataException as broken ->
            Result.Error [ problem outcome (broken.Message.TrimEnd '.') "record again with `--record`" ]
