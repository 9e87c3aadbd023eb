/// Checks the options of `seddsl evaluate`, alone and in combination.
module internal Sed.Tool.Evaluate.ArgumentChecks

open System
open Argu
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime
open Sed.Core.Scoring
open Sed.Tool

/// Problems with --annotated.
let private annotated (arguments: ParseResults<Arguments>) = [
    if arguments.Contains Annotated then
        if not (arguments.Contains Reference) then
            "--annotated needs --reference: its time spans apply to reference events; tags have no times"
        elif
            arguments.Contains Reference_Tags
            && not (arguments.Contains Estimated || arguments.Contains Scores)
        then
            "--annotated needs --estimated or --scores: its time spans do not apply to --reference-tags"
        for option in
            MetricOptions.given [
                "--unknown-labels", arguments.Contains Unknown_Labels
                "--ignore-other-labels", arguments.Contains Ignore_Other_Labels
                "--authors-variant", arguments.Contains Authors_Variant
            ] do
            $"--annotated and {option} cannot both be given"
]

/// The options for lists of which the metrics of a given basis need at least one.
let private neededFor basis =
    match basis with
    | MetricBasis.Tags -> [ "--estimated"; "--estimated-tags" ]
    | MetricBasis.TagScores
    | MetricBasis.FrameScores -> [ "--scores" ]
    | _ -> [ "--estimated" ]

/// Problems with options that would have no effect, because another option is missing.
let private without (arguments: ParseResults<Arguments>) = [
    let isGiven list =
        match list with
        | "--estimated" -> arguments.Contains Estimated
        | "--scores" -> arguments.Contains Scores
        | _ -> arguments.Contains Estimated_Tags
    for metric in Offered.metrics do
        if List.contains metric.Key (arguments.GetResults Arguments.Metric) then
            let lists = neededFor metric.Basis
            if not (List.exists isGiven lists) then
                $"""--metric {metric.Key} needs {String.concat " or " lists}"""
    if
        not (
            isGiven "--scores"
            || isGiven "--estimated" && arguments.Contains Arguments.Durations
        )
    then
        for option in MetricOptions.givenForPsds arguments do
            $"{option} needs --scores, or --estimated with --durations: otherwise no PSDS is computed"
    if not (arguments.Contains Arguments.Bootstrap) then
        for option in
            MetricOptions.given [
                "--against", arguments.Contains Against
                "--against-scores", arguments.Contains Against_Scores
                "--seed", arguments.Contains Seed
                "--confidence", arguments.Contains Confidence
            ] do
            $"{option} needs --bootstrap"
]

/// Checks all options. Raises `BadArguments` with all problems if there are any.
let check (arguments: ParseResults<Arguments>) =
    let paths = [
        "--reference", arguments.TryGetResult Reference
        "--estimated", arguments.TryGetResult Estimated
        "--against", arguments.TryGetResult Against
        "--scores", arguments.TryGetResult Scores
        "--against-scores", arguments.TryGetResult Against_Scores
        "--durations", arguments.TryGetResult Arguments.Durations
        "--annotated", arguments.TryGetResult Annotated
        "--reference-tags", arguments.TryGetResult Reference_Tags
        "--estimated-tags", arguments.TryGetResult Estimated_Tags
        "--classes", arguments.TryGetResult Classes
        "--label-names", arguments.TryGetResult Label_Names
    ]

    let known = Set [ for metric in Offered.metrics -> metric.Key ]

    let problems = [
        for key in arguments.GetResults Arguments.Metric do
            if not (known.Contains key) then
                let keys = String.concat ", " [ for metric in Offered.metrics -> metric.Key ]
                let suggestion =
                    match Spelling.Nearest(key, [ for metric in Offered.metrics -> metric.Key ]) with
                    | null -> "the"
                    | nearest -> $"did you mean {nearest}? The"
                $"--metric \"{key}\" is unknown; {suggestion} metrics are {keys}"
        for option, path in paths do
            if Option.exists String.IsNullOrWhiteSpace path then
                $"{option}: the path is empty"
        if
            not (
                arguments.Contains Estimated
                || arguments.Contains Scores
                || arguments.Contains Estimated_Tags
            )
        then
            "nothing to score: give --estimated, --scores or --estimated-tags"
        if not (arguments.Contains Reference) then
            if arguments.Contains Estimated || arguments.Contains Scores then
                "--reference is missing: --estimated and --scores need the reference events"
            elif not (arguments.Contains Reference_Tags) then
                "no reference: give --reference or --reference-tags"
        match arguments.TryGetResult Minimum_Confidence with
        | Some part when not (part >= 0.0 && part <= 1.0) ->
            $"--minimum-confidence must lie between 0 and 1, was {string part}"
        | _ -> ()
        yield! annotated arguments
        if arguments.Contains Unknown_Labels && arguments.Contains Ignore_Other_Labels then
            "--unknown-labels and --ignore-other-labels cannot both be given"
        if arguments.Contains Against && not (arguments.Contains Estimated) then
            "--against needs --estimated to compare with"
        if arguments.Contains Against_Scores && not (arguments.Contains Scores) then
            "--against-scores needs --scores to compare with"
        for option, column in
            [
                "--by", arguments.TryGetResult By
                "--group-by", arguments.TryGetResult Group_By
            ] do
            if Option.exists String.IsNullOrWhiteSpace column then
                $"{option}: the column's name is empty"
        if arguments.Contains Group_By && not (arguments.Contains Arguments.Bootstrap) then
            "--group-by needs --bootstrap: the groups are the files that the bootstrap resamples together"
        if arguments.Contains Onset_Only && arguments.Contains Offset_Only then
            "--onset-only and --offset-only cannot both be given"
        if
            arguments.Contains Evaluated_Durations
            && not (arguments.Contains Arguments.Durations)
        then
            "--evaluated-durations needs --durations"
        if arguments.Contains Evaluated_Durations && arguments.Contains Evaluated_Length then
            "--evaluated-durations and --evaluated-length cannot both be given"
        match arguments.TryGetResult Arguments.Bootstrap with
        | Some count when count < 1 || count > BootstrapOptions.MostResamples ->
            $"--bootstrap must lie between 1 and {BootstrapOptions.MostResamples}, was {count}"
        | _ -> ()
        yield! without arguments
        yield! MetricOptions.problems arguments
    ]

    if not problems.IsEmpty then
        raise (BadArguments problems)
