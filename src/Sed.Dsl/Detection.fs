namespace Sed

open System.Text.Json.Nodes
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Runtime.Keys
open Sed.Core.Scoring

/// The source of a clip's tags.
type Tags =
    /// Every class that is detected somewhere in the clip, as in Adavanne and Virtanen (2017).
    | FromEvents
    /// Every class whose weak output reaches the threshold.
    | FromWeakOutput

/// Decoding parameters that are tuned for each class. They are tuned on the held-out training clips or, if there are
/// none, on the clips that early stopping monitors; scores on these clips are optimistic. If the held-out clips of the
/// folds are scored, the decoding of each fold is tuned on the held-out clips of the other folds. Except with
/// BoxesForPsds1 and BoxesForEventF, tuning maximises the segment-based F-score of the class. If event times are
/// unknown, it always maximises the tagging F-score.
type Tuning =
    /// The threshold; the candidates are all thresholds that give different decisions.
    | ThresholdPerClass
    /// The threshold, the length of the median filter (0 to 2 s) and the minimum duration of events (0 to 2 s).
    | SmoothingPerClass
    /// The step filter and the merging of change points that maximise the PSDS1 of the class (18 candidates, Ebbers et
    /// al. 2024), then the threshold that maximises its segment-based F-score.
    | BoxesForPsds1
    /// The step filter, the merging of change points (the candidates of BoxesForPsds1) and the threshold that maximise
    /// the collar-based F-score of the class. The collar is 0.2 s. For the offset of an event, it is 20 % of the
    /// event's length if this is longer than 0.2 s.
    | BoxesForEventF
    /// The threshold and the decoding steps. The candidates for the steps are the given lists; one list is chosen.
    | StepsPerClass of DecodingStep list list
    /// The threshold and the gate (none, or 0.1 to 0.9 in steps of 0.1).
    | ThresholdAndGatePerClass

/// The criterion for merging neighbouring boxes between change points. It compares the maximum score of each of the two
/// boxes with the minimum score in the gap between them.
type Merging =
    /// Neighbouring boxes are not merged.
    | NoMerging
    /// Merges two boxes if the maximum of each box exceeds the minimum of the gap by less than this difference, for
    /// example 0.2.
    | FallBelow of float
    /// Merges two boxes if the maximum of each box, divided by the minimum of the gap, is below this ratio, for example
    /// 2.0.
    | RatioBelow of float
    /// Merges two boxes if both criteria hold, for example FallAndRatioBelow(0.3, 2.0).
    | FallAndRatioBelow of fall: float * ratio: float

/// Calibration of the network's outputs: a non-decreasing function maps each probability of the network to a calibrated
/// probability. The frame probabilities and the weak output have separate functions, which are fitted on the clips that
/// tuned decoding uses. If event times are unknown, only the weak output is calibrated.
type Calibrating =
    /// Temperature scaling: logits are divided by one temperature for all classes (Guo et al. 2017).
    | Temperature
    /// Temperature scaling with a temperature for each class.
    | TemperaturePerClass
    /// Isotonic regression for each class (Zadrozny and Elkan 2002).
    | IsotonicPerClass

/// The decoding of frame probabilities into events and tags.
type Detection = {
    /// A class is active in a frame if its probability is at least this value.
    Threshold: float
    /// Further decoding steps, in order.
    Steps: DecodingStep list
    /// The gate: a clip has events of a class only if its weak output for the class is at least this value. None for no
    /// gate.
    Gate: float option
    Tags: Tags
    /// The calibration of the network's outputs. It is applied before the gate, the decoding steps and the thresholds.
    /// None for no calibration.
    Calibrated: Calibrating option
    /// The decoding parameters that are tuned for each class; None for no tuning.
    Tuned: Tuning option
    Declared: string list
}

module Detection =
    let defaults = {
        Threshold = 0.5
        Steps = []
        Gate = None
        Tags = FromEvents
        Calibrated = None
        Tuned = None
        Declared = []
    }

    /// Whether the decoding is fitted to clips: it is tuned, or the outputs are calibrated.
    let isFitted (detection: Detection) =
        detection.Tuned.IsSome || detection.Calibrated.IsSome

    /// Converts the decoding to options of Sed.Core, without the tuned parameters and the calibration, which are added
    /// later.
    let options (detection: Detection) =
        DetectionOptions(
            Threshold = detection.Threshold,
            Steps = List.toArray detection.Steps,
            Gate = Option.toNullable detection.Gate,
            Tags =
                match detection.Tags with
                | FromEvents -> TagSource.Events
                | FromWeakOutput -> TagSource.WeakOutput
        )

    /// Replaces the decoding step of the same kind by the given step or, if there is none, appends the given step.
    let withStep (step: DecodingStep) (detection: Detection) =
        let isOfItsKind (other: DecodingStep) = other.GetType() = step.GetType()
        {
            detection with
                Steps =
                    if List.exists isOfItsKind detection.Steps then
                        detection.Steps
                        |> List.map (fun other -> if isOfItsKind other then step else other)
                    else
                        detection.Steps @ [ step ]
        }

    /// Creates the decoding step that detects boxes between change points.
    let changePoints (filter: float<s>) merging =
        match merging with
        | NoMerging -> DecodingStep.ChangePoints(float filter)
        | FallBelow fall -> DecodingStep.ChangePoints(float filter, MergeDifference = fall)
        | RatioBelow ratio -> DecodingStep.ChangePoints(float filter, MergeRatio = ratio)
        | FallAndRatioBelow(fall, ratio) ->
            DecodingStep.ChangePoints(float filter, MergeDifference = fall, MergeRatio = ratio)

    /// The candidates of a tuning for the decoding steps; each candidate is a list of steps.
    let choices (detection: Detection) tuning : DecodingStep list list =
        let all
            (grid: System.Collections.Generic.IReadOnlyList<System.Collections.Generic.IReadOnlyList<DecodingStep>>)
            = [ for steps in grid -> List.ofSeq steps ]
        match tuning with
        | ThresholdPerClass
        | ThresholdAndGatePerClass -> [ detection.Steps ]
        | SmoothingPerClass -> all DecodingGrid.Smoothing
        | BoxesForPsds1
        | BoxesForEventF -> all DecodingGrid.ChangePoints
        | StepsPerClass steps -> steps

    /// The candidate gates of a tuning. Null stands for no gate.
    let gates (detection: Detection) tuning =
        match tuning with
        | ThresholdAndGatePerClass -> DecodingGrid.Gates
        | _ -> [| Option.toNullable detection.Gate |]

    /// The score that tuning maximises for each class.
    let objective tuning =
        match tuning with
        | BoxesForPsds1 -> TuningObjective.Psds1
        | BoxesForEventF -> TuningObjective.EventF
        | ThresholdPerClass
        | SmoothingPerClass
        | StepsPerClass _
        | ThresholdAndGatePerClass -> TuningObjective.SegmentF

    /// Converts a calibration method to its value in Sed.Core.
    let method calibrating =
        match calibrating with
        | Temperature -> CalibrationMethod.Temperature
        | TemperaturePerClass -> CalibrationMethod.TemperaturePerClass
        | IsotonicPerClass -> CalibrationMethod.IsotonicPerClass

    let printCalibrating calibrating =
        match calibrating with
        | Temperature -> "one temperature"
        | TemperaturePerClass -> "a temperature for each class"
        | IsotonicPerClass -> "isotonic regression for each class"

    let printTuning tuning =
        match tuning with
        | ThresholdPerClass -> "threshold"
        | ThresholdAndGatePerClass -> "threshold and gate"
        | SmoothingPerClass -> "threshold, median filter and shortest event"
        | BoxesForPsds1 -> "boxes between change points by PSDS1, and threshold"
        | BoxesForEventF -> "boxes between change points and threshold by collar-based F-score"
        | StepsPerClass steps ->
            let ways = [
                for way in steps ->
                    match way with
                    | [] -> "nothing"
                    | way -> way |> List.map _.Summary |> String.concat " and "
            ]
            let ways = String.concat " or " ways
            $"threshold and {ways}"

    /// The canonical key of the decoding, including its calibration and its tuning.
    let key (detection: Detection) : JsonObject =
        let key = JsonObject()
        key["decoding"] <- CanonicalKey.Node(options detection)
        match detection.Calibrated with
        | None -> ()
        | Some calibrating -> key["calibrated"] <- CanonicalKey.Node(method calibrating)
        match detection.Tuned with
        | None -> ()
        | Some ThresholdPerClass -> key["tuned"] <- JsonValue.Create "threshold"
        | Some ThresholdAndGatePerClass -> key["tuned"] <- JsonValue.Create "thresholdAndGate"
        | Some SmoothingPerClass -> key["tuned"] <- JsonValue.Create "smoothing"
        | Some BoxesForPsds1 -> key["tuned"] <- JsonValue.Create "boxesForPsds1"
        | Some BoxesForEventF -> key["tuned"] <- JsonValue.Create "boxesForEventF"
        | Some(StepsPerClass ways) ->
            key["tuned"] <-
                JsonArray [|
                    for steps in ways -> JsonArray [| for step in steps -> CanonicalKey.Node step |] :> JsonNode
                |]
        key

    let print (detection: Detection) =
        let steps =
            match detection.Steps with
            | [] -> "no smoothing"
            | steps -> steps |> List.map _.Summary |> String.concat ", "

        let tags =
            match detection.Tags with
            | FromEvents -> "tags from the events"
            | FromWeakOutput -> "tags from the weak output"

        let tuned =
            match detection.Tuned with
            | Some tuning -> $"; tuned for each class: {printTuning tuning}"
            | None -> ""

        let gate =
            match detection.Gate with
            | Some weak -> $", gate {Text.number weak}"
            | None -> ""

        let calibrated =
            match detection.Calibrated with
            | Some calibrating -> $"; calibrated by {printCalibrating calibrating}"
            | None -> ""

        $"threshold {Text.number detection.Threshold}, {steps}{gate}, {tags}{calibrated}{tuned}"

    let problems (detection: Detection) = [
        for found in (options detection).Problems() do
            found.Within "detection"
        match detection.Tuned with
        | Some(StepsPerClass []) ->
            Problem.at
                "detection"
                "StepsPerClass has no candidates"
                "give at least one list of steps, or use `tune ThresholdPerClass`"
        | Some(StepsPerClass steps) ->
            for found in steps |> Seq.collect (fun list -> DecodingStep.ProblemsOf list) |> Seq.distinct do
                found.Within "detection, tune"
        | Some(SmoothingPerClass | BoxesForPsds1 | BoxesForEventF) when not detection.Steps.IsEmpty ->
            Problem.at
                "detection"
                "fixed steps cannot be combined with steps that are tuned for each class"
                "remove the fixed steps, or use `tune ThresholdPerClass`"
        | Some ThresholdAndGatePerClass when detection.Gate.IsSome ->
            Problem.at
                "detection"
                "a fixed gate cannot be combined with a gate that is tuned for each class"
                "remove the fixed gate, or use `tune ThresholdPerClass`"
        | _ -> ()
        yield! Text.keywordsTwice "detection" detection.Declared
    ]
