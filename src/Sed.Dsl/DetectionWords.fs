namespace Sed

open Sed.Core.Detection.Steps

/// detection { threshold 0.5; median 0.54<s>; tags FromEvents }
type DetectionBuilder() =
    inherit Block<Detection>()

    let given keyword (detection: Detection) = {
        detection with
            Declared = detection.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Detection.defaults

    /// A class is active in a frame if its probability is at least this value. Default 0.5.
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

    /// Minimum duration of an event; shorter events are removed. Default none.
    [<CustomOperation "minDuration">]
    member _.MinDuration(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumDuration(float length)) detection
        |> given "minDuration"

    /// Consecutive events of a class are joined if the gap between them is shorter than this length. Default none.
    [<CustomOperation "minGap">]
    member _.MinGap(detection: Detection, length: float<s>) =
        Detection.withStep (DecodingStep.MinimumGap(float length)) detection
        |> given "minGap"

    /// Hysteresis: an event that reaches the usual threshold extends in both directions while its probability is at
    /// least this lower threshold. Default none.
    [<CustomOperation "hysteresis">]
    member _.Hysteresis(detection: Detection, low: float) =
        Detection.withStep (DecodingStep.Hysteresis low) detection |> given "hysteresis"

    /// Gate: a clip has events of a class only if its weak output for the class is at least this value, for example 0.5
    /// (Kong et al. 2020). For recordings longer than a clip, the weak output is the maximum over the windows; live
    /// streams cannot be decoded with a gate. Default none.
    [<CustomOperation "gate">]
    member _.Gate(detection: Detection, weak: float) =
        { detection with Gate = Some weak } |> given "gate"

    /// Change-point-based event boxes (cSEBBs): a step filter of this length finds the change points of the scores,
    /// independently of the threshold. Neighbouring boxes are merged by `NoMerging`, `FallBelow 0.2`, `RatioBelow 2.0`
    /// or `FallAndRatioBelow(0.3, 2.0)`. This is always the last decoding step. Default none.
    [<CustomOperation "changePoints">]
    member _.ChangePoints(detection: Detection, filter: float<s>, merging: Merging) =
        Detection.withStep (Detection.changePoints filter merging) detection
        |> given "changePoints"

    /// Calibration of the network's outputs, fitted on the clips that `tune` uses: Temperature, TemperaturePerClass or
    /// IsotonicPerClass. Thresholds and gates apply to the calibrated probabilities and are tuned after the calibration. The
    /// weak output and the frame probabilities are calibrated separately. Default: no calibration.
    [<CustomOperation "calibrate">]
    member _.Calibrate(detection: Detection, calibrating: Calibrating) =
        {
            detection with
                Calibrated = Some calibrating
        }
        |> given "calibrate"

    /// Decoding parameters to tune for each class: ThresholdPerClass, SmoothingPerClass, BoxesForPsds1, BoxesForEventF,
    /// ThresholdAndGatePerClass or `StepsPerClass [ ... ]`. They are tuned on the held-out training clips or, if there are
    /// none, on the clips of `selectOn`. Default: no tuning.
    [<CustomOperation "tune">]
    member _.Tune(detection: Detection, tuning: Tuning) =
        { detection with Tuned = Some tuning } |> given "tune"

    /// The source of a clip's tags, FromEvents or FromWeakOutput. Default FromEvents.
    [<CustomOperation "tags">]
    member _.Tags(detection: Detection, source: Tags) =
        { detection with Tags = source } |> given "tags"
