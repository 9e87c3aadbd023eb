/// The estimates as text tables of at most 80 columns (with class names of up to 20 characters).
module internal Sed.Tool.Estimate.Tables

open System
open System.Globalization
open Sed.Core.Detection.Calibrations
open Sed.Core.Labelling.Estimates
open Sed.Tool.Evaluate
open Spectre.Console

let private number (pattern: string) (value: float) =
    value.ToString(pattern, CultureInfo.InvariantCulture)

/// A value with its interval, for example "3.2 (1.1–6.9)".
let private estimate pattern (factor: float) (one: Estimate) =
    if not one.IsDefined then
        "-"
    else
        let scaled = one.Times factor
        $"{number pattern scaled.Value} ({number pattern scaled.Low}–{number pattern scaled.High})"

let private prevalence (results: EstimateResults) =
    let seconds = number "0.###" results.StretchSeconds
    TableCells.table $"Prevalence in {results.Collection.Count} stretches of {seconds} s" [
        "class"
        "reviewed"
        "with it"
        "share %"
        "stretches"
    ] [
        for one in results.Classes do
            [
                one.Label
                string one.Sample.Drawn.Count
                string one.Sample.DrawnPresent
                match one.Prevalence with
                | Some found ->
                    estimate "0.0" 100.0 found.Share
                    estimate "0" 1.0 found.Stretches
                | None ->
                    "-"
                    "-"
            ]
    ]

let private thresholds title (pick: UnseenClass -> ThresholdEstimates option) (results: EstimateResults) =
    TableCells.table title [ "class"; "threshold"; "detected"; "precision %"; "recall %" ] [
        for one in results.Classes do
            [
                one.Label
                match one.Unseen |> Option.bind pick with
                | Some found ->
                    number "0.000" found.Threshold
                    string found.Detected
                    estimate "0" 100.0 found.Precision
                    estimate "0" 100.0 found.Recall
                | None ->
                    "-"
                    "-"
                    "-"
                    "-"
            ]
    ]

let private calibration (results: EstimateResults) =
    TableCells.table "Calibration" [ "class"; "function"; "error"; "after"; "threshold" ] [
        for one in results.Classes do
            match one.Unseen with
            | None -> ()
            | Some unseen -> [
                one.Label
                match unseen.Calibrated.Calibration with
                | Some fitted ->
                    match Option.ofObj fitted.Map with
                    | Some(:? ProbabilityMap.Isotonic) -> "isotonic regression"
                    | Some map -> map.Summary
                    | None -> "unchanged"
                    number "0.000" fitted.ErrorBefore
                    number "0.000" fitted.ErrorAfter
                | None ->
                    "unchanged"
                    "-"
                    "-"
                number "0.000" unseen.Calibrated.Threshold
              ]
    ]

let private legend (results: EstimateResults) = [
    "Values in parentheses are 95 % intervals."
    if results.IsUnseen then
        "Detected: stretches whose largest frame probability reaches the threshold, among the stretches that could be drawn."
        "The lowest thresholds are chosen on the stretches from which precision and recall are estimated; cross-validation takes this into account."
        "Error: expected calibration error of stretches. After: this error after calibration (cross-validated). Threshold: for calibrated probabilities."
        let unreached = [
            for one in results.Classes do
                match one.Unseen with
                | Some unseen when unseen.Wanted.IsNone -> one.Label
                | _ -> ()
        ]
        if not unreached.IsEmpty then
            let wanted = number "0.###" results.Precision
            $"""Classes for which no threshold reaches a precision of {wanted} in the random stretches: {String.concat ", " unreached}. Review more random stretches, or lower --precision."""
        for problem, classes in
            [
                for one in results.Classes do
                    match one.Unseen |> Option.bind _.Calibrated.Problem with
                    | Some problem -> problem, one.Label
                    | None -> ()
            ]
            |> List.groupBy fst do
            $"""Not calibrated, because {problem}: {classes |> List.map snd |> String.concat ", "}."""
]

let write (results: EstimateResults) =
    let console =
        AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out))
    // Redirected output has no width.
    if Console.IsOutputRedirected then
        console.Profile.Width <- 180
    let wanted = number "0.###" results.Precision
    for table in
        [
            prevalence results
            if results.IsUnseen then
                thresholds "Detections at the model's thresholds" (fun unseen -> Some unseen.Now) results
                thresholds $"Detections at the lowest threshold for a precision of {wanted}" _.Wanted results
                calibration results
        ] do
        console.Write table
    for line in legend results do
        Console.Out.WriteLine line
    let rounds =
        if results.FirstRound = results.Rounds then
            $"round {results.Rounds}"
        else
            $"rounds {results.FirstRound} to {results.Rounds}"
    Console.Out.WriteLine
        $"Random stretches of {rounds}: {results.Collection.Drawn}, of which {results.Collection.Reviewed} are reviewed."
    for note in EstimateResults.notes results do
        Console.Out.WriteLine $"note: {note}"
