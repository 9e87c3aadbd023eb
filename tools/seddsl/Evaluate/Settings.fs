/// Options from arguments, and their names in results.
module Sed.Tool.Evaluate.Settings

open System.Collections.Generic
open Argu
open Sed.Core.Annotations
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Uncertainty

let conventions (arguments: ParseResults<Arguments>) =
    ScoringConventions(
        UndefinedInAverage =
            (match arguments.GetResult(Undefined, Undefined.Left_Out) with
             | Undefined.Zero -> UndefinedInAverage.CountedAsZero
             | _ -> UndefinedInAverage.LeftOut),
        EmptyReference =
            (match arguments.GetResult(Empty_Reference, Empty_Reference.Epsilon) with
             | Empty_Reference.Undefined -> EmptyReference.Undefined
             | _ -> EmptyReference.AddEpsilon),
        EmptyEstimate =
            (match arguments.GetResult(Empty_Estimate, Empty_Estimate.Undefined) with
             | Empty_Estimate.Zero -> EmptyEstimate.ZeroPrecision
             | _ -> EmptyEstimate.Undefined)
    )

let named (conventions: ScoringConventions) = [
    "undefined_in_average",
    Text(
        if conventions.UndefinedInAverage = UndefinedInAverage.LeftOut then
            "left out (sed_eval)"
        else
            "counted as zero"
    )
    "empty_reference",
    Text(
        if conventions.EmptyReference = EmptyReference.AddEpsilon then
            "divided by 2^-52 (sed_eval)"
        else
            "undefined"
    )
    "empty_estimate",
    Text(
        if conventions.EmptyEstimate = EmptyEstimate.Undefined then
            "precision undefined (sed_eval)"
        else
            "precision zero (sed_eval zero_score)"
    )
]

let bootstrap (arguments: ParseResults<Arguments>) (inputs: Inputs) =
    arguments.TryGetResult Arguments.Bootstrap
    |> Option.map (fun resamples -> {
        Options =
            BootstrapOptions(
                Resamples = resamples,
                Seed = arguments.GetResult(Seed, 1UL),
                Confidence = arguments.GetResult(Confidence, 0.95)
            )
        Groups = inputs.Groups
    })

let lengthsOf (inputs: Inputs) =
    inputs.Durations
    |> Option.map (fun durations ->
        inputs.Reference.Files
        |> Seq.map (fun file ->
            match durations.Of file |> Option.ofNullable with
            | Some seconds -> seconds
            | None ->
                raise (
                    AnnotationException(
                        durations.Source,
                        0,
                        $"there is no length for the file \"{file}\" of {inputs.Reference.Source}"
                    )
                ))
        |> ResizeArray
        :> IReadOnlyList<float>)

let describe (options: PsdsOptions) source = [
    "source", Text source
    "dtc", Number options.DetectionTolerance
    "gtc", Number options.GroundTruthIntersection
    "cttc", Number options.CrossTriggerTolerance
    "alpha_ct", Number options.CrossTriggerWeight
    "alpha_st", Number options.InstabilityWeight
    "max_efpr_per_hour", Number options.MaxEffectiveFalsePositiveRate
    "cross_triggers_averaged_over",
    Text(
        if options.CrossTriggers = CrossTriggerAverage.OverOtherClasses then
            "the n - 1 other classes (sed_scores_eval)"
        else
            "all n classes (psds_eval)"
    )
]
