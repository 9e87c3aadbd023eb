/// The estimates as JSON.
module internal Sed.Tool.Estimate.Json

open System
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open Sed.Core.Labelling.Estimates

let private node (value: 'value) : JsonNode | null = JsonValue.Create<'value> value

let private object (fields: (string * (JsonNode | null)) list) : JsonNode | null =
    let result = JsonObject()
    for name, value in fields do
        result.Add(name, value)
    result

let private array (items: (JsonNode | null) list) : JsonNode | null =
    let result = JsonArray()
    for item in items do
        result.Add item
    result

/// An estimate as JSON; an undefined value is null.
let private estimate (one: Estimate) =
    object [
        "value", (if one.IsDefined then node one.Value else null)
        "low", node one.Low
        "high", node one.High
    ]

let private threshold (found: ThresholdEstimates option) =
    match found with
    | None -> null
    | Some found ->
        object [
            "threshold", node found.Threshold
            "detected", node found.Detected
            "drawn_detected", node found.DrawnDetected
            "precision", estimate found.Precision
            "recall", estimate found.Recall
        ]

let private calibration (one: CalibratedClass) =
    object [
        match one.Calibration with
        | Some fitted ->
            "function",
            (match Option.ofObj fitted.Map with
             | Some map -> node map.Summary
             | None -> null)
            "error_before", node fitted.ErrorBefore
            "error_after", node fitted.ErrorAfter
        | None -> "function", null
        match one.Problem with
        | Some problem -> "problem", node problem
        | None -> ()
        "threshold", node one.Threshold
        "has_precision", node one.HasPrecision
    ]

let private ofClass (one: ClassResult) =
    object [
        "class", node one.Label
        "reviewed", node one.Sample.Drawn.Count
        "reviewed_with_class", node one.Sample.DrawnPresent
        "known", node one.Sample.KnownStretches
        "known_with_class", node one.Sample.KnownPresent
        "not_represented", node one.NotRepresented
        match one.Prevalence with
        | Some found ->
            "share", estimate found.Share
            "stretches", estimate found.Stretches
            "few_with_class", node found.IsCoarse
        | None ->
            "share", null
            "stretches", null
        match one.Unseen with
        | Some unseen ->
            "at_threshold", threshold (Some unseen.Now)
            "at_precision", threshold unseen.Wanted
            "calibration", calibration unseen.Calibrated
        | None -> ()
    ]

let write (results: EstimateResults) =
    let document =
        object [
            "model", node results.Model
            "folder", node results.Folder
            "stretch_seconds", node results.StretchSeconds
            "stretches", node results.Collection.Count
            "first_round", node results.FirstRound
            "rounds", node results.Rounds
            "drawn", node results.Collection.Drawn
            "reviewed", node results.Collection.Reviewed
            "unseen", node results.IsUnseen
            "precision", node results.Precision
            "classes", array (results.Classes |> List.map ofClass)
            "notes", array (EstimateResults.notes results |> List.map node)
        ]
    let options =
        JsonSerializerOptions(WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
    Console.Out.WriteLine((Unchecked.nonNull document).ToJsonString options)
