/// Writes figures as SVG and PNG files.
module Sed.Runner.FigureFile

open System
open System.IO
open System.Text
open ScottPlot
open Sed.Core.Runtime
open SkiaSharp

let private width = 900
let private above (panel: Panel) = if panel.Title = "" then 8f else 30f // pixels above a panel's plot area, for its title
let private forNumbers = 58f // pixels below the last panel, for the axis and its title
let private between = 10f // pixels below the other panels
let private legendLine = 24f
let private pixelsPerUnit = 2f // a PNG has twice the resolution, so that it is sharp in print

/// A sans-serif font that is installed on this machine.
let private font =
    let installed = set SKFontManager.Default.FontFamilies
    [ "Liberation Sans"; "Arial"; "Helvetica"; "Noto Sans"; "DejaVu Sans" ]
    |> List.tryFind installed.Contains
    |> Option.defaultValue SKTypeface.Default.FamilyName

let private colour (series: Series) = Color.FromHex(Figure.colour series)

let private pattern (series: Series) =
    match Figure.round series with
    | 0 -> LinePattern.Solid
    | 1 -> LinePattern.Dashed
    | _ -> LinePattern.Dotted

/// The factor for the values of an axis: -1 if they increase downwards, because ScottPlot's coordinates increase
/// upwards.
let private sign (axis: Axis) = if axis.Downwards then -1.0 else 1.0

let private drawHeat (plot: Plot) (y: Axis) (heat: Heat) =
    let rows = heat.Values.Length
    let columns = heat.Values[0].Length
    // ScottPlot draws the first row of a matrix at the top.
    let onTop row =
        if y.Downwards then
            heat.Values[row]
        else
            heat.Values[rows - 1 - row]
    let map =
        plot.Add.Heatmap(Array2D.init rows columns (fun row column -> (onTop row)[column]))
    let low, high = Figure.ends heat
    map.Colormap <- Colormaps.Viridis()
    map.ManualRange <- Nullable(Range(low, high))
    let left, right = heat.Columns
    let first, last = heat.Rows
    let bottom, top =
        min (sign y * first) (sign y * last), max (sign y * first) (sign y * last)
    map.Rectangle <- Nullable(CoordinateRect(left, right, bottom, top))
    let bar = plot.Add.ColorBar(map, Edge.Right)
    bar.Label <- heat.Title
    bar.LabelStyle.FontSize <- 11f
    bar.Width <- 12f

let private rectangle (plot: Plot) series (left, right, at, thickness) =
    let shape =
        plot.Add.Rectangle(left, right, at - thickness / 2.0, at + thickness / 2.0)
    shape.FillColor <- colour series
    shape.LineWidth <- 0f

let private drawMark (plot: Plot) (y: Axis) mark =
    match mark with
    | Mark.Line(series, points, pale) ->
        let xs, ys = Array.unzip points
        let line = plot.Add.ScatterLine(xs, ys)
        line.Color <-
            (if pale then
                 (colour series).WithAlpha 0.35
             else
                 colour series)
        line.LineWidth <- (if pale then 1f else 2f)
        line.LinePattern <- pattern series
    | Mark.Steps(series, points) ->
        let xs, ys = Array.unzip points
        let line = plot.Add.ScatterLine(xs, ys)
        line.ConnectStyle <- ConnectStyle.StepHorizontal
        line.Color <- colour series
        line.LineWidth <- 2f
        line.LinePattern <- pattern series
    | Mark.Bars(series, bars, thickness) ->
        for at, length in bars do
            if Double.IsFinite length then
                rectangle plot series (0.0, length, sign y * at, thickness)
    | Mark.Spans(series, spans, thickness) ->
        for from, until, at in spans do
            rectangle plot series (from, until, sign y * at, thickness)
    // ScottPlot cannot draw a matrix without finite values, such as the matrix of a diverged training run.
    | Mark.Heat heat ->
        if heat.Values |> Seq.collect id |> Seq.exists Double.IsFinite then
            drawHeat plot y heat
    | Mark.Rules positions ->
        for position in positions do
            let line = plot.Add.VerticalLine(position, 1.5f, Nullable(Color.FromHex "#FF3B30"))
            line.LinePattern <- LinePattern.Dashed

let private nameTicks (axis: IAxis) (sign: float) (ticks: (float * string) list) =
    if not ticks.IsEmpty then
        let positions, names = List.unzip ticks
        axis.SetTicks([| for position in positions -> sign * position |], List.toArray names)

/// The height of the space below the last panel, in pixels. Names at the ticks need more height, because they are
/// vertical.
let private belowLast (figure: Figure) =
    match figure.X.Ticks with
    | [] -> forNumbers
    | names ->
        30f
        + 6.5f * float32 (names |> List.map (fun (_, name) -> name.Length) |> List.max)

/// The width of the space to the left of all panels, in pixels, for the longest name on a vertical axis. It is the same
/// for all panels, so that they are aligned.
let private leftRoom (figure: Figure) =
    let longest =
        [
            for panel in figure.Panels do
                for _, name in panel.Y.Ticks -> name.Length
        ]
        |> List.fold max 0
    70f + 6f * float32 (max 0 (longest - 4))

let private draw (figure: Figure) (panel: Panel) (left: float32) isLast =
    let plot = new Plot()
    plot.FigureBackground.Color <- Colors.White
    plot.RenderManager.ClearCanvasBeforeEachRender <- false // keeps the panels drawn before
    plot.Font.Set font |> ignore
    for mark in panel.Marks do
        drawMark plot panel.Y mark
    if panel.Title <> "" then
        plot.Title(panel.Title, Nullable 13f)
    plot.Axes.Left.Label.Text <- panel.Y.Title
    plot.Axes.Left.Label.FontSize <- 12f
    plot.Axes.Bottom.Label.FontSize <- 12f
    nameTicks plot.Axes.Left (sign panel.Y) panel.Y.Ticks
    nameTicks plot.Axes.Bottom 1.0 figure.X.Ticks
    if not figure.X.Ticks.IsEmpty then
        plot.Axes.Bottom.TickLabelStyle.Rotation <- 90f
        plot.Axes.Bottom.TickLabelStyle.Alignment <- Alignment.MiddleLeft
    if isLast then
        plot.Axes.Bottom.Label.Text <- figure.X.Title
    else
        plot.Axes.Bottom.TickLabelStyle.IsVisible <- false
    plot.Axes.AutoScale()
    match figure.X.Range with
    | Some(low, high) -> plot.Axes.SetLimitsX(low, high)
    | None when panel.Marks |> List.exists _.IsBars -> plot.Axes.SetLimitsX(0.0, plot.Axes.GetLimits().Right)
    | None -> ()
    match panel.Y.Range with
    | Some(low, high) when panel.Y.Downwards -> plot.Axes.SetLimitsY(-high, -low)
    | Some(low, high) -> plot.Axes.SetLimitsY(low, high)
    | None -> ()
    plot.Layout.Fixed(PixelPadding(left, 90f, (if isLast then belowLast figure else between), above panel))
    plot

let private legendFont () =
    new SKFont(SKTypeface.FromFamilyName font, 12f)

let private title = 30f // height of the figure's title

let private drawTitle (canvas: SKCanvas) (text: string) =
    use bold = SKTypeface.FromFamilyName(font, SKFontStyle.Bold)
    use font = new SKFont(bold, 15f)
    use ink = new SKPaint(Color = SKColors.Black, IsAntialias = true)
    canvas.DrawText(text, 12f, 22f, font, ink)
    title

/// Draws the legend. The series are arranged from left to right, in one or more lines.
let private drawLegend (canvas: SKCanvas) (series: Series list) (top: float32) =
    use font = legendFont ()
    use ink = new SKPaint(Color = SKColors.Black, IsAntialias = true)
    let mutable x, y = 70f, top
    for own in series do
        let room = 30f + font.MeasureText own.Name + 18f
        if x + room > float32 width - 10f && x > 70f then
            x <- 70f
            y <- y + legendLine
        use fill = new SKPaint(Color = SKColor.Parse(Figure.colour own), IsAntialias = true)
        canvas.DrawRect(x, y + 4f, 22f, 8f, fill)
        canvas.DrawText(own.Name, x + 28f, y + 13f, font, ink)
        x <- x + room

let private legendHeight (series: Series list) =
    use font = legendFont ()
    let fold (lines, x) (own: Series) =
        let room = 48f + font.MeasureText own.Name
        if x + room > float32 width - 10f && x > 70f then
            lines + 1, 70f + room
        else
            lines, x + room
    if series.IsEmpty then
        0f
    else
        legendLine * float32 (fst (List.fold fold (1, 70f) series)) + 8f

let private panelHeight (figure: Figure) isLast (panel: Panel) =
    above panel
    + float32 panel.Height
    + (if isLast then belowLast figure else between)

let private isLast (figure: Figure) index = index = figure.Panels.Length - 1

let private render (figure: Figure) (series: Series list) (height: float32) (canvas: SKCanvas) =
    use white = new SKPaint(Color = SKColors.White)
    canvas.DrawRect(0f, 0f, float32 width, height, white)
    let left = leftRoom figure
    let mutable top = drawTitle canvas figure.Title
    for index, panel in List.indexed figure.Panels do
        let height = panelHeight figure (isLast figure index) panel
        use plot = draw figure panel left (isLast figure index)
        canvas.Save() |> ignore
        plot.Render(canvas, PixelRect(0f, float32 width, top + height, top))
        canvas.Restore()
        top <- top + height
    drawLegend canvas series top

/// Writes a figure, on white, as .png or .svg.
let write (file: string) (figure: Figure) =
    let series =
        match Figure.series figure with
        | [ _ ] -> [] // one series needs no legend
        | several -> several
    let height =
        title
        + (figure.Panels
           |> List.mapi (fun index -> panelHeight figure (isLast figure index))
           |> List.sum)
        + legendHeight series
    match string (Path.GetExtension file) |> _.ToLowerInvariant() with
    | ".svg" ->
        use stream = new MemoryStream()
        // The file is complete only after the canvas is closed.
        (use canvas = SKSvgCanvas.Create(SKRect(0f, 0f, float32 width, height), stream)
         render figure series height canvas)
        // Heat maps are small images. Without interpolation their cells have sharp edges, as in a PNG.
        let text = Encoding.UTF8.GetString(stream.ToArray())
        AtomicFile.Write(file, text.Replace("<image ", "<image style=\"image-rendering:pixelated\" "))
    | ".png" ->
        use surface =
            SKSurface.Create(SKImageInfo(int pixelsPerUnit * width, int (ceil (pixelsPerUnit * height))))
        surface.Canvas.Scale pixelsPerUnit
        render figure series height surface.Canvas
        use image = surface.Snapshot()
        use data = image.Encode(SKEncodedImageFormat.Png, 90)
        AtomicFile.Write(file, Action<Stream> data.SaveTo)
    | other -> invalidArg (nameof file) $"A figure can be written as .png or .svg, not as '{other}': {file}"
