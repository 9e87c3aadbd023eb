namespace Sed.Runner

open System

/// An axis of a figure.
type Axis = {
    /// What is drawn along it, with the unit.
    Title: string
    /// Lower and upper end; None takes what the data need.
    Range: (float * float) option
    /// Names at positions in place of numbers; empty for numbers.
    Ticks: (float * string) list
    /// True when the lower end is on top, as with lists of names.
    Downwards: bool
}

/// What a mark belongs to: its name in the legend and its place in the palette. Marks of one series share both.
type Series = {
    Name: string
    Colour: int
} with

    /// In place of a palette's colour: a grey, for what is no row of a table.
    static member NoRow = -1

/// A matrix as colours, dark for the low end and light for the high one.
type Heat = {
    /// The edges of the first and behind the last column.
    Columns: float * float
    /// The edges of the first and behind the last row.
    Rows: float * float
    /// Row after row.
    Values: float[][]
    /// The values at the ends of the colours; None takes the smallest and the largest.
    Range: (float * float) option
    /// What the values are, with their unit.
    Title: string
}

/// One thing that is drawn.
[<RequireQualifiedAccess>]
type Mark =
    /// A line through points; pale when it is one of several runs behind the mean.
    | Line of series: Series * points: (float * float)[] * pale: bool
    /// A line that keeps its height until the next point.
    | Steps of series: Series * points: (float * float)[]
    /// Bars from 0 to the right: their vertical positions with their lengths (not a number where there is none), and how thick they are.
    | Bars of series: Series * bars: (float * float)[] * thickness: float
    /// Bars along the horizontal axis, as in an event roll: from, until and vertical position of each; and how thick they are.
    | Spans of series: Series * spans: (float * float * float)[] * thickness: float
    | Heat of Heat
    /// Dashed vertical lines, as for a reference's onset and offset.
    | Rules of positions: float[]

/// A part of a figure with a vertical axis of its own.
type Panel = {
    /// What stands above it; empty for nothing.
    Title: string
    Y: Axis
    /// Later marks lie above earlier ones.
    Marks: Mark list
    /// Height of the drawing area in pixels.
    Height: int
}

/// A figure in words and numbers, before anything draws it: panels above each other over one horizontal axis.
type Figure = {
    /// Distinct within a report, fit for a file's name.
    Name: string
    Title: string
    /// What a reader who cannot see it should know.
    Alt: string
    X: Axis
    Panels: Panel list
}

module Axis =
    /// Numbers over whatever range the data need.
    let numbers title = {
        Title = title
        Range = None
        Ticks = []
        Downwards = false
    }

    /// Numbers from and to.
    let within low high title = {
        numbers title with
            Range = Some(low, high)
    }

    /// Names from the top down, at 0, 1, 2 and so on.
    let names title (names: string seq) =
        let ticks = [ for index, name in Seq.indexed names -> float index, name ]
        {
            Title = title
            Range = Some(-0.5, float ticks.Length - 0.5)
            Ticks = ticks
            Downwards = true
        }

module Figure =
    /// Colours that stay distinct for the colour-blind, on white and on black (Okabe and Ito 2008, without yellow and black).
    let palette = [|
        "#0072B2"
        "#D55E00"
        "#009E73"
        "#CC79A7"
        "#E69F00"
        "#56B4E9"
        "#8C8C8C"
    |]

    /// The colour of a series.
    let colour (series: Series) =
        if series.Colour = Series.NoRow then
            "#6E7781"
        else
            palette[series.Colour % palette.Length]

    /// How often the palette was used up before a series: later rounds are dashed.
    let round (series: Series) = max 0 series.Colour / palette.Length

    /// The series of a figure in order of appearance.
    let series (figure: Figure) =
        [
            for panel in figure.Panels do
                for mark in panel.Marks do
                    match mark with
                    | Mark.Line(series, _, _)
                    | Mark.Steps(series, _)
                    | Mark.Bars(series, _, _)
                    | Mark.Spans(series, _, _) -> series
                    | Mark.Heat _
                    | Mark.Rules _ -> ()
        ]
        |> List.distinct

    /// Names that fit beside an axis: what stands before the first comma or bracket, where that keeps them distinct.
    let shortNames (names: string seq) =
        let names = Seq.toList names
        let short = [ for name in names -> name.Split([| ','; '(' |]).[0].Trim() ]
        if (List.distinct short).Length = names.Length then
            short
        else
            names

    /// The smallest and the largest value of a heat map's colours.
    let ends (heat: Heat) =
        match heat.Range with
        | Some ends -> ends
        | None ->
            let values = heat.Values |> Seq.collect id |> Seq.filter Double.IsFinite
            if Seq.isEmpty values then
                0.0, 1.0
            else
                match Seq.min values, Seq.max values with
                | low, high when low = high -> low, low + 1.0
                | ends -> ends
