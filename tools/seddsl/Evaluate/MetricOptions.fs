/// Options of metrics from arguments, and their problems.
module internal Sed.Tool.Evaluate.MetricOptions

open System
open Argu
open Sed.Core.Metrics.Events
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Uncertainty

/// The lengths of segments in seconds.
let resolutions (arguments: ParseResults<Arguments>) =
    match arguments.GetResults Segment with
    | [] -> [ 1.0 ]
    | given -> given

/// The collars of event-based metrics.
let collars (arguments: ParseResults<Arguments>) =
    EventOptions(
        CollarSeconds = arguments.GetResult(Collar, 0.2),
        PercentageOfLength = arguments.GetResult(Length, 0.5)
    )

/// The names of the options that are given. Each element of `options` is a name and whether the option is given.
let given (options: (string * bool) list) =
    options |> List.filter snd |> List.map fst

/// The names of the PSDS options that are given.
let givenForPsds (arguments: ParseResults<Arguments>) =
    given [
        "--dtc", arguments.Contains Dtc
        "--gtc", arguments.Contains Gtc
        "--cttc", arguments.Contains Cttc
        "--alpha-ct", arguments.Contains Alpha_Ct
        "--alpha-st", arguments.Contains Alpha_St
        "--max-efpr", arguments.Contains Max_Efpr
    ]

/// The parameters of PSDS: those of scenarios 1 and 2 of DCASE, unless a PSDS option is given.
let psds (arguments: ParseResults<Arguments>) =
    if (givenForPsds arguments).IsEmpty then
        [ PsdsOptions.Scenario1; PsdsOptions.Scenario2 ]
    else
        [
            PsdsOptions(
                DetectionTolerance = arguments.GetResult(Dtc, 0.5),
                GroundTruthIntersection = arguments.GetResult(Gtc, 0.5),
                CrossTriggerTolerance = arguments.GetResult(Cttc, 0.3),
                CrossTriggerWeight = arguments.GetResult(Alpha_Ct, 0.0),
                InstabilityWeight = arguments.GetResult(Alpha_St, 0.0),
                MaxEffectiveFalsePositiveRate = arguments.GetResult(Max_Efpr, 100.0)
            )
        ]

let private options =
    Map [
        "ResolutionSeconds", "--segment"
        "LengthSeconds", "--evaluated-length"
        "CollarSeconds", "--collar"
        "PercentageOfLength", "--length"
        "DetectionTolerance", "--dtc"
        "GroundTruthIntersection", "--gtc"
        "CrossTriggerTolerance", "--cttc"
        "CrossTriggerWeight", "--alpha-ct"
        "InstabilityWeight", "--alpha-st"
        "MaxEffectiveFalsePositiveRate", "--max-efpr"
        "Confidence", "--confidence"
    ]

/// Replaces the name of a property at the beginning of a problem by the name of the option that sets it.
let private inOptions (problem: string) =
    match problem.Split(' ', 2) with
    | [| property; rest |] when options.ContainsKey property -> $"{options[property]} {rest.TrimEnd '.'}"
    | _ -> problem

/// The problems of options with values outside their ranges.
let problems (arguments: ParseResults<Arguments>) =
    [
        for resolution in resolutions arguments do
            yield! SegmentOptions(ResolutionSeconds = resolution).Problems()
        yield! SegmentOptions(LengthSeconds = (arguments.TryGetResult Evaluated_Length |> Option.toNullable)).Problems()
        yield! (collars arguments).Problems()
        for parameters in psds arguments do
            yield! parameters.Problems()
        yield! BootstrapOptions(Confidence = arguments.GetResult(Confidence, 0.95)).Problems()
    ]
    |> List.map inOptions
