/// Results as JSON, as described in evaluate.md. Names are stable: new names may be added,
/// but existing names are never changed or removed.
module Sed.Tool.Evaluate.Json

open System
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Thresholds
open Sed.Tool.Evaluate.JsonFields

let private metricFields (json: Utf8JsonWriter) (one: MetricResults) =
    object json "values" (fun () ->
        for value in one.Values do
            object json value.Metric.Key (fun () ->
                json.WriteString("name", value.Metric.Name)
                json.WriteString("description", value.Metric.Summary)
                rates json [ "value", value.Value ]
                value.Averaged
                |> Option.iter (fun classes -> array json "averaged_classes" classes json.WriteStringValue)))

    uncertainty json one.Uncertainty

let private metrics (json: Utf8JsonWriter) (one: MetricResults) =
    object json "metrics" (fun () -> metricFields json one)

let private metricsBy (json: Utf8JsonWriter) (by: MetricGroups) =
    object json "metrics_by" (fun () ->
        json.WriteString("column", by.Column)

        object json "groups" (fun () ->
            for value, files, one in by.Groups do
                object json value (fun () ->
                    json.WriteNumber("files", files)
                    metricFields json one)))

let private detection (json: Utf8JsonWriter) (one: DetectionResult) =
    json.WriteStartObject()
    settings json one.Settings
    json.WriteNumber("evaluated_files", one.Files)
    json.WriteNumber("evaluated_length_seconds", one.Seconds)

    object json "overall" (fun () ->
        counts json one.Counts
        sheet json true one.Scores.Overall)

    object json "class_wise_average" (fun () -> sheet json false one.Scores.ClassAverage)

    object json "class_wise" (fun () ->
        for label, own, score in Seq.zip3 one.Scores.Classes one.ClassCounts one.Scores.PerClass do
            object json label (fun () ->
                counts json own
                sheet json false score))

    uncertainty json one.Uncertainty
    json.WriteEndObject()

let private tagging (json: Utf8JsonWriter) (one: TaggingResult) =
    let binary (counted: BinaryCounts) =
        counts json [
            "TP", counted.TruePositives
            "FP", counted.FalsePositives
            "FN", counted.FalseNegatives
            "TN", counted.TrueNegatives
        ]

    json.WriteStartObject()
    settings json one.Settings
    json.WriteNumber("files", one.Files)

    object json "micro" (fun () ->
        binary one.Counts
        fMeasure json one.Scores.Micro
        one.Scores.MicroAccuracies |> Option.ofNullable |> Option.iter (accuracy json))

    object json "macro" (fun () -> fMeasure json one.Scores.Macro)

    object json "class_wise" (fun () ->
        for label, own, f in Seq.zip3 one.Scores.Classes one.ClassCounts one.Scores.PerClass do
            object json label (fun () ->
                binary own
                fMeasure json f))

    uncertainty json one.Uncertainty
    json.WriteEndObject()

let private curve (json: Utf8JsonWriter) (name: string) (points: RocPoint seq) thresholds =
    array json name points (fun point ->
        json.WriteStartArray()
        number json point.FalsePositiveRate
        number json point.TruePositiveRate

        if thresholds then
            if Double.IsNaN point.Threshold then
                json.WriteNullValue()
            else
                number json point.Threshold

        json.WriteEndArray())

let private psds (json: Utf8JsonWriter) (one: PsdsScore) =
    json.WriteStartObject()
    settings json one.Settings
    rates json [ "psds", one.Result.Value ]
    curve json "psd_roc" one.Result.Roc false
    array json "left_out_classes" one.Result.LeftOut json.WriteStringValue

    object json "class_wise" (fun () ->
        for label, score, roc in Seq.zip3 one.Result.Classes one.Result.ClassScores one.Result.ClassRocs do
            object json label (fun () ->
                json.WriteNumber("psds", score)
                curve json "roc" roc true))

    uncertainty json one.Uncertainty
    json.WriteEndObject()

let private best (json: Utf8JsonWriter) (name: string) (one: Nullable<BestThreshold>) =
    one
    |> Option.ofNullable
    |> Option.iter (fun one ->
        object json name (fun () ->
            json.WritePropertyName "threshold"
            number json one.Threshold
            json.WriteNumber("value", one.Value)
            json.WriteNumber("TP", one.Counts.TruePositives)
            json.WriteNumber("FP", one.Counts.FalsePositives)
            json.WriteNumber("FN", one.Counts.FalseNegatives)))

// The largest false positive rate of partial areas under the ROC curve (DCASE 2024 Task 4).
let private partialRate = 0.1

let private ranking (one: ThresholdCurve) = [
    "average_precision", one.AveragePrecision()
    "roc_auc", one.RocArea()
    "roc_auc_as_sed_scores_eval", one.RocArea RocTies.AsSedScoresEval
    "partial_roc_auc", one.RocArea(RocTies.InOrder, partialRate)
    "partial_roc_auc_as_sed_scores_eval", one.RocArea(RocTies.AsSedScoresEval, partialRate)
    "d_prime", one.DPrime()
    "equal_error_rate", one.EqualErrorRate()
]

let private thresholdCurves (json: Utf8JsonWriter) (one: ThresholdCurves) =
    let bestF = one.BestF()

    let averages name (threshold: ThresholdCurve -> float) =
        object json name (fun () ->
            object json "macro" (fun () -> fMeasure json (one.MacroAverage threshold))
            object json "micro" (fun () -> fMeasure json (one.MicroAverage threshold)))

    json.WriteStartObject()
    json.WriteString("counting", one.Counting)
    averages "f_at_0.5" (fun _ -> 0.5)
    averages "best_f" (fun own -> bestF[own.Label].Threshold)
    let ranked = one.Counting.StartsWith("segments", System.StringComparison.Ordinal)

    if ranked then
        object json "mean" (fun () ->
            rates json [
                for name, _ in ranking one.PerClass[0] ->
                    name, one.Mean(fun own -> ranking own |> List.find (fst >> (=) name) |> snd)
            ])

    object json "class_wise" (fun () ->
        for own in one.PerClass do
            object json own.Label (fun () ->
                object json "at_0.5" (fun () -> fMeasure json (own.FMeasureAt 0.5))
                best json "best_f" (own.BestF())
                best json "best_error_rate" (own.BestErrorRate())

                if ranked then
                    rates json (ranking own)))

    json.WriteEndObject()

let private tagScores (json: Utf8JsonWriter) (tags: TagScores, certainty: Uncertainty) =
    let curves = tags.Curves()

    object json "tagging_from_scores" (fun () ->
        json.WriteString("clip_score", "largest frame score")

        rates json [ for measure in tags.Averages() -> measure.Name, measure.Value ]

        object json "class_wise" (fun () ->
            for own, lwlrap in Seq.zip curves.PerClass (tags.LwlrapPerClass()) do
                object json own.Label (fun () ->
                    rates json (ranking own @ [ "lwlrap", lwlrap ])
                    best json "best_f" (own.BestF())
                    best json "best_error_rate" (own.BestErrorRate())))

        uncertainty json certainty)

let private authors (json: Utf8JsonWriter) (one: AuthorsVariant) =
    object json "authors_variant" (fun () ->
        json.WriteString("note", "the authors' published code: drops the last frame of every second; no reference")
        json.WriteNumber("frame_seconds", one.FrameSeconds)
        json.WriteNumber("frames_per_block", one.FramesPerBlock)
        json.WriteNumber("clip_seconds", one.ClipSeconds)
        fMeasure json one.FMeasure
        errorRates json true one.ErrorRates)

let private annotated (json: Utf8JsonWriter) (inputs: Inputs) (one: AnnotatedTimes) =
    object json "annotated" (fun () ->
        json.WriteString("list", one.Reference.Source)
        json.WriteNumber("files", one.Reference.Files)
        json.WriteNumber("reference_files", inputs.Reference.Files.Length)
        json.WriteNumber("reference_seconds", one.Seconds)

        object json "class_wise" (fun () ->
            for label, seconds in Seq.zip inputs.Classes one.PerClass do
                object json label (fun () ->
                    json.WriteNumber("annotated_seconds", seconds)
                    json.WriteNumber("annotated_share", AnnotatedTimes.share one seconds))))

let write (stream: Stream) (results: Results) =
    use json =
        new Utf8JsonWriter(
            stream,
            JsonWriterOptions(Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
        )

    let inputs = results.Inputs
    json.WriteStartObject()
    json.WriteString("format", "seddsl-evaluate/1")
    json.WriteString("reference", inputs.ReferencePath)
    if inputs.Reference.Format <> "" then
        json.WriteString("reference_format", inputs.Reference.Format)
    inputs.Estimated
    |> Option.iter (fun one ->
        json.WriteString("estimated", one.Path)
        json.WriteString("estimated_format", one.Events.Format))
    if inputs.Estimated.IsNone then
        inputs.Tagged
        |> Option.iter (fun one -> json.WriteString("estimated_tags", one.Path))
    inputs.Against |> Option.iter (fun one -> json.WriteString("against", one.Path))
    inputs.Scores
    |> Option.iter (fun one -> json.WriteString("scores", one.Pairs.Scores.Source))
    inputs.Annotated |> Option.iter (annotated json inputs)
    array json "classes" inputs.Classes json.WriteStringValue
    array json "warnings" results.Warnings json.WriteStringValue

    results.Bootstrap
    |> Option.iter (fun one ->
        object json "bootstrap" (fun () ->
            json.WriteNumber("resamples", one.Options.Resamples)
            json.WriteNumber("seed", one.Options.Seed)
            json.WriteNumber("confidence", one.Options.Confidence)
            one.Groups
            |> Option.iter (fun column -> json.WriteString("group_by", column.Name))
            let drawn = if one.Groups.IsSome then "groups of files" else "files"
            json.WriteString(
                "method",
                $"{drawn} drawn with replacement; Student's t intervals and p-values with the standard error and the bias of the resamples"
            )))

    metrics json results.Metrics
    results.By |> Option.iter (metricsBy json)
    array json "segment_based" results.Segments (detection json)
    array json "event_based" (Option.toList results.Events) (detection json)
    array json "tagging" results.Tagging (tagging json)
    array json "psds" results.Psds (psds json)
    array json "threshold_curves" results.Curves (thresholdCurves json)
    results.Tags |> Option.iter (tagScores json)
    results.Authors |> Option.iter (authors json)
    json.WriteEndObject()
