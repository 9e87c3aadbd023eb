namespace Sed.Tool.Evaluate

open Argu
open Sed.Core.Scoring

/// How results are printed.
type Format =
    | Table = 0
    | Json = 1
    | Csv = 2

/// How events are paired.
type Matching =
    | Optimal = 0
    | Greedy = 1

/// What an undefined class contributes to an average over classes.
type Undefined =
    | Left_Out = 0
    | Zero = 1

/// What a rate over an empty reference is.
type Empty_Reference =
    | Epsilon = 0
    | Undefined = 1

/// The precision of an empty estimate.
type Empty_Estimate =
    | Undefined = 0
    | Zero = 1

module Metrics =
    /// The metrics that lists can have. Lists hold no weak output of a network.
    let offered = [
        for metric in Metric.All do
            if
                metric.Basis <> MetricBasis.WeakOutput
                && metric.Basis <> MetricBasis.WeakOutputTags
            then
                metric
    ]

type Arguments =
    | [<Mandatory; Unique>] Reference of path: string
    | [<Unique>] Estimated of path: string
    | [<Unique>] Against of path: string
    | [<Unique>] Scores of path: string
    | [<Unique>] Against_Scores of path: string
    | [<Unique>] Durations of path: string
    | [<Unique>] Reference_Tags of path: string
    | [<Unique>] Estimated_Tags of path: string
    | [<Unique>] Classes of path: string
    | Class of label: string
    | Metric of key: string
    | Segment of seconds: float
    | [<Unique>] Evaluated_Length of seconds: float
    | [<Unique>] Evaluated_Durations
    | [<Unique>] Collar of seconds: float
    | [<Unique>] Length of part: float
    | [<Unique>] Onset_Only
    | [<Unique>] Offset_Only
    | [<Unique>] Matching of Matching
    | [<Unique>] Order_By_Time
    | [<Unique>] Unknown_Labels
    | [<Unique>] Undefined of Undefined
    | [<Unique>] Empty_Reference of Empty_Reference
    | [<Unique>] Empty_Estimate of Empty_Estimate
    | [<Unique>] Dtc of part: float
    | [<Unique>] Gtc of part: float
    | [<Unique>] Cttc of part: float
    | [<Unique>] Alpha_Ct of weight: float
    | [<Unique>] Alpha_St of weight: float
    | [<Unique>] Max_Efpr of rate: float
    | [<Unique>] Authors_Variant
    | [<Unique>] Bootstrap of resamples: int
    | [<Unique>] Seed of number: uint64
    | [<Unique>] Confidence of part: float
    | [<Unique>] Allow_Empty
    | [<Unique>] Strict
    | [<Unique>] Format of Format

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Reference _ -> "the true events: a tab-separated list of file, onset, offset, label"
            | Estimated _ -> "the estimated events, a list of the same form"
            | Against _ -> "the estimated events of a second system; with --bootstrap, its differences from the first"
            | Scores _ ->
                "frame scores: a list with a header filename, onset, offset and the classes, or a folder of lists"
            | Against_Scores _ -> "frame scores of a second system; with --bootstrap, its differences in PSDS"
            | Durations _ -> "the length of each file: rows of file and seconds; needed for PSDS from decisions"
            | Reference_Tags _ -> "the true tags of each file; by default the labels of the reference"
            | Estimated_Tags _ -> "the estimated tags of each file; by default the labels of the estimate"
            | Classes _ ->
                "the classes, one label per line; by default the labels of the reference, in alphabetical order"
            | Class _ -> "one class; may be given again"
            | Metric _ ->
                let described = [ for metric in Metrics.offered -> $"{metric.Key} ({metric.Summary})" ] |> String.concat ", "
                $"a metric of the part \"metrics\"; may be given again; default all that the lists allow: {described}"
            | Segment _ -> "length of a segment in seconds; may be given again; default 1.0"
            | Evaluated_Length _ ->
                "the length of every file in seconds for segments; by default the last offset of reference and estimate"
            | Evaluated_Durations -> "take the length of each file for segments from --durations"
            | Collar _ -> "how far onsets and offsets may be apart, in seconds; default 0.2"
            | Length _ -> "the part of an event's length by which its offset may be off as well; default 0.5"
            | Onset_Only -> "compare only the onsets of events"
            | Offset_Only -> "compare only the offsets of events"
            | Matching _ -> "pair as many events as possible, or the first that fits; default optimal"
            | Order_By_Time ->
                "take events by time, not in the order of the rows, so that no number depends on that order"
            | Unknown_Labels ->
                "count estimated labels outside the classes in overall event-based metrics, as sed_eval does; segments are left out"
            | Undefined _ ->
                "what an undefined class contributes to an average over classes; default left_out, as sed_eval"
            | Empty_Reference _ ->
                "error rates of an empty reference: division by 2^-52, as sed_eval, or undefined; default epsilon"
            | Empty_Estimate _ ->
                "the precision of an empty estimate: undefined, as sed_eval, or zero; default undefined"
            | Dtc _ -> "PSDS: detection tolerance criterion"
            | Gtc _ -> "PSDS: ground truth intersection criterion"
            | Cttc _ -> "PSDS: cross-trigger tolerance criterion"
            | Alpha_Ct _ -> "PSDS: weight of cross-triggers"
            | Alpha_St _ -> "PSDS: weight of the deviation between classes"
            | Max_Efpr _ -> "PSDS: largest effective false positive rate, per hour"
            | Authors_Variant -> "also score as the authors' own published code does (a labelled variant, no reference)"
            | Bootstrap _ -> "resample the files so many times and print intervals"
            | Seed _ -> "the seed of the resampling; default 1"
            | Confidence _ -> "the part of the resamples inside an interval; default 0.95"
            | Allow_Empty -> "accept an estimate without a single row: a system that detected nothing"
            | Strict -> "take every warning for an error"
            | Format _ -> "table, json or csv; default table"
