namespace Sed

open Sed.Core.Detection
open Sed.Core.Detection.Steps
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

/// How frame probabilities become events and tags.
type Detection = {
    /// A frame is active from this probability on.
    Threshold: float
    /// What is done with the probabilities before, in this order.
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

    /// The same in the core's words; what is tuned is chosen later.
    let options (detection: Detection) =
        DetectionOptions(
            Threshold = detection.Threshold,
            Steps = List.toArray detection.Steps,
            Tags =
                match detection.Tags with
                | FromEvents -> TagSource.Events
                | FromWeakOutput -> TagSource.WeakOutput
        )

    /// Puts a step in the place of the one of its kind, or after the others.
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
            Problem.at "detection" found.Cause found.Remedy
        match detection.Tuned with
        | Some(StepsPerClass []) ->
            Problem.at "detection" "no steps to choose from" "say for example `tuned ThresholdPerClass`"
        | Some(StepsPerClass steps) ->
            for found in List.concat steps |> Seq.collect _.Problems() |> Seq.distinct do
                Problem.at "detection, tuned" found.Cause found.Remedy
        | Some(SmoothingPerClass | BoxesPerClass) when not detection.Steps.IsEmpty ->
            Problem.at
                "detection"
                "steps are given beside those that are chosen for each class"
                "leave them out, or say `tuned ThresholdPerClass`"
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

    /// A frame is active from this probability on. Default 0.5.
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

    /// Events that are shorter are dropped. Default none.
    [<CustomOperation "shortest">]
    member _.Shortest(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumDuration(float length)) detection
        |> given "shortest"

    /// Events of a class with less between them are one. Default none.
    [<CustomOperation "gap">]
    member _.Gap(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumGap(float length)) detection
        |> given "gap"

    /// An event goes on while its probability reaches this lower threshold. Default none.
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
    [<CustomOperation "tuned">]
    member _.Tuned(detection: Detection, tuning: Tuning) =
        { detection with Tuned = Some tuning } |> given "tuned"

    /// Where the tags of a clip come from, FromEvents or FromWeakOutput. Default FromEvents.
    [<CustomOperation "tags">]
    member _.Tags(detection: Detection, source: Tags) =
        { detection with Tags = source } |> given "tags"
