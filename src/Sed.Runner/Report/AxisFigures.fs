/// Scores as functions of a numeric setting, for example of the number of training clips.
module internal Sed.Runner.AxisFigures

open System
open System.Globalization
open Sed
open Sed.Core.Scoring

/// Smallest number of values for a curve.
let private leastValues = 3

let private number (text: string) =
    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
    | true, value when Double.IsFinite value -> Some value
    | _ -> None

/// The settings that have numeric values in all rows that vary them, with at least three different values.
let private axes (repetitions: Repetition list) =
    repetitions
    |> List.collect _.Variant.Coordinates
    |> List.groupBy fst
    |> List.filter (fun (_, coordinates) ->
        let values = coordinates |> List.map (snd >> number)
        List.forall Option.isSome values && (List.distinct values).Length >= leastValues)
    |> List.map fst

/// The groups of rows that differ only in the setting `axis`. The name of a group lists the values of its other
/// settings.
let private lines axis (repetitions: Repetition list) =
    repetitions
    |> List.choose (fun one ->
        let own, others =
            one.Variant.Coordinates |> List.partition (fun (name, _) -> name = axis)
        match own with
        | [ _, value ] -> Some(others, (Option.get (number value), one))
        | _ -> None)
    |> List.groupBy fst
    |> List.map (fun (others, own) ->
        let name = others |> List.map snd |> String.concat ", "
        (if name = "" then "all rows" else name), List.map snd own)

/// If the largest value divided by the smallest exceeds this ratio, the values are drawn at equal distances.
let private widest = 20.0

/// The horizontal axis for values of a setting, and the position of each value.
let private horizontal title (values: float list) =
    let values = values |> List.distinct |> List.sort
    if values.Head > 0.0 && List.last values / values.Head > widest then
        let ticks = [
            for index, value in List.indexed values -> float index, value.ToString CultureInfo.InvariantCulture
        ]
        {
            Axis.numbers title with
                Ticks = ticks
        },
        (fun value -> float (List.findIndex ((=) value) values))
    else
        Axis.numbers title, id

let private slug (name: string) =
    name.ToLowerInvariant().Replace(' ', '-')

let private figure axis (metric: Metric) index (repetitions: Repetition list) =
    let score (one: Repetition) = metric.Of(one.Scored.Once())
    let lines = [
        for colour, (name, own) in List.indexed (lines axis repetitions) -> { Name = name; Colour = colour }, own
    ]
    let better = if metric.LowerIsBetter then "Lower" else "Higher"
    let xAxis, position =
        horizontal axis [
            for _, own in lines do
                yield! List.map fst own
        ]
    {
        Figure.Name = $"axis-{index}-{slug metric.Name}"
        Title = $"{metric.Name} by {axis}"
        Alt = $"{metric.Name} by {axis}: the mean over seeds, and a pale line for each seed."
        Reading = $"{better} is better; bold lines are means over seeds, pale lines single seeds."
        X = xAxis
        Legend = [ for series, _ in lines -> series, series.Name ]
        Panels = [
            {
                Panel.Title = ""
                Y = Axis.numbers metric.Name
                Marks = [
                    for series, own in lines do
                        let ofSeeds = own |> List.groupBy (fun (_, one) -> one.Seed)
                        for _, ofSeed in ofSeeds do
                            let points = [| for value, one in List.sortBy fst ofSeed -> position value, score one |]
                            if ofSeeds.Length > 1 then
                                Mark.Line(series, points, true)
                        let means = [|
                            for value, several in List.groupBy fst own |> List.sortBy fst ->
                                position value, several |> List.averageBy (snd >> score)
                        |]
                        Mark.Line(series, means, false)
                ]
                Height = 260
            }
        ]
    }

/// For each numeric setting that rows vary, one figure per reported metric. Empty if there is no such setting.
let make (metrics: Metric list) (repetitions: Repetition list) = [
    for index, axis in List.indexed (axes repetitions) do
        axis, [ for metric in metrics -> figure axis metric index repetitions ]
]
