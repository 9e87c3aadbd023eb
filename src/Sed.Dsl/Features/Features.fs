namespace Sed

open System
open Sed.Core.Features
open Sed.Core.Features.Combined
open Sed.Core.Features.Encoders
open Sed.Core.Features.LogMel

/// A feature source, which computes feature frames from waveforms.
type Features = {
    Source: FeatureSource
    /// Problems of the script's keywords and settings. They are kept here, because the source has no field for invalid
    /// values.
    Problems: Problem list
    /// The keywords that the script gave.
    Keywords: string list
    /// The feature sources that are combined; empty for one source.
    Parts: NamedFeatures list
}

/// A feature source and its name, which layers of the network use.
and NamedFeatures = { Name: string; Features: Features }

module Features =
    let ofSource source = {
        Source = source
        Problems = []
        Keywords = []
        Parts = []
    }

    let private combine (parts: NamedFeatures list) =
        CombinedFeatures [| for part in parts -> FeaturePart(part.Name, part.Features.Source) |]

    /// Combines several feature sources, aligned to the frames of the first one.
    let combined (parts: NamedFeatures list) = {
        // Without sources, a log-mel source takes their place, so that the other problems of the script can be found.
        Source =
            (if parts.IsEmpty then
                 LogMelOptions() :> FeatureSource
             else
                 combine parts)
        Problems = [
            if parts.IsEmpty then
                yield! (combine []).Problems() |> Seq.map (Problem.within "features")
            for part in parts do
                yield! part.Features.Problems
        ]
        Keywords = []
        Parts = parts
    }

    /// The feature sources of a network's input; null for one source.
    let inputParts (source: FeatureSource) : Sed.Core.Networks.InputPart array | null =
        match source with
        | :? CombinedFeatures as several -> [|
            for part in several.Parts -> Sed.Core.Networks.InputPart(part.Name, part.Source.Bands)
          |]
        | _ -> null

    /// Log-mel energies of the DCASE 2017 baseline, which Adavanne and Virtanen (2017) used, at the corpus's sampling
    /// rate.
    let defaults = ofSource (LogMelOptions())

    let print features = features.Source.Summary

    /// Prints the features before the corpus is read, when its sampling rate is still unknown.
    let printBeforeReading features =
        match features.Source with
        | :? LogMelOptions as logMel when not (logMel.Rate.HasValue || List.contains "range" features.Keywords) ->
            let edge = $"to {Text.number logMel.MaxHz} Hz"
            (print features).Replace(edge, $"{edge} or half the sampling rate")
        | _ -> print features

    /// Returns the feature source for a corpus with the given sampling rate. Without `range`, the highest frequency is
    /// limited to half the rate.
    let rec at (rate: int) features : FeatureSource =
        match features.Source with
        | :? CombinedFeatures as several ->
            let common = several.OwnSampleRate |> Option.ofNullable |> Option.defaultValue rate
            CombinedFeatures(
                [|
                    for part in features.Parts -> FeaturePart(part.Name, at common part.Features)
                |],
                Standardisation = several.Standardisation
            )
        | :? LogMelOptions as logMel when not (List.contains "range" features.Keywords) ->
            let rate' = logMel.Rate |> Option.ofNullable |> Option.defaultValue rate
            logMel.WithRange(logMel.MinHz, min logMel.MaxHz (float rate' / 2.0)).At rate
        | source -> source.At rate

    let problems features = [
        let source =
            match features.Source with
            | :? LogMelOptions as logMel when logMel.Rate.HasValue -> at logMel.Rate.Value features
            | :? CombinedFeatures as several when several.OwnSampleRate.HasValue ->
                at several.OwnSampleRate.Value features
            | source -> source

        yield! source.ProblemsInPlans() |> Seq.map (Problem.within "features")
        yield! List.distinct features.Problems
        yield! Text.keywordsTwice "features" features.Keywords
    ]

    let withProblem cause remedy features = {
        features with
            Problems = features.Problems @ [ Problem.at "features" cause remedy ]
    }

    /// Changes the options of log-mel features. For any other source, the setting is reported as a problem.
    let withLogMel setting (change: LogMelOptions -> LogMelOptions) features =
        match features.Source with
        | :? LogMelOptions as logMel -> { features with Source = change logMel }
        | :? CombinedFeatures ->
            features
            |> withProblem
                $"the setting '{setting}' is ambiguous with several feature sources"
                "set it in one of the sources of `features`"
        | :? Encoder ->
            features
            |> withProblem $"encoders have no {setting}" "use the setting with log-mel features only"
        | _ ->
            features
            |> withProblem
                $"samples have no {setting}"
                "use the setting with log-mel features only; the length of frames is set by `samples { frame 729 }`"

    /// Sets a sampling rate, which must be a whole number.
    let withRate (rate: float<Hz>) (set: int -> Features -> Features) features =
        if
            rate >= 1.0<Hz>
            && rate <= float Int32.MaxValue * 1.0<Hz>
            && float rate = floor (float rate)
        then
            features |> set (int rate)
        else
            {
                features with
                    Keywords = features.Keywords @ [ "rate" ]
            }
            |> withProblem
                $"{Text.number (float rate)} samples per second"
                "give a whole number above 0, for example `rate 16000.0<Hz>`"

    let withStandardisation kind features = {
        features with
            Source = features.Source.WithStandardisation kind
            Keywords = features.Keywords @ [ "standardise" ]
    }
