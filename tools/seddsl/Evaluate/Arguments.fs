namespace Sed.Tool.Evaluate

open Argu
open Sed.Core.Annotations.Formats
open Sed.Core.Scoring

/// The output format.
type Format =
    | Table = 0
    | Json = 1
    | Csv = 2

/// How reference and estimated events are matched.
type Matching =
    | Optimal = 0
    | Greedy = 1

/// How an average over classes treats a class whose value is undefined.
type Undefined =
    | Left_Out = 0
    | Zero = 1

/// How the error rates of an empty reference are computed.
type Empty_Reference =
    | Epsilon = 0
    | Undefined = 1

/// How the precision of an empty estimate is computed.
type Empty_Estimate =
    | Undefined = 0
    | Zero = 1

module Offered =
    /// The metrics that can be computed from lists, which do not contain the weak output of a network.
    let metrics = [
        for metric in Metric.All do
            if
                metric.Basis <> MetricBasis.WeakOutput
                && metric.Basis <> MetricBasis.WeakOutputTags
            then
                metric
    ]

type Arguments =
    | [<Unique>] Reference of path: string
    | [<Unique>] Estimated of path: string
    | [<Unique>] Against of path: string
    | [<Unique>] Scores of path: string
    | [<Unique>] Against_Scores of path: string
    | [<Unique>] Durations of path: string
    | [<Unique>] Annotated of path: string
    | [<Unique>] Reference_Tags of path: string
    | [<Unique>] Estimated_Tags of path: string
    | [<Unique>] Minimum_Confidence of part: float
    | [<Unique>] Classes of path: string
    | [<Unique>] Label_Names of path: string
    | Class of label: string
    | Metric of key: string
    | [<Unique>] By of column: string
    | [<Unique>] Group_By of column: string
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
    | [<Unique>] Ignore_Other_Labels
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
            | Reference _ ->
                let formats = EventListFile.Formats |> Seq.map _.Title |> String.concat ", "
                $"reference events: a list, or a folder with one annotation file per recording. The format is detected: {formats}"
            | Estimated _ -> "estimated events: a list or folder in any of the formats of --reference"
            | Against _ -> "estimated events of a second system, which --bootstrap compares with the first"
            | Scores _ ->
                "frame scores: a list with the header filename, onset, offset and the classes, or a folder with one list per file"
            | Against_Scores _ -> "frame scores of a second system, which --bootstrap compares with the first"
            | Durations _ ->
                "a list with the name and the length in seconds of each file; required for PSDS of decisions. Names can differ from the names in the reference by an audio extension, or by the prefix Y in all names. Without this list, each file of --scores ends with its last frame"
            | Annotated _ ->
                "a list of the time spans in which the reference is annotated, with the columns filename, onset, offset and, optionally, event_label (in rows with a label, only the events of this class are annotated). Times outside the spans are not scored. Files that are not in the list are annotated from start to end"
            | Reference_Tags _ ->
                "reference tags of each file; default: the labels of its reference events. If --estimated-tags is given too, no lists of events are needed"
            | Estimated_Tags _ -> "estimated tags of each file; default: the labels of its estimated events"
            | Minimum_Confidence _ ->
                "in lists with a confidence column, the minimum confidence of events and tags; default 0.5, with a warning"
            | Label_Names _ ->
                "replaces labels in all lists of events and tags: tab-separated rows of a label and its new name, for example to map the classes of a model to the classes of the reference. AudioSet's lists of identifiers and names, class_labels_indices.csv and mid_to_display_name.tsv, are also read"
            | Classes _ -> "a file with one class per line; default: the labels of the reference in alphabetical order"
            | Class _ -> "a class; may be repeated"
            | Metric _ ->
                let described =
                    [ for metric in Offered.metrics -> $"{metric.Key} ({metric.Summary})" ]
                    |> String.concat ", "
                $"a metric to print in the part \"metrics\" of the results; may be repeated; default: all metrics that the lists allow. The metrics are {described}"
            | By _ ->
                "also print the metrics separately for the files with each value of a column, for example site or device. The column is in the reference, the reference tags or the durations"
            | Group_By _ ->
                "with --bootstrap, resample groups of files instead of single files: the files with equal values of a column, for example patient or day, stay together. The column is in the reference, the reference tags or the durations"
            | Segment _ -> "segment length in seconds; may be repeated; default 1.0"
            | Evaluated_Length _ ->
                "the length of every file in seconds, for segments; default: the later of the last offsets in the reference and the estimate"
            | Evaluated_Durations -> "use the lengths of --durations for segments"
            | Collar _ -> "the maximum difference between onsets and between offsets, in seconds; default 0.2"
            | Length _ ->
                "the offset collar as a fraction of the event's length, used if it exceeds --collar; default 0.5"
            | Onset_Only -> "evaluate onsets only"
            | Offset_Only -> "evaluate offsets only"
            | Matching _ ->
                "how events are paired: optimal (maximum matching) or greedy (the first event that agrees); default optimal"
            | Order_By_Time ->
                "pair events in order of time instead of row order, so that no result depends on the row order"
            | Unknown_Labels ->
                "count estimated labels outside the classes in the overall event-based metrics, as sed_eval does; segments are not scored"
            | Ignore_Other_Labels -> "leave out rows and scores of other classes in all lists, with a warning"
            | Undefined _ -> "how averages over classes treat undefined values; default left-out, as in sed_eval"
            | Empty_Reference _ ->
                "error rates of an empty reference: division by 2^-52, as in sed_eval, or undefined; default epsilon"
            | Empty_Estimate _ ->
                "the precision of an empty estimate: undefined, as in sed_eval, or zero; default undefined"
            | Dtc _ ->
                "PSDS: detection tolerance criterion. Without PSDS options, PSDS is computed for scenarios 1 and 2 of DCASE; with any of them, it is computed once, with default values for the options that are not given. Default 0.5"
            | Gtc _ -> "PSDS: ground truth intersection criterion; default 0.5, see --dtc"
            | Cttc _ -> "PSDS: cross-trigger tolerance criterion; default 0.3, see --dtc"
            | Alpha_Ct _ -> "PSDS: weight of cross-triggers; default 0, see --dtc"
            | Alpha_St _ -> "PSDS: weight of the standard deviation over classes; default 0, see --dtc"
            | Max_Efpr _ -> "PSDS: maximum effective false positive rate, per hour; default 100, see --dtc"
            | Authors_Variant ->
                "also print the scores by the published code of Adavanne and Virtanen (a variant, not a reference)"
            | Bootstrap _ -> "print bootstrap intervals from this number of resamples of the files"
            | Seed _ -> "the seed of the resampling; default 1"
            | Confidence _ -> "the confidence level of intervals; default 0.95"
            | Allow_Empty -> "accept an empty estimate, from a system that detected nothing"
            | Strict -> "treat warnings as errors"
            | Format _ -> "output format; default table"
