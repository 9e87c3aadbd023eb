namespace Sed

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
    /// Length of the median filter over the active frames; 0 for none.
    Median: float<s>
    Tags: Tags
    Declared: string list
}

module Detection =
    let defaults = {
        Threshold = 0.5
        Median = 0.0<s>
        Tags = FromEvents
        Declared = []
    }

    let print (detection: Detection) =
        let median =
            if detection.Median = 0.0<s> then
                "no smoothing"
            else
                $"median filter of {Text.number (float detection.Median)} s"

        let tags =
            match detection.Tags with
            | FromEvents -> "tags from the events"
            | FromWeakOutput -> "tags from the weak output"

        $"threshold {Text.number detection.Threshold}, {median}, {tags}"

    let problems (detection: Detection) =
        let problem = Problem.at "detection"

        [
            if not (detection.Threshold > 0.0 && detection.Threshold < 1.0) then
                problem $"the threshold is {Text.number detection.Threshold}" "it lies between 0 and 1"
            if not (detection.Median >= 0.0<s>) then
                problem $"the median filter is {Text.number (float detection.Median)} s long" "0 is none"
            yield! Text.keywordsTwice "detection" detection.Declared
        ]

/// detection { threshold 0.5; median 0.54<s>; tags FromEvents }
type DetectionBuilder() =
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
        { detection with Median = length } |> given "median"

    /// Where the tags of a clip come from, FromEvents or FromWeakOutput. Default FromEvents.
    [<CustomOperation "tags">]
    member _.Tags(detection: Detection, source: Tags) =
        { detection with Tags = source } |> given "tags"
