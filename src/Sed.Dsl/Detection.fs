namespace Sed

open System.Text.Json.Nodes
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Runtime.Keys
open Sed.Core.Scoring

/// Where the tags of a clip come from.
type Tags =
    /// Every class that is detected somewhere in the clip, as in the paper.
    | FromEvents
    /// Every class whose weak output reaches the threshold.
    | FromWeakOutput

/// What is chosen for each class alone, by clips that are not scored: the held-out training clips, or else those that early
/// stopping watches. The choice with the best F-score of the class is taken, segment-based where events are known, else of tags.
type Tuning =
    /// The threshold, among all that differ.
    | ThresholdPerClass
    /// Threshold, median filter (0 to 2 s) and shortest event (0 to 2 s).
    | SmoothingPerClass
    /// Threshold, and what boxes between change points are found and merged with.
    | BoxesPerClass
    /// Threshold, and steps among lists of one's own.
    | StepsPerClass of DecodingStep list list

/// Which boxes between change points are one.
type Merging =
    | NoMerging
    /// Those with a fall below so much between them.
    | FallBelow of float
    /// Those whose confidences are less than so many times what is between them.
    | RatioBelow of float

/// The decoding of frame probabilities into events and tags.
type Detection = {
    /// A class is active in a frame if its probability is at least this.
    Threshold: float
    /// Further decoding steps, in order.
    Steps: DecodingStep list
    Tags: Tags
    /// What is chosen for each class alone.
    Tuned: Tuning option
    Declared: string list
}

module Detection =
    let defaults = {
        Threshold = 0.5
        Steps = []
        Tags = FromEvents
        Tuned = None
        Declared = []
    }

    /// The options for the core. Tuned options are chosen later.
    let options (detection: Detection) =
        DetectionOptions(
            Threshold = detection.Threshold,
            Steps = List.toArray detection.Steps,
            Tags =
                match detection.Tags with
                | FromEvents -> TagSource.Events
                | FromWeakOutput -> TagSource.WeakOutput
        )

    /// Replaces the step of the same kind, or appends the step.
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

    /// Boxes between change points, as a step.
    let changePoints (filter: float<s>) merging =
        match merging with
        | NoMerging -> DecodingStep.ChangePoints(float filter)
        | FallBelow fall -> DecodingStep.ChangePoints(float filter, MergeDifference = fall)
        | RatioBelow ratio -> DecodingStep.ChangePoints(float filter, MergeRatio = ratio)

    /// The steps that tuning chooses from for each class.
    let choices (detection: Detection) tuning : DecodingStep list list =
        let all
            (grid: System.Collections.Generic.IReadOnlyList<System.Collections.Generic.IReadOnlyList<DecodingStep>>)
            = [ for steps in grid -> List.ofSeq steps ]
        match tuning with
        | ThresholdPerClass -> [ detection.Steps ]
        | SmoothingPerClass -> all DecodingGrid.Smoothing
        | BoxesPerClass -> all DecodingGrid.ChangePoints
        | StepsPerClass steps -> steps

    let printTuning tuning =
        match tuning with
        | ThresholdPerClass -> "threshold"
        | SmoothingPerClass -> "threshold, median filter and shortest event"
        | BoxesPerClass -> "threshold and boxes between change points"
        | StepsPerClass steps ->
            let ways = [
                for way in steps ->
                    match way with
                    | [] -> "nothing"
                    | way -> way |> List.map _.Summary |> String.concat " and "
            ]
            let ways = String.concat " or " ways
            $"threshold and {ways}"

    /// The canonical key.
    let key (detection: Detection) : JsonObject =
        let key = JsonObject()
        key["decoding"] <- CanonicalKey.Node(options detection)
        match detection.Tuned with
        | None -> ()
        | Some ThresholdPerClass -> key["tuned"] <- JsonValue.Create "threshold"
        | Some SmoothingPerClass -> key["tuned"] <- JsonValue.Create "smoothing"
        | Some BoxesPerClass -> key["tuned"] <- JsonValue.Create "boxes"
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

        $"threshold {Text.number detection.Threshold}, {steps}, {tags}{tuned}"

    let problems (detection: Detection) = [
        for found in (options detection).Problems() do
            found.Within "detection"
        match detection.Tuned with
        | Some(StepsPerClass []) ->
            Problem.at "detection" "no steps to choose from" "say for example `tune ThresholdPerClass`"
        | Some(StepsPerClass steps) ->
            for found in List.concat steps |> Seq.collect _.Problems() |> Seq.distinct do
                found.Within "detection, tune"
        | Some(SmoothingPerClass | BoxesPerClass) when not detection.Steps.IsEmpty ->
            Problem.at
                "detection"
                "steps are given beside those that are chosen for each class"
                "leave them out, or say `tune ThresholdPerClass`"
        | _ -> ()
        yield! Text.keywordsTwice "detection" detection.Declared
    ]

/// detection { threshold 0.5; median 0.54<s>; tags FromEvents }
type DetectionBuilder() =
    inherit Block<Detection>()

    let given keyword (detection: Detection) = {
        detection with
            Declared = detection.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Detection.defaults

    /// A class is active in a frame if its probability is at least this. Default 0.5.
    [<CustomOperation "threshold">]
    member _.Threshold(detection: Detection, probability: float) =
        {
            detection with
                Threshold = probability
        }
        |> given "threshold"

    /// Length of the median filter over the frames. Default none.
    [<CustomOperation "median">]
    member _.Median(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MedianFilter(float length)) detection
        |> given "median"

    /// Shorter events are removed. Default none.
    [<CustomOperation "minDuration">]
    member _.MinDuration(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumDuration(float length)) detection
        |> given "minDuration"

    /// Events of a class are joined if the gap between them is shorter than this. Default none.
    [<CustomOperation "minGap">]
    member _.MinGap(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumGap(float length)) detection
        |> given "minGap"

    /// Hysteresis: an event continues while its probability is at least this lower threshold. Default none.
    [<CustomOperation "hysteresis">]
    member _.Hysteresis(detection: Detection, low: float) =
        Detection.withStep (DecodingStep.Hysteresis low) detection |> given "hysteresis"

    /// Events lie between the change points of the scores that a step filter of this length finds, whatever the threshold; which
    /// neighbours are one: `NoMerging`, `FallBelow 0.2` or `RatioBelow 2.0`. Default none.
    [<CustomOperation "changePoints">]
    member _.ChangePoints(detection: Detection, filter: float<s>, merging: Merging) =
        Detection.withStep (Detection.changePoints filter merging) detection
        |> given "changePoints"

    /// What is chosen for each class alone, by clips that are not scored: ThresholdPerClass, SmoothingPerClass, BoxesPerClass or
    /// `StepsPerClass [ ... ]`. Default nothing.
    [<CustomOperation "tune">]
    member _.Tune(detection: Detection, tuning: Tuning) =
        { detection with Tuned = Some tuning } |> given "tune"

    /// Where the tags of a clip come from, FromEvents or FromWeakOutput. Default FromEvents.
    [<CustomOperation "tags">]
    member _.Tags(detection: Detection, source: Tags) =
        { detection with Tags = source } |> given "tags"
