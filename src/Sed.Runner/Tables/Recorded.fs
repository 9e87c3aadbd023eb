/// Results that were recorded beside a script, and whether today's are the same.
module internal Sed.Runner.Recorded

open System
open System.Globalization
open System.IO
open Deedle
open Sed

[<Literal>]
let private Tolerance = "tolerance"

[<Literal>]
let private Row = "row"

// A threshold flips a decision now and then where processors round differently; two points of a score are above that.
let private defaultTolerance = 0.02

// A folder for each profile.
let private folderOf folder (outcome: Outcome) =
    Path.Combine(folder, outcome.Plan.Profile)

let private file folder (outcome: Outcome) =
    Path.Combine(folderOf folder outcome, $"{outcome.Plan.Experiment.Name}.csv")

let private problem outcome what remedy =
    Problem.at outcome.Plan.Experiment.Name what remedy

let private read (file: string) : Frame<string, string> =
    Frame.ReadCsv(file, culture = "") |> Frame.indexRowsString Row

let private cell (frame: Frame<string, string>) row column =
    frame.TryGetColumn<float>(column, Lookup.Exact)
    |> OptionalValue.asOption
    |> Option.bind (Series.tryGet row)

/// Writes the means of an outcome, with the tolerances that are recorded already.
let write (folder: string) (outcome: Outcome) =
    let file = file folder outcome
    let before = if File.Exists file then Some(read file) else None
    let tolerance (metric: Metric) =
        before
        |> Option.bind (fun frame -> cell frame Tolerance metric.Name)
        |> Option.defaultValue defaultTolerance
    let rounded (value: float) = Math.Round(value, 4)
    let table: Frame<string, string> =
        Frame.ofColumns [
            for statistics in outcome.Statistics ->
                statistics.Metric.Name,
                Series.ofOptionalObservations [
                    Tolerance, Some(tolerance statistics.Metric)
                    for variant in outcome.Plan.Variants do
                        variant.Label,
                        Map.tryFind variant.Label statistics.Estimates
                        |> Option.map (fun estimate -> rounded estimate.Mean)
                ]
        ]
    Directory.CreateDirectory(folderOf folder outcome) |> ignore
    table.SaveCsv(file, includeRowKeys = true, keyNames = [ Row ], culture = CultureInfo.InvariantCulture)
    file

/// Every cell that is not as recorded, or else how many are and how near the farthest of them is to its tolerance.
let verify (folder: string) (outcome: Outcome) : Result<string, Problem list> =
    let file = file folder outcome
    if not (File.Exists file) then
        Result.Error [
            problem
                outcome
                $"there are no recorded results for the profile {outcome.Plan.Profile}"
                "`--record` writes them"
        ]
    else
        let recorded = read file
        let compared = [
            for statistics in outcome.Statistics do
                for variant in outcome.Plan.Variants do
                    let column = statistics.Metric.Name
                    let now = Map.tryFind variant.Label statistics.Estimates |> Option.map _.Mean
                    variant.Label, column, cell recorded variant.Label column, now, cell recorded Tolerance column
        ]
        let labels = [ for variant in outcome.Plan.Variants -> variant.Label ]
        let problems = [
            for row in recorded.RowKeys do
                if row <> Tolerance && not (List.contains row labels) then
                    problem
                        outcome
                        $"the recorded row '{row}' is not in the table"
                        "run the whole table, or `--record` anew"
            for row, column, before, now, tolerance in compared do
                let place = $"row '{row}', {column}"
                match before, now, tolerance with
                | Some before, Some now, Some tolerance when abs (now - before) <= tolerance -> ()
                | Some before, Some now, Some tolerance ->
                    problem
                        outcome
                        $"{place}: recorded {before:F4}, now {now:F4}, which is more than {tolerance} apart"
                        "find out why; if it is meant to be so, `--record` anew"
                | _, None, _ -> problem outcome $"{place}: no trial has finished" ""
                | _ ->
                    problem outcome $"{place} is not recorded in {Path.GetRelativePath(folder, file)}" "`--record` anew"
        ]
        match problems with
        | [] ->
            let shares = [
                for _, _, before, now, tolerance in compared ->
                    abs (Option.get now - Option.get before) / Option.get tolerance
            ]
            Ok
                $"{outcome.Plan.Experiment.Name}: {compared.Length} cells are as recorded; the farthest is off by {100.0 * List.max shares:F0} %% of its tolerance."
        | _ -> Result.Error problems
