/// Figures and a table of a search: the search curve and the importance of each setting.
module internal Sed.Runner.SearchFigures

open System
open System.Globalization
open Sed

let private best = { Series.Name = "best row"; Colour = 0 }

let private curveFigure
    name
    what
    unit
    (monitor: string)
    (position: SearchResults.CurvePoint -> float)
    (points: SearchResults.CurvePoint list)
    = {
    Figure.Name = $"search-{name}"
    Title = $"Best criterion by {what}"
    Alt = $"The best value of {monitor} so far, by the total {what} of all trials."
    Reading =
        "The line rises where a row is better than all rows before it; the earlier it reaches its final height, the less training the search needed."
    X = Axis.numbers unit
    Legend = []
    Panels = [
        {
            Panel.Title = ""
            Y = Axis.numbers $"best {monitor} so far"
            Marks = [ Mark.Steps(best, [| for point in points -> position point, point.Best |]) ]
            Height = 260
        }
    ]
}

/// The search curve by epochs and, if it is known, by training time.
let curve (monitor: string) (points: SearchResults.CurvePoint list) = [
    if points.Length > 1 then
        curveFigure
            "epochs"
            "number of trained epochs"
            "epochs of all trials"
            monitor
            (fun point -> float point.Epochs)
            points
        if points |> List.forall (fun point -> Double.IsFinite point.Seconds) then
            curveFigure
                "time"
                "training time"
                "training time of all trials, one after the other (min)"
                monitor
                (fun point -> point.Seconds / 60.0)
                points
]

/// Explains how importance is computed. `epochs`: the number of epochs after which the rows are compared.
let importanceText epochs =
    $"""The rows are compared by the criterion after {Text.count epochs "epoch"}; every row was trained for at least this number of epochs, unless it stopped early. For each setting, the rows are grouped by its values; a numeric setting with many values is divided into four ranges. The share is the part of the variance of the rows' ranks that this setting alone explains (epsilon-squared; Kelley 1935), without the part expected by chance. p is from 9,999 random permutations of the ranks (Holm correction for the number of settings). Effects that only a combination of settings has are not part of any share, and settings may matter differently after more epochs."""

let private percent (share: float) =
    (100.0 * share).ToString("F0", CultureInfo.InvariantCulture) + " %"

let private p (value: float) =
    if value < 0.001 then "< 0.001" else Text.score value

/// One figure with a bar for the share of each setting, and one figure for each setting with the criterion by its
/// values.
let importance (monitor: string) (axes: SearchResults.AxisImportance list) = [
    let series = { Series.Name = "share"; Colour = 0 }
    {
        Figure.Name = "importance"
        Title = "Share of the variance between rows that each setting explains"
        Alt = "A bar for each setting: the share of the variance of the rows' ranks that it explains alone."
        Reading = "A longer bar means that the choice of this setting alone changes a row's rank more."
        X = Axis.within 0.0 1.0 "share of the variance of ranks"
        Legend = []
        Panels = [
            {
                Panel.Title = ""
                Y = Axis.names "" [ for one in axes -> one.Axis ]
                Marks = [
                    Mark.Bars(series, [| for index, one in List.indexed axes -> float index, one.Share |], 0.6)
                ]
                Height = 60 + 30 * axes.Length
            }
        ]
    }
    for number, one in List.indexed axes do
        let groups =
            one.Groups
            |> List.indexed
            |> List.filter (fun (_, group) -> Double.IsFinite group.Median)
        let line (value: SearchResults.AxisGroup -> float) = [|
            for index, group in groups do
                if Double.IsFinite(value group) then
                    float index, value group
        |]
        let middle = { Series.Name = "median"; Colour = 0 }
        {
            Figure.Name = $"importance-{number + 1}"
            Title = $"Criterion by {one.Axis}"
            Alt = $"The median of {monitor} over the rows, by {one.Axis}, with pale lines for the quartiles."
            Reading =
                "Bold line: median over the rows with these values; pale lines: quartiles. A flat line means that the setting does not matter."
            X = {
                Axis.numbers one.Axis with
                    Range = Some(-0.5, float one.Groups.Length - 0.5)
                    Ticks = [ for index, group in List.indexed one.Groups -> float index, group.Name ]
            }
            Legend = []
            Panels = [
                {
                    Panel.Title = ""
                    Y = Axis.numbers monitor
                    Marks = [
                        Mark.Line(middle, line _.Low, true)
                        Mark.Line(middle, line _.High, true)
                        Mark.Line(middle, line _.Median, false)
                    ]
                    Height = 220
                }
            ]
        }
]

/// A table of the settings: share, p-value, and the best values.
let importanceTable (axes: SearchResults.AxisImportance list) : TableView = {
    TableView.Plain with
        Title = "Importance of each setting"
        Headings = [
            Heading.TextColumn "setting"
            Heading.NumberColumn "share"
            Heading.NumberColumn "p"
            Heading.TextColumn "best values"
            Heading.NumberColumn "median there"
            Heading.TextColumn "worst values"
            Heading.NumberColumn "median there"
        ]
        Rows = [
            for one in axes ->
                let ordered = one.Groups |> List.sortBy (fun group -> -group.Median)
                let median (group: SearchResults.AxisGroup) =
                    if Double.IsFinite group.Median then
                        Text.score group.Median
                    else
                        "failed"
                let first, last = ordered.Head, List.last ordered
                [
                    one.Axis
                    percent one.Share
                    p one.P
                    first.Name
                    median first
                    last.Name
                    median last
                ]
        ]
        Notes = []
}
