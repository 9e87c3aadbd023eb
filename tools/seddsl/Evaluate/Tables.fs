/// Results as text tables.
module Sed.Tool.Evaluate.Tables

open System
open System.Globalization
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Thresholds
open Sed.Tool.Evaluate.TableCells
open Spectre.Console

let private metrics (one: MetricResults) = [
    if not one.Values.IsEmpty then
        table "Metrics, as in the tables of experiments" [ "metric"; "name"; "key"; "value" ] [
            for value in one.Values -> [ value.Metric.Summary; value.Metric.Name; value.Metric.Key; plain value.Value ]
        ]

        yield! uncertainty "Metrics" one.Uncertainty
]

/// A table of the metrics with one column for all files, and one column for each value in `by`.
let private metricsBy (all: MetricResults) (by: MetricGroups) = [
    let cell key (one: MetricResults) =
        one.Values
        |> List.tryFind (fun value -> value.Metric.Key = key)
        |> Option.map (fun value -> plain value.Value)
        |> Option.defaultValue ""

    table $"Metrics by {by.Column}" [
        "metric"
        "all"
        for value, files, _ in by.Groups do
            $"{value} ({files})"
    ] [
        for value in all.Values do
            [
                value.Metric.Name
                plain value.Value
                for _, _, one in by.Groups do
                    cell value.Metric.Key one
            ]
    ]

    for value, _, one in by.Groups do
        yield! uncertainty $"Metrics, {by.Column} {value}" one.Uncertainty
]

/// Lines that state the classes of macro averages.
let private averaged (one: MetricResults) = [
    for classes, values in
        one.Values
        |> List.filter _.Averaged.IsSome
        |> List.groupBy (fun value -> value.Averaged |> Option.defaultValue []) do
        let names = String.concat ", " [ for value in values -> value.Metric.Name ]
        $"""classes of {names}: {String.concat ", " classes}"""
]

let private detection title (one: DetectionResult) = [
    let accuracies =
        if one.Scores.Overall.Accuracies.HasValue then
            [ "Sens %"; "Spec %"; "Bacc %"; "Acc %" ]
        else
            []

    let average = sheet [] false one.Scores.ClassAverage

    table
        title
        ([ "class"; "Nref"; "Nsys"; "F %"; "P %"; "R %"; "ER"; "Sub"; "Del"; "Ins" ]
         @ accuracies)
        [
            "overall (micro)" :: sheet one.Counts true one.Scores.Overall
            "class average (macro)" :: average
            []
            for label, counts, own in Seq.zip3 one.Scores.Classes one.ClassCounts one.Scores.PerClass do
                label :: sheet counts false own
        ]

    yield! uncertainty title one.Uncertainty
]

let private tagging (one: TaggingResult) = [
    let title =
        match one.Scores.Rules with
        | TaggingRules.Plain -> "Tagging, plain rules"
        | _ -> "Tagging, official rules of DCASE 2017 Task 4 A"

    let row name (counts: BinaryCounts option) (f: FMeasure) =
        let shown pick =
            counts |> Option.map (pick >> string) |> Option.defaultValue ""

        [
            name
            shown _.Reference
            shown _.Estimated
            percent f.F
            percent f.Precision
            percent f.Recall
        ]

    table title [ "class"; "reference"; "estimated"; "F %"; "P %"; "R %" ] [
        row "micro (instance-based)" (Some one.Counts) one.Scores.Micro
        row "macro (class-based)" None one.Scores.Macro
        []
        for label, counts, f in Seq.zip3 one.Scores.Classes one.ClassCounts one.Scores.PerClass do
            row label (Some counts) f
    ]

    yield! uncertainty title one.Uncertainty
]

let private psds (scores: PsdsScore list) = [
    if not scores.IsEmpty then
        let setting name (one: PsdsScore) =
            match one.Settings |> List.find (fst >> (=) name) |> snd with
            | Number value -> value.ToString(CultureInfo.InvariantCulture)
            | Text text -> text
            | Flag flag -> string flag

        table "Polyphonic sound detection score (PSDS)" [
            "from"
            "DTC"
            "GTC"
            "CTTC"
            "alpha_ct"
            "alpha_st"
            "max eFPR/h"
            "cross-triggers over"
            "PSDS"
        ] [
            for one in scores do
                [
                    for name in
                        [
                            "source"
                            "dtc"
                            "gtc"
                            "cttc"
                            "alpha_ct"
                            "alpha_st"
                            "max_efpr_per_hour"
                            "cross_triggers_averaged_over"
                        ] do
                        setting name one
                    plain one.Result.Value
                ]
        ]

        let heading one =
            let parameters =
                $"""DTC {setting "dtc" one}, GTC {setting "gtc" one}, alpha_ct {setting "alpha_ct" one}"""
            $"""{setting "source" one}; {parameters}; over {setting "cross_triggers_averaged_over" one}"""

        let headings = [
            "class"
            for one in scores do
                heading one
        ]

        table "PSDS by class" headings [
            for label in
                scores
                |> List.collect (fun one -> List.ofSeq one.Result.Classes)
                |> List.distinct do
                [
                    label
                    for one in scores do
                        match one.Result.Classes.IndexOf label with
                        | -1 -> "-"
                        | index -> plain (Rate one.Result.ClassScores[index])
                ]
        ]

        for one in scores do
            yield! uncertainty "PSDS" one.Uncertainty
]

let private curves (one: ThresholdCurves) =
    let best (found: Nullable<BestThreshold>) shown =
        match Option.ofNullable found with
        | None -> [ "-"; "-" ]
        | Some found -> [ shown (Rate found.Value); plain (Rate found.Threshold) ]

    table $"Best thresholds: {one.Counting}" [ "class"; "best F %"; "threshold"; "best ER"; "threshold"; "F % at 0.5" ] [
        for own in one.PerClass do
            [ own.Label ]
            @ best (own.BestF()) percent
            @ best (own.BestErrorRate()) plain
            @ [ percent (own.FMeasureAt(0.5).F) ]
    ]

let private tagScores (tags: TagScores) =
    let curves = tags.Curves()

    table "Tagging from scores (largest frame score)" [ "class"; "AP"; "lwlrap"; "ROC AUC"; "d'"; "EER %" ] [
        [
            "mean"
            plain (curves.MeanAveragePrecision())
            plain (tags.Lwlrap())
            plain (curves.MeanRocArea())
            plain (ThresholdCurve.DPrime(curves.MeanRocArea()))
            percent (curves.Mean(fun own -> own.EqualErrorRate()))
        ]
        []
        for own, lwlrap in Seq.zip curves.PerClass (tags.LwlrapPerClass()) do
            [
                own.Label
                plain (own.AveragePrecision())
                plain lwlrap
                plain (own.RocArea())
                plain (own.DPrime())
                percent (own.EqualErrorRate())
            ]
    ]

let write (results: Results) =
    let settings = AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out)
    let console = AnsiConsole.Create settings

    // Redirected output has no width.
    if Console.IsOutputRedirected then
        console.Profile.Width <- 180

    let show (one: Table) = console.Write one

    metrics results.Metrics |> List.iter show
    results.By
    |> Option.iter (fun by -> metricsBy results.Metrics by |> List.iter show)

    for one in results.Segments do
        let resolution =
            match snd one.Settings.Head with
            | Number seconds -> seconds.ToString(CultureInfo.InvariantCulture)
            | _ -> ""

        let title = $"Segment-based, {resolution} s ({one.Files} files, {one.Seconds:F1} s)"

        detection title one |> List.iter show

    for one in Option.toList results.Events do
        detection $"Event-based ({one.Files} files)" one |> List.iter show

    results.Tagging |> List.collect tagging |> List.iter show
    psds results.Psds |> List.iter show
    results.Curves |> List.map curves |> List.iter show
    match results.Tags with
    | None -> ()
    | Some(tags, certainty) ->
        show (tagScores tags)
        uncertainty "Tagging from scores" certainty |> List.iter show

    match results.Authors with
    | None -> ()
    | Some one ->
        show (
            table "Published code of Adavanne and Virtanen (a variant, not a reference)" [ "F %"; "P %"; "R %"; "ER" ] [
                [
                    percent one.FMeasure.F
                    percent one.FMeasure.Precision
                    percent one.FMeasure.Recall
                    plain one.ErrorRates.ErrorRate
                ]
            ]
        )

    let conventions =
        [
            for one in results.Segments -> one.Settings
            for one in Option.toList results.Events -> one.Settings
        ]
        |> List.map Rows.text
        |> List.distinct

    for line in averaged results.Metrics do
        Console.Out.WriteLine line

    for line in conventions do
        Console.Out.WriteLine $"conventions: {line}"

    let inputs = results.Inputs
    for one in Option.toList inputs.Annotated do
        Console.Out.WriteLine(AnnotatedTimes.text inputs.Classes one inputs.Reference.Files.Length)

    for name, path, events in
        [
            "reference", inputs.ReferencePath, inputs.Reference
            for one in Option.toList inputs.Estimated do
                "estimated", one.Path, one.Events
            for one in Option.toList inputs.Against do
                "against", one.Path, one.Events
        ] do
        if events.Format <> "" then
            Console.Out.WriteLine
                $"{name}: {path} ({events.Format}, {events.Files.Length} files, {events.Count} events)"
