/// Results as the rows of one table, for the CSV format.
module Sed.Tool.Evaluate.Rows

open System
open System.Globalization
open System.IO
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Thresholds
open Sed.Core.Runtime

/// One number of the results.
type Row = {
    Part: string
    Setting: string
    Name: string
    Value: Rate
    Low: Rate option
    High: Rate option
}

let private invariant (value: float) =
    value.ToString("R", CultureInfo.InvariantCulture)

let text (settings: (string * Setting) list) =
    settings
    |> List.map (fun (name, value) ->
        match value with
        | Text text -> $"{name}={text}"
        | Number value -> $"{name}={invariant value}"
        | Flag value -> $"{name}={(if value then 1 else 0)}")
    |> String.concat "; "

let private rows part setting (measures: Measure seq) (uncertainty: Uncertainty) = [
    let intervals = uncertainty.Intervals |> List.map (fun one -> one.Name, one) |> dict

    for measure in measures do
        let interval =
            match intervals.TryGetValue measure.Name with
            | true, found -> Some found
            | _ -> None

        {
            Part = part
            Setting = setting
            Name = measure.Name
            Value = measure.Value
            Low = interval |> Option.map _.Low
            High = interval |> Option.map _.High
        }
    for difference in uncertainty.Differences do
        {
            Part = part
            Setting = setting
            Name = "difference." + difference.Name
            Value = difference.Difference
            Low = Some difference.Low
            High = Some difference.High
        }

        {
            Part = part
            Setting = setting
            Name = "p_value." + difference.Name
            Value = difference.PValue
            Low = None
            High = None
        }
]

let private counted prefix (counts: (string * int64) list) =
    counts
    |> List.map (fun (name, count) -> Measure(prefix + name, Rate(float count)))

let private detection part (one: DetectionResult) =
    let counts = [
        yield! counted "overall." one.Counts
        for label, own in Seq.zip one.Scores.Classes one.ClassCounts do
            yield! counted $"class.{label}." own
    ]

    rows part (text one.Settings) (Seq.append counts (one.Scores.All())) one.Uncertainty

let private curves (one: ThresholdCurves) =
    let setting = $"counting={one.Counting}"

    let best name (found: Nullable<BestThreshold>) label = [
        match Option.ofNullable found with
        | None -> ()
        | Some found ->
            Measure($"class.{label}.{name}", Rate found.Value)
            Measure($"class.{label}.{name}_threshold", Rate found.Threshold)
    ]

    let measures = [
        for own in one.PerClass do
            yield! best "best_f" (own.BestF()) own.Label
            yield! best "best_error_rate" (own.BestErrorRate()) own.Label
    ]

    rows "threshold_curves" setting measures Uncertainty.None

let all (results: Results) = [
    let ofMetrics setting (one: MetricResults) =
        rows "metrics" setting [ for value in one.Values -> Measure(value.Metric.Key, value.Value) ] one.Uncertainty

    for one in Option.toList results.Inputs.Annotated do
        yield!
            rows
                "annotated"
                one.Reference.Source
                [
                    Measure("files", Rate(float one.Reference.Files))
                    Measure("reference_files", Rate(float results.Inputs.Reference.Files.Length))
                    Measure("reference_seconds", Rate one.Seconds)
                    for label, seconds in Seq.zip results.Inputs.Classes one.PerClass do
                        Measure($"class.{label}.annotated_seconds", Rate seconds)
                ]
                Uncertainty.None

    yield! ofMetrics "" results.Metrics

    for by in Option.toList results.By do
        for value, _, one in by.Groups do
            yield! ofMetrics $"{by.Column}={value}" one

    for one in results.Segments do
        yield! detection "segment_based" one
    for one in Option.toList results.Events do
        yield! detection "event_based" one
    for one in results.Tagging do
        yield! rows "tagging" (text one.Settings) (one.Scores.All()) one.Uncertainty
    for one in results.Psds do
        yield! rows "psds" (text one.Settings) (one.Result.All()) one.Uncertainty
    for one in results.Curves do
        yield! curves one
    match results.Tags with
    | None -> ()
    | Some(tags, uncertainty) ->
        yield! rows "tagging_from_scores" "clip_score=largest frame score" (tags.All()) uncertainty
    match results.Authors with
    | None -> ()
    | Some one ->
        yield!
            rows
                "authors_variant"
                "the authors' published code, no reference"
                [
                    Measure("f_measure", one.FMeasure.F)
                    Measure("precision", one.FMeasure.Precision)
                    Measure("recall", one.FMeasure.Recall)
                    Measure("error_rate", one.ErrorRates.ErrorRate)
                ]
                Uncertainty.None
]

/// Writes comma-separated values with a header. Undefined values are empty, and the last column gives the reason.
let writeCsv (writer: TextWriter) (results: Results) =
    let value (rate: Rate) =
        if rate.IsDefined then invariant rate.Value else ""
    let optional (rate: Rate option) =
        rate |> Option.map value |> Option.defaultValue ""
    writer.Write "part,setting,name,value,low,high,undefined\n"

    for row in all results do
        [
            row.Part
            row.Setting
            row.Name
            value row.Value
            optional row.Low
            optional row.High
            Option.ofObj row.Value.Why |> Option.defaultValue ""
        ]
        |> List.map CsvField.Of
        |> String.concat ","
        |> fun line -> writer.Write(line + "\n")
