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

/// A table under its title, in a box of its own that scrolls where it is too wide. The first one needs no title: the page's is
/// above it.
let private table (isTitled: bool) (shown: TableView) =
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
                        for index, heading in List.indexed shown.Headings ->
                            columnHeading heading (isMarked shown index)
                    ]
                ]
                tbody [] [
                    for row in shown.Rows ->
                        tr [] [
                            for index, (heading, text) in List.indexed (List.zip shown.Headings row) ->
                                cell heading (index = 0) text
                        ]
                ]
            ]
        ]
        if not shown.Notes.IsEmpty then
            ul [ _class "notes" ] [ for note in shown.Notes -> li [] [ str note ] ]
    ]

/// The box gets its final height at once, so that the page does not jump while figures are drawn.
let private figure (shown: Figure) =
    let json, height = FigureJson.write shown
    figure [ _id shown.Name ] [
        figcaption [] [ str shown.Title ]
        div [
            _class "drawing"
            attr "role" "img"
            aria "label" shown.Alt
            _style $"min-height:{height}px"
        ] []
        script [ _type "application/json" ] [ rawText json ]
    ]

let private side (figures: Figure list) =
    div [ _class "side" ] [ for shown in figures -> figure shown ]

let private choice (what: string) (panes: (string * Figure list) list) =
    div [ _class "choice" ] [
        label [] [ str $"{what} "; select [] [ for name, _ in panes -> option [] [ str name ] ] ]
        for index, (_, figures) in List.indexed panes do
            div [
                _class "pane"
                if index > 0 then
                    _hidden
            ] [ side figures ]
    ]

let private content (shown: Content) =
    match shown with
    | Content.Text text -> p [] [ str text ]
    | Content.Figures(Shown.Side figures) -> side figures
    | Content.Figures(Shown.Choice(what, panes)) -> choice what panes
    | Content.Table shown -> table true shown
    | Content.Folded shown -> details [] [ summary [] [ str shown.Title ]; table false shown ]
    | Content.Verbatim text -> pre [ _tabindex "0" ] [ str text ]

/// One button for each row: what it is drawn with, and whether it is drawn.
let private legend (rows: Series list) =
    div [
        _class "legend"
        attr "role" "group"
        aria "label" "Rows shown in the figures"
    ] [
        for row in rows ->
            button [ _type "button"; attr "data-row" row.Name; aria "pressed" "true" ] [
                span [
                    _class $"swatch round-{min 2 (Figure.round row)}"
                    _style $"--series:{Figure.colour row}"
                ] []
                str row.Name
            ]
    ]

let private section (shown: Section) =
    section [ _id shown.Id ] [
        h2 [] [ str shown.Heading ]
        for part in shown.Contents do
            content part
    ]

let private opening (first: Opening) (sections: Section list) = [
    header [] [ p [] [ str first.Name ]; h1 [] [ str first.Title ] ]
    if first.Question <> "" then
        p [ _class "question" ] [ str first.Question ]
    ul [ _class "answer" ] [ for sentence in first.Answers -> li [] [ str sentence ] ]
    for warning in first.Warnings do
        p [ _class "warning" ] [ str warning ]
    table false first.Table
    nav [ aria "label" "Contents" ] [
        ul [] [
            for own in sections -> li [] [ a [ _href $"#{own.Id}" ] [ str own.Heading ] ]
        ]
    ]
]

/// The whole page: the answer first, then the sections, with a legend of the rows above the figures.
let write (first: Opening) (rows: Series list) (sections: Section list) =
    let page =
        html [ _lang "en" ] [
            head [] [
                meta [ _charset "utf-8" ]
                meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
                meta [ _name "color-scheme"; _content "light dark" ]
                // The browser would ask for an icon.
                link [ _rel "icon"; _href "data:," ]
                Giraffe.ViewEngine.HtmlElements.title [] [ str $"{first.Name}: {first.Title}" ]
                style [] [ rawText (own "report.css") ]
            ]
            body [] [
                main [] [
                    yield! opening first sections
                    for byRow, part in List.groupBy _.ByRow sections do
                        div [] [
                            if byRow then
                                legend rows
                            for own in part do
                                section own
                        ]
                ]
                script [] [ rawText (plotly ()) ]
                script [] [ rawText (own "report.js") ]
            ]
        ]
    RenderView.AsString.htmlDocument page
