namespace Sed

open Sed.Core.Detection
open Sed.Core.Detection.Steps

/// Where the tags of a clip come from.
type Tags =
    /// Every class that is detected somewhere in the clip, as in the paper.
    | FromEvents
    /// Every class whose weak output reaches the threshold.
    | FromWeakOutput

/// How frame probabilities become events and tags.
type Detection = {
    /// A frame is active from this probability on.
    Threshold: float
    /// What is done with the active frames, in this order.
    Steps: DecodingStep list
    Tags: Tags
    Declared: string list
}

module Detection =
    let defaults = {
        Threshold = 0.5
        Steps = []
        Tags = FromEvents
        Declared = []
    }

    /// The same in the core's words.
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

    let print (detection: Detection) =
        let steps =
            match detection.Steps with
            | [] -> "no smoothing"
            | steps -> steps |> List.map _.InWords |> String.concat ", "

        let tags =
            match detection.Tags with
            | FromEvents -> "tags from the events"
            | FromWeakOutput -> "tags from the weak output"

        $"threshold {Text.number detection.Threshold}, {steps}, {tags}"

    let problems (detection: Detection) = [
        for sentence in (options detection).Problems() do
            Problem.ofSentence "detection" sentence
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

    /// Length of the median filter over the active frames. Default none.
    [<CustomOperation "median">]
    member _.Median(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MedianFilter(float length)) detection
        |> given "median"

    /// Events that are shorter are dropped. Default none.
    [<CustomOperation "shortest">]
    member _.Shortest(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.Shortest(float length)) detection
        |> given "shortest"

    /// Events of a class with less between them are one. Default none.
    [<CustomOperation "gap">]
    member _.Gap(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.Gap(float length)) detection |> given "gap"

    /// An event goes on while its probability reaches this lower threshold. Default none.
    [<CustomOperation "hysteresis">]
    member _.Hysteresis(detection: Detection, low: float) =
        Detection.withStep (DecodingStep.Hysteresis low) detection |> given "hysteresis"

    /// Where the tags of a clip come from, FromEvents or FromWeakOutput. Default FromEvents.
    [<CustomOperation "tags">]
    member _.Tags(detection: Detection, source: Tags) =
        { detection with Tags = source } |> given "tags"
