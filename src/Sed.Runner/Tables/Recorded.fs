/// Compares results with those recorded beside a script. On the processor of the recording every digit has to agree; on
/// another one, the means have to be within the recorded confidence intervals.
module internal Sed.Runner.Recorded

open System
open System.Globalization
open System.IO
open Deedle
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

let private bounds (metric: Metric) =
    $"{metric.Key} from", $"{metric.Key} to"

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
    | Some(key, times) -> raise (CsvFile.invalid file $"the row with the key {key} occurs {times} times")
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

/// Writes the means and confidence intervals of an outcome, and the name of the processor. Returns the file.
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
                let low, high = bounds statistics.Metric
                statistics.Metric.Key, column _.Mean
                low, column _.Low
                high, column _.High
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
    | Other of Problem

/// Compares all cells. Returns a summary or the differences.
let private compared folder file (recorded: Frame<string, string>) (outcome: ExperimentOutcome) =
    let moved place what =
        Other(
            problem outcome $"{place}: {what}" "find the cause; if the change is intended, record again with `--record`"
        )
    let keys = Plan.rowKeys outcome.Plan
    let verdict row (statistics: MetricStatistics) =
        let key = keys[row]
        let place = $"row '{row}', {statistics.Metric.Name}"
        let low, high = bounds statistics.Metric
        let number = number recorded key
        let now =
            Map.tryFind row statistics.Estimates
            |> Option.map (fun estimate -> rounded estimate.Mean)
        match number statistics.Metric.Key, number low, number high, text recorded key ProcessorColumn, now with
        | _, _, _, _, None -> Other(problem outcome $"{place}: no trial has finished" "")
        | Some before, _, _, _, Some now when now = before -> Same
        | Some before, _, _, Some processor, Some now when processor = Processor.Name ->
            moved place $"recorded {before:F4}, now {now:F4}, on the same processor ({processor})"
        | Some _, Some low, Some high, Some processor, Some now when low <= now && now <= high -> Within processor
        | Some before, Some low, Some high, Some processor, Some now ->
            moved place $"recorded {before:F4} ({low:F4} to {high:F4}) on {processor}, now {now:F4} on {Processor.Name}"
        | _ ->
            Other(
                problem
                    outcome
                    $"{place} is not recorded in {Path.GetRelativePath(folder, file)}"
                    "record again with `--record`"
            )
    let labels = [ for variant in outcome.Plan.Variants -> variant.Label ]
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
            | Within processor -> Some processor
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
        Ok
            $"{outcome.Plan.Experiment.Name}: {same} of {cells.Length} cells equal the recorded ones to the last digit; the others are within the intervals recorded on {recordedOn} (this is {Processor.Name})."
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
