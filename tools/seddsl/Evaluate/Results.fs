namespace Sed.Tool.Evaluate

open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Thresholds
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

/// One setting or convention that a result was made with.
type Setting =
    | Text of string
    | Number of float
    | Flag of bool

/// How sure a result is over the choice of files; empty without --bootstrap.
type Uncertainty = {
    Intervals: Interval list
    Differences: PairedDifference list
}

/// Segment-based or event-based metrics at one setting.
type DetectionResult = {
    Settings: (string * Setting) list
    Files: int64
    Seconds: float
    Counts: (string * int64) list
    /// Of each class, in the order of the classes.
    ClassCounts: (string * int64) list list
    Scores: DetectionScores
    Uncertainty: Uncertainty
}

/// Tagging metrics by one set of rules.
type TaggingResult = {
    Settings: (string * Setting) list
    Files: int64
    Counts: BinaryCounts
    ClassCounts: BinaryCounts list
    Scores: TaggingScores
    Uncertainty: Uncertainty
}

/// PSDS by one tool's definition.
type PsdsScore = {
    Settings: (string * Setting) list
    Result: PsdsResult
    Uncertainty: Uncertainty
}

/// The metrics of experiments (Metric.All) that the lists allow, by their keys.
type MetricResults = {
    Values: (Metric * Rate) list
    Uncertainty: Uncertainty
}

type Results = {
    Inputs: Inputs
    Warnings: string list
    Bootstrap: BootstrapOptions option
    Metrics: MetricResults
    Segments: DetectionResult list
    Events: DetectionResult option
    Tagging: TaggingResult list
    Psds: PsdsScore list
    /// Curves over thresholds: segments, events, intersections.
    Curves: ThresholdCurves list
    Tags: (TagScores * Uncertainty) option
    Authors: AuthorsVariant option
}
