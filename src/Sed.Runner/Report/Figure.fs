namespace Sed.Runner

open System

/// An axis of a figure.
type Axis = {
    /// The quantity and its unit.
    Title: string
    /// The lower and the upper end; None for the range of the data.
    Range: (float * float) option
    /// Tick positions and their labels. If empty, the axis has numeric ticks.
    Ticks: (float * string) list
    /// Whether values increase downwards, as for a list of names from top to bottom.
    Downwards: bool
}

/// A series of marks with one name in the legend and one index in the palette.
type Series = {
    Name: string
    Colour: int
} with

    /// The index of grey, for marks that belong to no row of the table.
    static member Grey = -1

/// A heat map: a matrix as colours, from dark for low values to light for high ones.
type Heat = {
    /// The left edge of the first column and the right edge of the last one.
    Columns: float * float
    /// The outer edges of the first and the last row.
    Rows: float * float
    /// The values, row by row.
    Values: float[][]
    /// The values at the ends of the colour scale; None for the smallest and the largest value.
    Range: (float * float) option
    /// The quantity and its unit.
    Title: string
}

/// An element of a panel.
[<RequireQualifiedAccess>]
type Mark =
    /// A line through points. Pale lines show, for example, single trials beside their mean, or the limits of an
    /// interval.
    | Line of series: Series * points: (float * float)[] * pale: bool
    /// A step function: each value holds until the next point.
    | Steps of series: Series * points: (float * float)[]
    /// Horizontal bars from 0: the vertical position and the length of each bar (NaN for no bar), and the thickness of
    /// all bars.
    | Bars of series: Series * bars: (float * float)[] * thickness: float
    /// Horizontal intervals, as in an event roll: the start, end and vertical position of each interval, and the
    /// thickness of all intervals.
    | Spans of series: Series * spans: (float * float * float)[] * thickness: float
    | Heat of Heat
    /// Dashed vertical lines, for example at reference onsets and offsets.
    | Rules of positions: float[]

/// A part of a figure with its own vertical axis.
type Panel = {
    /// The title above the panel; empty for none.
    Title: string
    Y: Axis
    /// Later marks are drawn above earlier ones.
    Marks: Mark list
    /// The height of the plot area in pixels.
    Height: int
}

/// The description of a figure: panels above each other with a common horizontal axis.
type Figure = {
    /// Unique within a report, and valid as a file name.
    Name: string
    Title: string
    /// The alternative text for screen readers.
    Alt: string
    /// A sentence on how to read the figure.
    Reading: string
    X: Axis
    /// The text of each series in the figure's own legend. Empty (the usual case) if the legend of the page suffices.
    Legend: (Series * string) list
    Panels: Panel list
}

module Axis =
    /// A numeric axis over the range of the data.
    let numbers title = {
        Title = title
        Range = None
        Ticks = []
        Downwards = false
    }

    /// A numeric axis over a given range.
    let within low high title = {
        numbers title with
            Range = Some(low, high)
    }

    /// An axis with the given names from top to bottom, at the positions 0, 1, 2 and so on.
    let names title (names: string seq) =
        let ticks = [ for index, name in Seq.indexed names -> float index, name ]
        {
            Title = title
            Range = Some(-0.5, float ticks.Length - 0.5)
            Ticks = ticks
            Downwards = true
        }

module Figure =
    /// Colours that colour-blind readers can distinguish, on white and on black (Okabe and Ito 2008, without yellow and
    /// black).
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
        if series.Colour = Series.Grey then
            "#6E7781"
        else
            palette[series.Colour % palette.Length]

    /// How often the palette has been used up before this series. Lines in a repeated colour are dashed or dotted.
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

    /// Short names for axes: the part before the first comma or bracket, unless names would then be equal.
    let shortNames (names: string seq) =
        let names = Seq.toList names
        let short = [ for name in names -> name.Split([| ','; '(' |]).[0].Trim() ]
        if (List.distinct short).Length = names.Length then
            short
        else
            names

    /// The values at the ends of a heat map's colour scale.
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
