/// Figures as JSON for Plotly: data and layout.
module internal Sed.Runner.FigureJson

open System
open System.Globalization
open Plotly.NET
open Plotly.NET.LayoutObjects
open Plotly.NET.TraceObjects
open Sed.Runner // Figure is Sed.Runner's, not Plotly's

let private titleRoom = 30.0 // pixels above a panel, for its title
let private above, below, right = 8, 46, 12

/// Rounds to few significant digits, which keeps the page small. NaN stays NaN and is drawn as a gap.
let private rounded (format: string) (value: float) =
    Double.Parse(value.ToString(format, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)

let private short = rounded "G4"

let private shorts (values: float seq) = [| for value in values -> short value |]

/// The largest allowed vertical distance between a line and its simplification, as a fraction of the range of the line's
/// y values.
let private tolerance = 0.002

/// Simplifies a line (Ramer 1972; Douglas and Peucker 1973) by vertical distances.
let private simplified (points: (float * float)[]) =
    let ys = points |> Array.map snd |> Array.filter Double.IsFinite
    if points.Length < 3 || ys.Length < points.Length then
        points
    else
        let allowed = tolerance * (Array.max ys - Array.min ys)
        let kept = Array.create points.Length false
        let rec keep first last =
            kept[first] <- true
            kept[last] <- true
            if last - first > 1 then
                let (x0, y0), (x1, y1) = points[first], points[last]
                let distance k =
                    let x, y = points[k]
                    let share = if x1 = x0 then 0.0 else (x - x0) / (x1 - x0)
                    abs (y - (y0 + share * (y1 - y0)))
                let farthest = Seq.maxBy distance (seq { first + 1 .. last - 1 })
                if distance farthest > allowed then
                    keep first farthest
                    keep farthest last
        keep 0 (points.Length - 1)
        [|
            for k in 0 .. points.Length - 1 do
                if kept[k] then
                    points[k]
        |]

let private color (series: Series) = Color.fromString (Figure.colour series)

let private dash (series: Series) =
    match Figure.round series with
    | 0 -> StyleParam.DrawingStyle.Solid
    | 1 -> StyleParam.DrawingStyle.Dash
    | _ -> StyleParam.DrawingStyle.Dot

/// The text of a series in the figure's legend.
let private legendName (figure: Figure) (series: Series) =
    figure.Legend
    |> List.tryFind (fst >> (=) series)
    |> Option.map snd
    |> Option.defaultValue series.Name

let private yAxis index = StyleParam.LinearAxisId.Y(index + 1)

let private line (figure: Figure) (y: Axis) index (series: Series) points pale shape =
    let name = if pale then series.Name + ", one seed" else series.Name
    Trace2D.initScatter (
        Trace2DStyle.Scatter(
            Name = legendName figure series,
            LegendGroup = series.Name,
            ShowLegend = not pale,
            Mode = StyleParam.Mode.Lines,
            X = shorts (Seq.map fst points),
            Y = shorts (Seq.map snd points),
            YAxis = yAxis index,
            Opacity = (if pale then 0.35 else 1.0),
            Line =
                Line.init (Color = color series, Width = (if pale then 1.0 else 2.0), Dash = dash series, Shape = shape),
            HoverTemplate = $"{y.Title} %%{{y:.3f}}, {figure.X.Title} %%{{x:.4~g}}<extra>{name}</extra>"
        )
    )

let private nameAt (axis: Axis) (position: float) =
    axis.Ticks
    |> List.tryFind (fun (at, _) -> abs (at - position) <= 0.5)
    |> Option.map snd
    |> Option.defaultValue ""

let private bars (figure: Figure) (y: Axis) index (series: Series) (bars: (float * float)[]) (thickness: float) =
    let bars = bars |> Array.filter (snd >> Double.IsFinite)
    Trace2D.initBar (
        Trace2DStyle.Bar(
            Name = series.Name,
            LegendGroup = series.Name,
            Orientation = StyleParam.Orientation.Horizontal,
            X = shorts (Seq.map snd bars),
            Y = [| for at, _ in bars -> at |],
            Width = thickness,
            YAxis = yAxis index,
            Marker = Marker.init (Color = color series),
            MultiText = [| for at, _ in bars -> nameAt y at |],
            TextPosition = StyleParam.TextPosition.None,
            HoverTemplate = $"%%{{text}}: {figure.X.Title} %%{{x:.3f}}<extra>{series.Name}</extra>"
        )
    )

let private spans (y: Axis) index (series: Series) (spans: (float * float * float)[]) (thickness: float) =
    let trace =
        Trace2D.initBar (
            Trace2DStyle.Bar(
                Name = series.Name,
                LegendGroup = series.Name,
                Orientation = StyleParam.Orientation.Horizontal,
                X = [| for from, until, _ in spans -> short (until - from) |],
                Y = [| for _, _, at in spans -> at |],
                Width = thickness,
                YAxis = yAxis index,
                Marker = Marker.init (Color = color series),
                MultiText = [|
                    for from, until, at in spans ->
                        FormattableString.Invariant $"{nameAt y at}, {from:F2} s to {until:F2} s"
                |],
                TextPosition = StyleParam.TextPosition.None,
                HoverTemplate = $"%%{{text}}<extra>{series.Name}</extra>"
            )
        )
    trace.SetProperty("base", [| for from, _, _ in spans -> short from |]) // the typed parameter accepts only one number
    trace

let private heat (figure: Figure) (y: Axis) index (domain: float * float) (heat: Heat) =
    let low, high = Figure.ends heat
    let centres (first, last) count =
        let step = (last - first) / float count
        [| for k in 0 .. count - 1 -> short (first + (float k + 0.5) * step) |]
    let bottom, top = domain
    Trace2D.initHeatmap (
        Trace2DStyle.Heatmap(
            Name = heat.Title,
            X = centres heat.Columns heat.Values[0].Length,
            Y = centres heat.Rows heat.Values.Length,
            Z = [| for row in heat.Values -> [| for value in row -> rounded "G2" value |] |],
            YAxis = yAxis index,
            ZMin = short low,
            ZMax = short high,
            ColorScale = StyleParam.Colorscale.Viridis,
            ColorBar =
                ColorBar.init (
                    Title = Title.init (Text = heat.Title, Side = StyleParam.Side.Right, Font = Font.init (Size = 11.0)),
                    Len = top - bottom,
                    LenMode = StyleParam.UnitMode.Fraction,
                    Y = (bottom + top) / 2.0,
                    X = 1.01,
                    Thickness = 9.0,
                    OutlineWidth = 0.0,
                    TickFont = Font.init (Size = 10.0),
                    YPad = 0.0
                ),
            HoverTemplate = $"{y.Title} %%{{y}}, {figure.X.Title} %%{{x:.4~g}}: %%{{z:.3~g}}<extra></extra>"
        )
    )

let private rules (domain: float * float) (positions: float[]) = [
    for position in positions ->
        Shape.init (
            ShapeType = StyleParam.ShapeType.Line,
            X0 = position,
            X1 = position,
            Xref = "x",
            Y0 = fst domain,
            Y1 = snd domain,
            Yref = "paper",
            Line = Line.init (Color = Color.fromString "#FF3B30", Width = 1.5, Dash = StyleParam.DrawingStyle.Dash)
        )
]

let private linear (axis: Axis) domain anchor =
    let range =
        match axis.Range with
        | Some(low, high) when axis.Downwards -> Some(StyleParam.Range.ofMinMax (high, low))
        | Some(low, high) -> Some(StyleParam.Range.ofMinMax (low, high))
        | None -> None
    let positions, names = List.unzip axis.Ticks
    LinearAxis.init (
        Title = Title.init (Text = axis.Title, Standoff = 6, Font = Font.init (Size = 12.0)),
        ?Range = range,
        Domain = StyleParam.Range.ofMinMax domain,
        Anchor = anchor,
        ?TickVals = (if names.IsEmpty then None else Some positions),
        ?TickText = (if names.IsEmpty then None else Some names),
        AutoMargin = StyleParam.TickAutoMargin.All,
        ShowGrid = names.IsEmpty,
        ZeroLine = false,
        // Invisible ticks keep the numbers of both axes apart in the corner.
        Ticks = StyleParam.TickOptions.Outside,
        TickLen = 5,
        TickColor = Color.fromString "rgba(0,0,0,0)",
        TickFont = Font.init (Size = 11.0)
    )

/// The plot area of each panel, from top to bottom, as fractions of the height between the margins; and this height in
/// pixels.
let private domains (figure: Figure) =
    let rooms = [
        for panel: Panel in figure.Panels -> (if panel.Title = "" then 8.0 else titleRoom), float panel.Height
    ]
    let all = rooms |> List.sumBy (fun (room, height) -> room + height)
    let tops = rooms |> List.scan (fun top (room, height) -> top + room + height) 0.0
    [
        for (room, height), top in List.zip rooms (List.truncate rooms.Length tops) ->
            max 0.0 (1.0 - (top + room + height) / all), 1.0 - (top + room) / all
    ],
    all

let private panelTitle (panel: Panel) (_, top) =
    Annotation.init (
        Text = $"<b>{panel.Title}</b>",
        X = 0.0,
        XRef = "paper",
        XAnchor = StyleParam.XAnchorPosition.Left,
        Y = top,
        YRef = "paper",
        YAnchor = StyleParam.YAnchorPosition.Bottom,
        ShowArrow = false,
        Font = Font.init (Size = 12.0)
    )

/// Writes a figure as an object with data and layout for Plotly's newPlot, escaped for a script element. Returns the
/// object and the figure's height in pixels.
let write (figure: Figure) =
    let domains, height = domains figure
    let panels = List.zip figure.Panels domains |> List.indexed
    let traces = [
        for index, (panel, domain) in panels do
            for mark in panel.Marks do
                match mark with
                | Mark.Line(series, points, pale) ->
                    line figure panel.Y index series (simplified points) pale StyleParam.Shape.Linear :> Trace
                | Mark.Steps(series, points) -> line figure panel.Y index series points false StyleParam.Shape.Hv
                | Mark.Bars(series, values, thickness) -> bars figure panel.Y index series values thickness
                | Mark.Spans(series, values, thickness) -> spans panel.Y index series values thickness
                | Mark.Heat map -> heat figure panel.Y index domain map
                | Mark.Rules _ -> ()
    ]
    let shapes = [
        for index, (panel, domain) in panels do
            for mark in panel.Marks do
                match mark with
                | Mark.Rules positions -> yield! rules domain positions
                | _ -> ()
    ]
    let hasLegend = not figure.Legend.IsEmpty
    // In the legend, which is below the axis, each series has its own line.
    let legendHeight = if hasLegend then 12 + 19 * figure.Legend.Length else 0
    let layout =
        Layout.init (
            ShowLegend = hasLegend,
            Height = int height + above + below + legendHeight,
            Margin = Margin.init (Left = 46, Right = right, Top = above, Bottom = below + legendHeight),
            PaperBGColor = Color.fromString "rgba(0,0,0,0)",
            PlotBGColor = Color.fromString "rgba(0,0,0,0)",
            Font = Font.init (Family = StyleParam.FontFamily.Custom "system-ui, sans-serif", Size = 12.0),
            BarMode = StyleParam.BarMode.Overlay,
            HoverMode = StyleParam.HoverMode.Closest,
            Shapes = shapes,
            Annotations = [
                for panel, domain in List.map snd panels do
                    if panel.Title <> "" then
                        panelTitle panel domain
            ]
        )
    let layout =
        (layout, panels)
        ||> List.fold (fun layout (index, (panel, domain)) ->
            let id = StyleParam.SubPlotId.YAxis(index + 1)
            Layout.setLinearAxis (id, linear panel.Y domain (StyleParam.LinearAxisId.X 1)) layout)
    let legend =
        Legend.init (
            Orientation = StyleParam.Orientation.Vertical,
            X = 0.0,
            Y = -float below / height,
            YAnchor = StyleParam.YAnchorPosition.Top,
            ItemClick = StyleParam.TraceItemClickOptions.False,
            ItemDoubleClick = StyleParam.TraceItemClickOptions.False
        )
    let layout =
        if hasLegend then
            Layout.setLegend (StyleParam.SubPlotId.Legend 1, legend) layout
        else
            layout
    let x = linear figure.X (0.0, 1.0) (yAxis (figure.Panels.Length - 1))
    layout
    |> Layout.setLinearAxis (StyleParam.SubPlotId.XAxis 1, x)
    |> fun layout -> GenericChart.ofTraceObjects false traces |> GenericChart.setLayout layout
    |> GenericChart.toFigureJson
    |> fun json -> json.Replace("<", "\\u003c"), int height + above + below + legendHeight
