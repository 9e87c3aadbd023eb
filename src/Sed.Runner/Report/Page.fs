/// Writes a report as one self-contained HTML file.
module internal Sed.Runner.Page

open System
open System.IO
open System.IO.Compression
open System.Reflection
open System.Text
open Giraffe.ViewEngine

let private resource (assembly: Assembly) (suffix: string) =
    let name =
        assembly.GetManifestResourceNames()
        |> Array.find _.EndsWith(suffix, StringComparison.Ordinal)
    use stream = nonNull (assembly.GetManifestResourceStream name)
    use reader = new StreamReader(stream)
    reader.ReadToEnd()

/// The text of an embedded style sheet or script of this project. `suffix` is the end of its resource name.
let asset suffix =
    resource (Assembly.GetExecutingAssembly()) suffix

/// The type of a script element whose text is compressed with gzip and encoded as base64. The page decompresses it, which
/// makes the file three times smaller.
let private packedType = "application/gzip;base64"

let private packed (text: string) =
    use bytes = new MemoryStream()
    (use gzip = new GZipStream(bytes, CompressionLevel.SmallestSize)
     gzip.Write(Encoding.UTF8.GetBytes text))
    Convert.ToBase64String(bytes.ToArray())

/// Plotly's script, from the package Plotly.NET.
let private plotly =
    lazy (packed (resource typeof<Plotly.NET.GenericChart>.Assembly ".min.js"))

let private aria name value = attr $"aria-{name}" value

/// Marks after a number. They have a fixed width, so that digits are aligned.
let private marks = [ " *"; " ≈"; " ○"; "  " ]

/// A table cell with a number and, if present, its deviation and its mark. A line break is possible only before the
/// deviation.
let private numberCell (text: string) =
    let mark = marks |> List.tryFind text.EndsWith
    let number = text.Substring(0, text.Length - (defaultArg mark "").Length)
    let parts = number.Split(" ± ", 2)
    td [ _class "number" ] [
        for part in Array.truncate (parts.Length - 1) parts do
            str (part + " ")
        span [ _class "together" ] [
            str (if parts.Length > 1 then $"± {parts[1]}" else number)
            match mark with
            | Some mark -> span [ _class "mark" ] [ str (mark.Trim()) ]
            | None -> ()
        ]
    ]

/// The text of a row's first cell, as a link that shows only this row in the figures. Plain text if the figures do not
/// show the row.
let private linked (series: Series option) (target: string) (text: string) =
    match series with
    | Some series when target <> "" ->
        a [
            _href $"#{target}"
            attr "data-only" series.Name
            _title "Show only this row in the figures"
        ] [ str text ]
    | _ -> str text

let private cell (heading: Heading) isBest (text: string) =
    let own =
        if heading.Number then
            numberCell text
        else
            td [] [ str text ]
    match own, isBest with
    | ParentNode((name, attributes), children), true -> ParentNode((name, attributes), [ strong [] children ])
    | own, _ -> own

let private columnHeading (heading: Heading) isMarked =
    th [
        _scope "col"
        if heading.Number then
            _class "number"
    ] [
        str heading.Text
        if isMarked then
            span [ _class "mark" ] []
    ]

let private isMarked (shown: TableView) index =
    shown.Headings[index].Number
    && shown.Rows |> List.exists (fun row -> marks |> List.exists row[index].EndsWith)

/// A table in a box that scrolls if there is too little room. `rows` holds the series of each row; the first cell of a
/// row with a series links to the section `target`. If `rows` is empty, there are no links.
let private tableWith (isTitled: bool) (target: string) (rows: Series option list) (shown: TableView) =
    let rows =
        if rows.IsEmpty then
            [ for _ in shown.Rows -> None ]
        else
            rows
    div [] [
        if isTitled then
            p [ _class "caption" ] [ str shown.Title ]
        div [
            _class "scroll"
            _tabindex "0"
            attr "role" "region"
            aria "label" shown.Title
        ] [
            table [] [
                thead [] [
                    tr [] [
                        for index, heading in List.indexed shown.Headings do
                            columnHeading heading (isMarked shown index)
                    ]
                ]
                tbody [] [
                    for index, (texts, series) in List.indexed (List.zip shown.Rows rows) ->
                        tr [] [
                            for column, (heading, text) in List.indexed (List.zip shown.Headings texts) do
                                if column = 0 then
                                    th [
                                        _scope "row"
                                        if heading.Number then
                                            _class "number"
                                    ] [ linked series target text ]
                                else
                                    cell heading (shown.Best.Contains(index, column)) text
                        ]
                ]
            ]
        ]
        if not shown.Notes.IsEmpty then
            ul [ _class "notes" ] [ for note in shown.Notes -> li [] [ str note ] ]
    ]

let table isTitled shown = tableWith isTitled "" [] shown

/// An empty box of a figure's final height, so that the page layout does not shift, and the figure's data.
let private drawing isPacked (shown: Figure) = [
    let json, height = FigureJson.write shown
    div [
        _class "drawing"
        attr "role" "img"
        aria "label" shown.Alt
        _style $"min-height:{height}px"
    ] []
    if isPacked then
        script [ _type packedType ] [ rawText (packed json) ]
    else
        script [ _type "application/json" ] [ rawText json ]
]

let private caption (shown: Figure) = [
    figcaption [] [ str shown.Title ]
    p [ _class "reading" ] [ str shown.Reading ]
]

let private figureOf isPacked (shown: Figure) =
    figure [ _id shown.Name ] [ yield! caption shown; yield! drawing isPacked shown ]

/// A figure whose data is not compressed, so that a script can replace it with newer data.
let liveFigure (shown: Figure) = figureOf false shown

let private side (figures: Figure list) =
    div [ _class "side" ] [ for shown in figures -> figureOf true shown ]

/// A clip's figure with a player below it and a playhead over it. For screen readers the playhead is a slider.
let private clip (shown: Figure) (sound: Sound option) =
    figure [ _id shown.Name ] [
        yield! caption shown
        match sound with
        | None -> yield! drawing true shown
        | Some(Sound.Missing reason) ->
            yield! drawing true shown
            p [ _class "player" ] [ str reason ]
        | Some(Sound.Embedded(uri, _)) ->
            div [ _class "playable" ] [
                yield! drawing true shown
                div [
                    _class "playhead"
                    _tabindex "0"
                    _hidden
                    attr "role" "slider"
                    aria "label" $"Position in {shown.Title}"
                    aria "orientation" "horizontal"
                    aria "valuemin" "0"
                ] []
                div [ _class "player" ] [
                    audio [
                        _controls
                        attr "preload" "metadata"
                        _src uri
                        aria "label" $"Audio of {shown.Title}"
                    ] []
                    span [] [
                        str "To seek, click on the figure, or focus its red line and use the arrow keys."
                    ]
                ]
            ]
    ]

let private choice (what: string) (panes: (string * XmlNode) list) =
    div [ _class "choice" ] [
        label [] [ str $"{what} "; select [] [ for name, _ in panes -> option [] [ str name ] ] ]
        for index, (_, pane) in List.indexed panes do
            div [
                _class "pane"
                if index > 0 then
                    _hidden
            ] [ pane ]
    ]

let private content (shown: Content) =
    match shown with
    | Content.Text text -> p [] [ str text ]
    | Content.Figures(FigureLayout.SideBySide figures) -> side figures
    | Content.Figures(FigureLayout.Choice(what, panes)) ->
        choice what [ for name, figures in panes -> name, side figures ]
    | Content.Figures(FigureLayout.Clips clips) ->
        choice "Clip" [ for name, figure, sound in clips -> name, clip figure sound ]
    | Content.Table shown -> table true shown
    | Content.Folded shown -> details [] [ summary [] [ str shown.Title ]; table false shown ]
    | Content.Verbatim text -> pre [ _tabindex "0" ] [ str text ]

/// The legend: a button for each row that hides or shows it, and a button that shows all rows.
let legend (rows: Series list) =
    div [
        _class "legend"
        attr "role" "group"
        aria "label" "Rows shown in the figures"
    ] [
        for row in rows do
            button [ _type "button"; attr "data-row" row.Name; aria "pressed" "true" ] [
                span [
                    _class $"swatch round-{min 2 (Figure.round row)}"
                    _style $"--series:{Figure.colour row}"
                ] []
                str row.Name
            ]
        if rows.Length > 1 then
            button [ _type "button"; _class "all"; _hidden ] [ str "show all rows" ]
    ]

let private section (shown: Section) =
    section [ _id shown.Id ] [
        h2 [] [ str shown.Heading ]
        for part in shown.Contents do
            content part
    ]

let private header (first: ReportHeader) (sections: Section list) = [
    Giraffe.ViewEngine.HtmlElements.header [] [
        p [] [ str $"{first.Name}: {first.Origin}" ]
        h1 [] [ str first.Title ]
    ]
    if first.Question <> "" then
        p [ _class "question" ] [ str first.Question ]
    p [ _class "answer" ] [ str first.Answer ]
    for warning in first.Warnings do
        p [ _class "warning" ] [ str warning ]
    yield! IntervalPlot.write first.Plots
    let target =
        sections |> List.tryFind _.ByRow |> Option.map _.Id |> Option.defaultValue ""
    tableWith false target first.Rows first.Table
    if not first.Verdicts.IsEmpty then
        details [] [
            summary [] [ str "All scores and comparisons in words" ]
            ul [ _class "verdicts" ] [ for sentence in first.Verdicts -> li [] [ str sentence ] ]
        ]
    nav [ aria "label" "Contents" ] [
        ul [] [
            for own in sections -> li [] [ a [ _href $"#{own.Id}" ] [ str own.Heading ] ]
        ]
    ]
]

/// A self-contained page: its title, its body, and its scripts in addition to report.js.
let document (title: string) (body: XmlNode list) (scripts: string list) =
    let page =
        html [ _lang "en" ] [
            head [] [
                meta [ _charset "utf-8" ]
                meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
                meta [ _name "color-scheme"; _content "light dark" ]
                // Keeps the browser from requesting an icon.
                link [ _rel "icon"; _href "data:," ]
                Giraffe.ViewEngine.HtmlElements.title [] [ str title ]
                style [] [ rawText (asset "report.css") ]
            ]
            Giraffe.ViewEngine.HtmlElements.body [] [
                main [] body
                script [ _id "plotly"; _type packedType ] [ rawText plotly.Value ]
                for name in "report.js" :: scripts do
                    script [] [ rawText (asset name) ]
            ]
        ]
    RenderView.AsString.htmlDocument page

/// Splits the sections where their property `ByRow` changes.
let rec private consecutive (sections: Section list) =
    match sections with
    | [] -> []
    | first :: _ ->
        let own = sections |> List.takeWhile (fun other -> other.ByRow = first.ByRow)
        own :: consecutive (List.skip own.Length sections)

/// The HTML of a report: the header, then the sections, with the legend above those that show the table's rows.
let write (first: ReportHeader) (rows: Series list) (sections: Section list) =
    document $"{first.Name}: {first.Title}" [
        yield! header first sections
        for part in consecutive sections do
            div [] [
                if part.Head.ByRow then
                    legend rows
                for own in part do
                    section own
            ]
    ] [ "listen.js" ]
