/// The cell of a row's score: mean, standard deviation and mark.
module internal Sed.Runner.ScoreCell

open System
open System.Globalization

let private withDecimals decimals (value: float) =
    value.ToString($"F{decimals}", CultureInfo.InvariantCulture)

let private mostDecimals = 3

/// The decimals that a standard deviation supports: two of its digits if they are at most 35, otherwise one (the
/// rounding rule of the Particle Data Group, "Review of Particle Physics", section 5.3).
let private decimals (deviation: float option) =
    match deviation with
    | Some deviation when deviation > 0.0 && Double.IsFinite deviation ->
        let exponent = int (floor (log10 deviation))
        let isSmall = deviation / 10.0 ** float exponent < 3.55
        (if isSmall then 1 - exponent else -exponent) |> max 0 |> min mostDecimals
    | _ -> mostDecimals

// All marks have the same width, so that digits are aligned.
let private best = " *"
let private alike = " ≈"
let private constant = " ○"
let private withoutVerdict = " ?"
let private unmarked = "  "

let private mark (statistics: MetricStatistics) row =
    if statistics.Constant.Contains row then
        constant
    elif statistics.Estimates.Count < 2 then
        ""
    elif statistics.Reference = Some row then
        best
    else
        match Map.tryFind row statistics.Comparisons with
        | Some { Verdict = Error _ } -> withoutVerdict
        | Some comparison when not comparison.IsSignificant -> alike
        | _ -> unmarked

/// The cell for a row that has no score.
let missing (statistics: MetricStatistics) =
    if statistics.Estimates.Count < 2 then
        "-"
    else
        "-" + unmarked

/// The cell of a row: mean, standard deviation and mark. Both numbers have the decimals that the deviation supports,
/// followed by spaces that align the column.
let print (statistics: MetricStatistics) row =
    let aligned own most (text: string) =
        let missing = most - own
        text + String(' ', (if own = 0 && missing > 0 then missing + 1 else missing))
    match Map.tryFind row statistics.Estimates with
    | None -> missing statistics
    | Some estimate ->
        let most =
            statistics.Estimates
            |> Map.values
            |> Seq.map (fun own -> decimals own.Deviation)
            |> Seq.max
        let own = decimals estimate.Deviation
        let rounded value =
            aligned own most (withDecimals own value)
        let deviation =
            match estimate.Deviation with
            | Some deviation -> $" ± {rounded deviation}"
            | None -> ""
        rounded estimate.Mean + deviation + mark statistics row
