/// From inputs to results.
module Sed.Tool.Evaluate.Compute

open Argu
open Sed.Core.Metrics.Events
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Uncertainty

open Sed.Tool.Evaluate.Decisions
open Sed.Tool.Evaluate.Settings

let private psds (inputs: Inputs) bootstrap (options: PsdsOptions) = [
    match inputs.Scores with
    | None -> ()
    | Some pairs ->
        for average in [ CrossTriggerAverage.OverOtherClasses; CrossTriggerAverage.OverAllClasses ] do
            let options = options.WithCrossTriggers average

            if average = CrossTriggerAverage.OverOtherClasses || options.CrossTriggerWeight > 0 then
                {
                    Settings = describe options "scores, all thresholds (exact)"
                    Result = Intersection.Psds(pairs, options)
                    Uncertainty =
                        match bootstrap with
                        | None -> noUncertainty
                        | Some resampling -> {
                            Intervals = List.ofSeq (Intersection.PsdsIntervals(pairs, options, resampling))
                            Differences =
                                match inputs.AgainstScores with
                                | None -> []
                                | Some other ->
                                    List.ofSeq (Intersection.PsdsDifferences(pairs, other, options, resampling))
                          }
                }
    match inputs.Estimated, inputs.Durations with
    | Some system, Some durations ->
        let options = options.WithCrossTriggers CrossTriggerAverage.OverAllClasses

        {
            Settings = describe options "decisions, one operating point (psds_eval)"
            Result = Intersection.Psds(inputs.Reference, durations, [ system.Events ], options)
            Uncertainty =
                match bootstrap with
                | None -> noUncertainty
                | Some resampling -> {
                    Intervals =
                        List.ofSeq (
                            Intersection.PsdsIntervals(
                                inputs.Reference,
                                durations,
                                [ system.Events ],
                                options,
                                resampling
                            )
                        )
                    Differences =
                        match inputs.Against with
                        | None -> []
                        | Some other ->
                            List.ofSeq (
                                Intersection.PsdsDifferences(
                                    inputs.Reference,
                                    durations,
                                    [ system.Events ],
                                    [ other.Events ],
                                    options,
                                    resampling
                                )
                            )
                  }
        }
    | _ -> ()
]

let all (arguments: ParseResults<Arguments>) (inputs: Inputs) =
    let conventions = conventions arguments
    let bootstrap = bootstrap arguments

    let resolutions =
        match arguments.GetResults Segment with
        | [] -> [ 1.0 ]
        | given -> given

    let unknown =
        inputs.Estimated |> Option.exists (fun system -> system.Pairs.HasUnknownLabels)

    {
        Inputs = inputs
        Warnings = [
            yield! inputs.Warnings
            if unknown then
                "there are labels outside the classes: only event-based metrics are printed, which count them overall"
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
            match inputs.Estimated with
            | Some system when not unknown ->
                tagging inputs system bootstrap conventions TaggingRules.Plain
                tagging inputs system bootstrap conventions TaggingRules.Dcase2017SubtaskA
            | _ -> ()
        ]
        Psds = psdsOptions arguments |> List.collect (psds inputs bootstrap)
        Curves = [
            match inputs.Scores with
            | None -> ()
            | Some pairs ->
                for resolution in resolutions do
                    SegmentBased.Curves(pairs, resolution)

                EventBased.Curves(
                    pairs,
                    EventOptions(
                        CollarSeconds = arguments.GetResult(Collar, 0.2),
                        PercentageOfLength = arguments.GetResult(Length, 0.5)
                    )
                )

                Intersection.Curves(pairs, (psdsOptions arguments).Head)
        ]
        Tags =
            inputs.Scores
            |> Option.map (fun pairs ->
                let tags = TagScores.Of pairs

                tags,
                match bootstrap with
                | None -> noUncertainty
                | Some resampling -> {
                    Intervals = List.ofSeq (tags.Intervals resampling)
                    Differences = []
                  })
        Authors =
            match inputs.Estimated with
            | Some system when arguments.Contains Authors_Variant && not unknown ->
                Some(AuthorsVariant.Score system.Pairs)
            | _ -> None
    }
