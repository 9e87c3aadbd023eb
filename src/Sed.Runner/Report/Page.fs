/// A report as one HTML file that needs nothing beside it.
module internal Sed.Runner.Page

open System
open System.IO
open System.Reflection
open Giraffe.ViewEngine

let private resource (assembly: Assembly) (suffix: string) =
    let name =
        assembly.GetManifestResourceNames()
        |> Array.find _.EndsWith(suffix, StringComparison.Ordinal)
    use stream = nonNull (assembly.GetManifestResourceStream name)
    use reader = new StreamReader(stream)
    reader.ReadToEnd()

let private own suffix =
    resource (Assembly.GetExecutingAssembly()) suffix

/// Plotly's script, as the package that describes the figures brings it.
let private plotly () =
    resource typeof<Plotly.NET.GenericChart>.Assembly ".min.js"

let private aria name value = attr $"aria-{name}" value

/// A mark behind a number stands in a column of its own, so that digits stay below digits.
let private marks = [ " *"; " ≈"; " ○"; "  " ]

/// A number, where there is one its deviation, and its mark; only before the deviation may a line end.
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

let private cell (heading: Heading) isFirst (text: string) =
    if heading.Number then numberCell text
    elif isFirst then th [ _scope "row" ] [ str text ]
    else td [] [ str text ]

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

/// A table under its title, in a box of its own that scrolls where it is too wide; behind its cells stands what belongs to a row
/// and is no part of the table. The first one needs no title: the page's is above it.
let private tableWith (isTitled: bool) (behind: XmlNode list list) (shown: TableView) =
    let behind =
        if behind.IsEmpty then
            [ for _ in shown.Rows -> [] ]
        else
            behind
    let isWider = behind |> List.exists (List.isEmpty >> not)
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
                        if isWider then
                            th [ _scope "col"; _class "see" ] [ str "see" ]
                    ]
                ]
                tbody [] [
                    for row, own in List.zip shown.Rows behind ->
                        tr [] [
                            for index, (heading, text) in List.indexed (List.zip shown.Headings row) do
                                cell heading (index = 0) text
                            if isWider then
                                td [ _class "see" ] own
                        ]
                ]
            ]
        ]
        if not shown.Notes.IsEmpty then
            ul [ _class "notes" ] [ for note in shown.Notes -> li [] [ str note ] ]
    ]

let table isTitled shown = tableWith isTitled [] shown

/// The box gets its final height at once, so that the page does not jump while figures are drawn.
let private drawing (shown: Figure) = [
    let json, height = FigureJson.write shown
    div [
        _class "drawing"
        attr "role" "img"
        aria "label" shown.Alt
        _style $"min-height:{height}px"
    ] []
    script [ _type "application/json" ] [ rawText json ]
]

let figure (shown: Figure) =
    figure [ _id shown.Name ] [ figcaption [] [ str shown.Title ]; yield! drawing shown ]

let private side (figures: Figure list) =
    div [ _class "side" ] [ for shown in figures -> figure shown ]

/// A clip's figure with its player below it and a playhead over it, which is a slider for who cannot see it.
let private clip (shown: Figure) (sound: Sound option) =
    Giraffe.ViewEngine.HtmlElements.figure [ _id shown.Name ] [
        figcaption [] [ str shown.Title ]
        match sound with
        | None -> yield! drawing shown
        | Some(Sound.Missing why) ->
            yield! drawing shown
            p [ _class "player" ] [ str why ]
        | Some(Sound.Embedded(uri, _)) ->
            div [ _class "playable" ] [
                yield! drawing shown
                div [
                    _class "playhead"
                    _tabindex "0"
                    _hidden
                    attr "role" "slider"
                    aria "label" $"Place in {shown.Title}"
                    aria "orientation" "horizontal"
                    aria "valuemin" "0"
                ] []
                div [ _class "player" ] [
                    audio [
                        _controls
                        attr "preload" "metadata"
                        _src uri
                        aria "label" $"Sound of {shown.Title}"
                    ] []
                    span [] [
                        str "A click on the figure, or the arrow keys on its red line, go to another place."
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
    | Content.Figures(Shown.Side figures) -> side figures
    | Content.Figures(Shown.Choice(what, panes)) -> choice what [ for name, figures in panes -> name, side figures ]
    | Content.Figures(Shown.Clips clips) ->
        choice "Clip" [ for name, figure, sound in clips -> name, clip figure sound ]
    | Content.Table shown -> table true shown
    | Content.Folded shown -> details [] [ summary [] [ str shown.Title ]; table false shown ]
    | Content.Verbatim text -> pre [ _tabindex "0" ] [ str text ]

/// One button for each row: what it is drawn with, and whether it is drawn; and one that draws all.
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

/// From a row to its figures: each link also turns the other rows off there.
let private links (row: Series option) (sections: Section list) = [
    match row with
    | None -> ()
    | Some series ->
        for own in sections do
            a [
                _href $"#{own.Id}"
                attr "data-only" series.Name
                aria "label" $"{series.Name}: {own.Heading}"
            ] [ str own.Id ]
]

let private opening (first: Opening) (sections: Section list) = [
    header [] [ p [] [ str first.Name ]; h1 [] [ str first.Title ] ]
    if first.Question <> "" then
        p [ _class "question" ] [ str first.Question ]
    ul [ _class "answer" ] [ for sentence in first.Answers -> li [] [ str sentence ] ]
    for warning in first.Warnings do
        p [ _class "warning" ] [ str warning ]
    let byRow = sections |> List.filter _.ByRow
    tableWith false [ for row in first.Rows -> links row byRow ] first.Table
    nav [ aria "label" "Contents" ] [
        ul [] [
            for own in sections -> li [] [ a [ _href $"#{own.Id}" ] [ str own.Heading ] ]
        ]
    ]
]

/// A page of one file: what its body holds, and the scripts that it needs beside the one that draws figures.
let document (title: string) (body: XmlNode list) (scripts: string list) =
    let page =
        html [ _lang "en" ] [
            head [] [
                meta [ _charset "utf-8" ]
                meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
                meta [ _name "color-scheme"; _content "light dark" ]
                // The browser would ask for an icon.
                link [ _rel "icon"; _href "data:," ]
                Giraffe.ViewEngine.HtmlElements.title [] [ str title ]
                style [] [ rawText (own "report.css") ]
            ]
            Giraffe.ViewEngine.HtmlElements.body [] [
                main [] body
                script [] [ rawText (plotly ()) ]
                for name in "report.js" :: scripts do
                    script [] [ rawText (own name) ]
            ]
        ]
    RenderView.AsString.htmlDocument page

/// The whole page: the answer first, then the sections, with a legend of the rows above the figures.
let write (first: Opening) (rows: Series list) (sections: Section list) =
    document $"{first.Name}: {first.Title}" [
        yield! opening first sections
        for byRow, part in List.groupBy _.ByRow sections do
            div [] [
                if byRow then
                    legend rows
                for own in part do
                    section own
            ]
    ] [ "listen.js" ]
