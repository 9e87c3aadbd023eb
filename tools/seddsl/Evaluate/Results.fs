namespace Sed.Tool.Evaluate

open Sed.Core.Annotations
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Thresholds
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

/// The value of an option or convention of a result.
type Setting =
    | Text of string
    | Number of float
    | Flag of bool

/// Bootstrap intervals over files or groups of files, and differences from a second system; empty without --bootstrap.
type Uncertainty = {
    Intervals: Interval list
    Differences: PairedDifference list
} with

    static member None = { Intervals = []; Differences = [] }

/// Segment-based or event-based metrics for one set of options.
type DetectionResult = {
    Settings: (string * Setting) list
    Files: int64
    Seconds: float
    Counts: (string * int64) list
    /// The counts of each class, in the order of the classes.
    ClassCounts: (string * int64) list list
    Scores: DetectionScores
    Uncertainty: Uncertainty
}

/// Clip-level metrics by one set of rules.
type TaggingResult = {
    Settings: (string * Setting) list
    Files: int64
    Counts: BinaryCounts
    ClassCounts: BinaryCounts list
    Scores: TaggingScores
    Uncertainty: Uncertainty
}

/// PSDS by the definition of one tool.
type PsdsScore = {
    Settings: (string * Setting) list
    Result: PsdsResult
    Uncertainty: Uncertainty
}

/// The value of a metric.
type MetricValue = {
    Metric: Metric
    Value: Rate
    /// The classes of a macro average; None for other metrics.
    Averaged: string list option
}

/// The metrics of the tables of experiments (Metric.All), as far as the lists on the command line allow.
type MetricResults = {
    Values: MetricValue list
    Uncertainty: Uncertainty
}

/// For each value of a column, the metrics of the files with this value.
type MetricGroups = {
    Column: string
    /// For each value of the column: the value, the number of files of the reference that have it, and their metrics.
    Groups: (string * int * MetricResults) list
}

/// The resampling of --bootstrap.
type Resampling = {
    Options: BootstrapOptions
    /// The column whose values group the files that are resampled together; None: every file is resampled alone.
    Groups: FileColumn option
} with

    /// The units that are resampled: the groups of the files; null if every file is resampled alone.
    member this.UnitsOf(files: string seq) : SamplingUnits | null =
        match this.Groups with
        | None -> null
        | Some column ->
            SamplingUnits.Of [|
                for file in files do
                    match column.Of file with
                    | null -> invalidOp $"The file {file} has no group."
                    | group -> group
            |]

type Results = {
    Inputs: Inputs
    Warnings: string list
    Bootstrap: Resampling option
    Metrics: MetricResults
    By: MetricGroups option
    Segments: DetectionResult list
    Events: DetectionResult option
    Tagging: TaggingResult list
    Psds: PsdsScore list
    /// Counts at every threshold, for three kinds of matching: of segments, of events by their onsets and offsets, and of
    /// events by intersection.
    Curves: ThresholdCurves list
    Tags: (TagScores * Uncertainty) option
    Authors: AuthorsVariant option
}
