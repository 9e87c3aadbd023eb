/// Results of a search: the best criterion as a function of the trained epochs, and the importance of each drawn or varied
/// setting.
module internal Sed.Runner.SearchResults

open System
open System.Globalization
open Sed
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime

/// A point of the search curve.
type CurvePoint = {
    /// The number of trained epochs of all trials so far.
    Epochs: int
    /// The training time of all trials so far in seconds; NaN if it is not known.
    Seconds: float
    /// The best value of the early-stopping criterion so far.
    Best: float
}

/// The rows with one value of a setting, or with values in one range.
type AxisGroup = {
    /// The value or the range.
    Name: string
    Rows: int
    /// Quartiles of the criterion.
    Low: float
    Median: float
    High: float
}

/// How much the criterion of the rows depends on one setting.
type AxisImportance = {
    Axis: string
    /// The share of the variance of the rows' ranks that the setting explains alone: epsilon-squared (Kelley 1935), which
    /// subtracts the share expected by chance; at least 0.
    Share: float
    /// The p-value of a permutation test, after Holm's correction for the number of settings.
    P: float
    Groups: AxisGroup list
}

let private historyOf (state: TrialState) =
    match state with
    | Finished result -> Some result.History
    | Stopped pause -> Some pause.History
    | Failed _
    | Open -> None

/// The criterion of a row after a number of epochs, averaged over its trials; None if it is unknown or a trial has failed.
let private criterion (states: (Trial * TrialState) list) epochs (variant: Variant) =
    let values = [
        for trial, state in states do
            if trial.Variant = variant then
                historyOf state
                |> Option.map (fun history -> SearchState.Criterion(trial, List.truncate epochs history))
    ]
    if values.IsEmpty || List.exists Option.isNone values then
        None
    else
        Some(values |> List.choose id |> List.average)

/// The brackets of a search; without a search, one bracket in which all rows are trained to the end.
let private brackets (plan: Plan) =
    match plan.Brackets with
    | [] -> [
        {
            Bracket.Variants = plan.Variants
            Rungs = [
                {
                    Rows = plan.Variants.Length
                    Epochs = plan.Trials.Head.Specification.Training.Options.Epochs
                }
            ]
        }
      ]
    | several -> several

/// The points of the search curve. They follow the order of the brackets, their rungs and the rows, so the curve does
/// not depend on the order in which the trials were trained. `rungs`: the completed rungs of a search. `secondsAfter`:
/// the training time of a trial up to the given epoch.
let curve
    (plan: Plan)
    (rungs: CompletedRung list)
    (states: (Trial * TrialState) list)
    (secondsAfter: Trial -> int -> float)
    : CurvePoint list =
    let entrants index (bracket: Bracket) =
        if plan.Brackets.IsEmpty then
            Some plan.Variants
        else
            rungs
            |> List.tryFind (fun rung -> rung.Index = index && plan.Brackets[rung.Bracket] = bracket)
            |> Option.map (fun rung ->
                let took = Set [ for row, _ in rung.Ranking -> row.Label ]
                bracket.Variants |> List.filter (fun row -> took.Contains row.Label))
    let steps = [
        for bracket in brackets plan do
            for index, rung in List.indexed bracket.Rungs do
                let before = if index = 0 then 0 else bracket.Rungs[index - 1].Epochs
                for variant in entrants index bracket |> Option.defaultValue [] do
                    let own = [
                        for trial, state in states do
                            if trial.Variant = variant then
                                match historyOf state with
                                | Some history ->
                                    let trained epochs = min epochs history.Length
                                    let time epochs =
                                        if trained epochs = 0 then
                                            0.0
                                        else
                                            secondsAfter trial (trained epochs)
                                    trained rung.Epochs - trained before, time rung.Epochs - time before
                                | None -> ()
                    ]
                    List.sumBy fst own, List.sumBy snd own, criterion states rung.Epochs variant
    ]
    let points, _ =
        steps
        |> List.mapFold
            (fun (epochs, seconds, best) (more, time, value) ->
                let best = max best (defaultArg value -infinity)
                let state = epochs + more, seconds + time, best
                {
                    Epochs = epochs + more
                    Seconds = seconds + time
                    Best = best
                },
                state)
            (0, 0.0, -infinity)
    points |> List.filter (fun point -> Double.IsFinite point.Best)

/// The number of epochs of the shortest first rung of any bracket. All rows are trained for this number of epochs,
/// unless early stopping ends their training before.
let commonEpochs (plan: Plan) =
    brackets plan |> List.map (fun bracket -> bracket.Rungs.Head.Epochs) |> List.min

// With fewer rows, the importance of settings is too uncertain.
let private fewestRows = 10

// Settings with more values than this are divided into ranges.
let private mostValues = 5

let private ranges = 4

let private permutations = 9999

let private number (text: string) =
    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, value -> Some value
    | _ -> None

/// Ranks from 1; equal values share the mean of their ranks.
let internal ranks (values: float[]) : float[] =
    let sorted = Array.sort values
    let rank value =
        let first = Array.findIndex ((=) value) sorted
        let last = Array.findIndexBack ((=) value) sorted
        float (first + last) / 2.0 + 1.0
    Array.map rank values

/// Divides the rows by the values of a setting: a group for each value or, for numbers with many values, four ranges with
/// about the same number of rows. Returns the names of the groups and the group of each row.
let internal groupsOf (values: string[]) : string list * int[] =
    let numbers = Array.map number values
    let distinct = Array.distinct values
    if Array.forall Option.isSome numbers && distinct.Length > mostValues then
        let numbers = Array.map Option.get numbers
        let sorted = Array.sort numbers
        // Equal values are in one range.
        let limits =
            [ for part in 1 .. ranges - 1 -> sorted[part * sorted.Length / ranges] ]
            |> List.distinct
        let group value =
            limits |> List.filter (fun limit -> value >= limit) |> List.length
        let groups = Array.map group numbers
        let used = groups |> Array.distinct |> Array.sort
        let name group =
            let own =
                Array.zip groups numbers |> Array.filter (fst >> (=) group) |> Array.map snd
            $"{Text.number (Array.min own)} to {Text.number (Array.max own)}"
        [ for group in used -> name group ], groups |> Array.map (fun group -> Array.IndexOf(used, group))
    else
        let ordered =
            if Array.forall Option.isSome numbers then
                distinct |> Array.sortBy (number >> Option.get)
            else
                distinct
        List.ofArray ordered, values |> Array.map (fun value -> Array.IndexOf(ordered, value))

/// The sum of squares between the groups: for each group, the squared difference between its mean and the mean of all ranks,
/// times the size of the group.
let private between (groups: int[]) count (ranks: float[]) =
    let mean = Array.average ranks
    let sums, sizes = Array.zeroCreate<float> count, Array.zeroCreate<float> count
    for row in 0 .. groups.Length - 1 do
        sums[groups[row]] <- sums[groups[row]] + ranks[row] - mean
        sizes[groups[row]] <- sizes[groups[row]] + 1.0
    Array.map2 (fun sum size -> if size = 0.0 then 0.0 else sum * sum / size) sums sizes
    |> Array.sum

/// The share of the variance of the ranks that the groups explain, without the share expected by chance, and the p-value
/// of a permutation test.
let internal explained (axis: string) (groups: int[]) count (ranks: float[]) : float * float =
    let mean = Array.average ranks
    let total = ranks |> Array.sumBy (fun rank -> (rank - mean) ** 2.0)
    if count < 2 || total = 0.0 || groups.Length <= count then
        0.0, 1.0
    else
        let own = between groups count ranks
        let rows = float groups.Length
        let share = 1.0 - (1.0 - own / total) * (rows - 1.0) / (rows - float count)
        let random = RandomSource.For(1L, "importance", axis)
        let shuffled = Array.copy ranks
        let mutable asLarge = 0
        for _ in 1..permutations do
            random.Shuffle shuffled
            // The tolerance covers differences in rounding, because the order of the summands varies.
            if between groups count shuffled >= own * (1.0 - 1e-12) then
                asLarge <- asLarge + 1
        max 0.0 share, float (1 + asLarge) / float (1 + permutations)

let private quantile (share: float) (sorted: float[]) =
    sorted[int (round (share * float (sorted.Length - 1)))]

/// The importance of each drawn or varied setting for the rows' criterion after the number of epochs `commonEpochs`. A
/// row with a trial that has failed or is not trained yet has the lowest rank. Empty with fewer than 10 rows.
let importance (plan: Plan) (states: (Trial * TrialState) list) : AxisImportance list =
    let epochs = commonEpochs plan
    let rows = [|
        for variant in plan.Variants do
            if not variant.Coordinates.IsEmpty then
                variant, criterion states epochs variant |> Option.defaultValue -infinity
    |]
    let axes = ResultFrame.axes (List.map fst (List.ofArray rows))
    if rows.Length < fewestRows then
        []
    else
        let found = [
            for axis in axes do
                let own =
                    rows
                    |> Array.choose (fun (variant, value) ->
                        variant.Coordinates
                        |> List.tryFind (fst >> (=) axis)
                        |> Option.map (fun (_, cell) -> cell, value))
                let names, groups = groupsOf (Array.map fst own)
                let values = Array.map snd own
                if names.Length > 1 then
                    let share, p = explained axis groups names.Length (ranks values)
                    {
                        Axis = axis
                        Share = share
                        P = p
                        Groups = [
                            for group, name in List.indexed names do
                                let sorted =
                                    Array.zip groups values
                                    |> Array.filter (fst >> (=) group)
                                    |> Array.map snd
                                    |> Array.sort
                                {
                                    Name = name
                                    Rows = sorted.Length
                                    Low = quantile 0.25 sorted
                                    Median = quantile 0.5 sorted
                                    High = quantile 0.75 sorted
                                }
                        ]
                    }
        ]
        let adjusted = RowComparisons.Holm [| for one in found -> one.P |]
        [ for one, p in Seq.zip found adjusted -> { one with P = p } ]
        |> List.sortBy (fun one -> -one.Share, one.P)
