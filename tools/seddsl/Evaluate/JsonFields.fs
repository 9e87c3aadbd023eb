/// JSON of rates, counts, settings and intervals.
module internal Sed.Tool.Evaluate.JsonFields

open System
open System.Text.Json
open Sed.Core.Metrics.Counts

let number (json: Utf8JsonWriter) (value: float) =
    if Double.IsFinite value then
        json.WriteNumberValue value
    else
        // JSON has no infinity.
        json.WriteStringValue(if value > 0 then "Infinity" else "-Infinity")

let object (json: Utf8JsonWriter) (name: string) write =
    json.WriteStartObject name
    write ()
    json.WriteEndObject()

let array (json: Utf8JsonWriter) (name: string) (items: 'item seq) write =
    json.WriteStartArray name

    for item in items do
        write item

    json.WriteEndArray()

/// Writes rates by name. An undefined rate is written as null, and the object "undefined" gives the reason.
let rates (json: Utf8JsonWriter) (named: (string * Rate) list) =
    for name, rate in named do
        json.WritePropertyName name

        if rate.IsDefined then
            number json rate.Value
        else
            json.WriteNullValue()

    match named |> List.filter (fun (_, rate) -> not rate.IsDefined) with
    | [] -> ()
    | missing ->
        object json "undefined" (fun () ->
            for name, rate in missing do
                json.WriteString(name, rate.Why))

let settings (json: Utf8JsonWriter) (values: (string * Setting) list) =
    object json "params" (fun () ->
        for name, value in values do
            match value with
            | Text text -> json.WriteString(name, text)
            | Number value -> json.WriteNumber(name, value)
            | Flag value -> json.WriteBoolean(name, value))

let counts (json: Utf8JsonWriter) (values: (string * int64) list) =
    object json "counts" (fun () ->
        for name, count in values do
            json.WriteNumber(name, count))

let fMeasure (json: Utf8JsonWriter) (f: FMeasure) =
    object json "f_measure" (fun () -> rates json [ "f_measure", f.F; "precision", f.Precision; "recall", f.Recall ])

let accuracy (json: Utf8JsonWriter) (one: Accuracies) =
    object json "accuracy" (fun () ->
        rates json [
            "accuracy", one.Accuracy
            "balanced_accuracy", one.Balanced
            "sensitivity", one.Sensitivity
            "specificity", one.Specificity
        ])

let errorRates (json: Utf8JsonWriter) overall (errors: ErrorRates) =
    object json "error_rate" (fun () ->
        rates json [
            "error_rate", errors.ErrorRate
            if overall then
                "substitution_rate", errors.Substitution
            "deletion_rate", errors.Deletion
            "insertion_rate", errors.Insertion
        ])

let sheet (json: Utf8JsonWriter) overall (one: ScoreSheet) =
    fMeasure json one.FMeasure
    errorRates json overall one.ErrorRates
    one.Accuracies |> Option.ofNullable |> Option.iter (accuracy json)

let uncertainty (json: Utf8JsonWriter) (one: Uncertainty) =
    if not one.Intervals.IsEmpty then
        object json "intervals" (fun () ->
            for interval in one.Intervals do
                object json interval.Name (fun () ->
                    rates json [
                        "value", interval.Value
                        "low", interval.Low
                        "high", interval.High
                        "standard_error", interval.StandardError
                    ]

                    json.WriteNumber("undefined_resamples", interval.Undefined)))

    if not one.Differences.IsEmpty then
        object json "differences" (fun () ->
            for difference in one.Differences do
                object json difference.Name (fun () ->
                    rates json [
                        "first", difference.First
                        "second", difference.Second
                        "difference", difference.Difference
                        "low", difference.Low
                        "high", difference.High
                        "p_value", difference.PValue
                    ]

                    json.WriteNumber("undefined_resamples", difference.Undefined)))
