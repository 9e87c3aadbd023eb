/// Computes the results of `seddsl evaluate` from its inputs.
module Sed.Tool.Evaluate.Compute

open Argu
open Sed.Core.Annotations
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Events
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Uncertainty
open Sed.Tool.Evaluate.Decisions
open Sed.Tool.Evaluate.Settings

let private psdsResult bootstrap settings (first: PreparedPsds) (second: Lazy<PreparedPsds> option) = {
    Settings = settings
    Result = first.Evaluate()
    Uncertainty =
        match bootstrap with
        | None -> Uncertainty.None
        | Some(resampling: Resampling) -> {
            Intervals = List.ofSeq (first.Intervals(resampling.Options, resampling.UnitsOf first.Files))
            Differences =
                match second with
                | None -> []
                | Some second ->
                    List.ofSeq (second.Value.DifferencesFrom(first, resampling.Options, resampling.UnitsOf first.Files))
          }
}

let private psds (inputs: Inputs) bootstrap (options: PsdsOptions) = [
    match inputs.Scores with
    | None -> ()
    | Some scores ->
        for average in [ CrossTriggerAverage.OverOtherClasses; CrossTriggerAverage.OverAllClasses ] do
            let options = options.WithCrossTriggers average

            if average = CrossTriggerAverage.OverOtherClasses || options.CrossTriggerWeight > 0 then
                psdsResult
                    bootstrap
                    (describe options "scores, all thresholds (exact)")
                    (scores.Inputs.Psds options)
                    (inputs.AgainstScores
                     |> Option.map (fun other -> lazy (other.Inputs.Psds options :> PreparedPsds)))
    match inputs.Estimated, inputs.Durations with
    | Some system, Some durations ->
        let options = options.WithCrossTriggers CrossTriggerAverage.OverAllClasses
        let known =
            inputs.Annotated
            |> Option.map _.Reference
            |> AnnotatedTimes.known (ClassList.Of [ inputs.Reference ])
        let prepared (system: System) =
            DecisionPsds.Prepare(inputs.Reference, durations, [ system.Events ], options, known)

        psdsResult
            bootstrap
            (describe options "decisions, one operating point (psds_eval)")
            (prepared system)
            (inputs.Against
             |> Option.map (fun other -> lazy (prepared other :> PreparedPsds)))
    | _ -> ()
]

let private curves (arguments: ParseResults<Arguments>) resolutions (scores: ScoredSystem) = [
    let once = scores.Inputs.Once()
    for resolution in resolutions do
        once.SegmentCurvesOf resolution

    EventBased.Curves(scores.Pairs, MetricOptions.collars arguments)
    Intersection.Curves(scores.Pairs, (MetricOptions.psds arguments).Head)
]

let all (arguments: ParseResults<Arguments>) (inputs: Inputs) =
    let conventions = conventions arguments
    let bootstrap = bootstrap arguments inputs

    let resolutions = MetricOptions.resolutions arguments
    let unknown = Metrics.hasUnknownLabels inputs

    {
        Inputs = inputs
        Warnings = [
            yield! inputs.Warnings
            if unknown then
                "some labels are not among the classes: only event-based metrics are printed, whose overall counts include the events with these labels"
        ]
        Bootstrap = bootstrap
        Segments = [
            match inputs.Estimated with
            | Some system when not unknown ->
                for resolution in resolutions do
                    segments arguments inputs system bootstrap conventions resolution
            | _ -> ()
        ]
        Events =
            inputs.Estimated
            |> Option.map (fun system -> events arguments inputs system bootstrap conventions)
        Tagging = [
            match inputs.Tagged with
            | Some tagged when not unknown ->
                tagging inputs tagged bootstrap conventions TaggingRules.Plain
                // By the official rules, a tag that is not annotated counts as absent.
                if inputs.Annotated.IsNone || arguments.Contains Reference_Tags then
                    tagging inputs tagged bootstrap conventions TaggingRules.Dcase2017SubtaskA
            | _ -> ()
        ]
        Psds = MetricOptions.psds arguments |> List.collect (psds inputs bootstrap)
        Curves = inputs.Scores |> Option.toList |> List.collect (curves arguments resolutions)
        Tags =
            inputs.Scores
            |> Option.map (fun scores ->
                let tags = scores.Inputs.TagScores()

                tags,
                match bootstrap with
                | None -> Uncertainty.None
                | Some resampling -> {
                    Intervals =
                        List.ofSeq (tags.Intervals(resampling.Options, resampling.UnitsOf scores.Pairs.Scores.Files))
                    Differences = []
                  })
        Authors =
            match inputs.Estimated with
            | Some system when arguments.Contains Authors_Variant && not unknown ->
                Some(AuthorsVariant.Score system.Pairs)
            | _ -> None
        Metrics = Metrics.all arguments bootstrap inputs
        By = inputs.By |> Option.map (Metrics.byColumn arguments bootstrap inputs)
    }
