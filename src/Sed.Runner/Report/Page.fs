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

let private cell (heading: ReportHeading) isFirst (text: string) =
    let numeric = [
        if heading.Number then
            _class "number"
    ]
    if isFirst then
        th (_scope "row" :: numeric) [ str text ]
    else
        td numeric [ str text ]

let private table (name: string) (shown: ReportTable) =
    div [] [
        div [ _class "scroll"; _tabindex "0"; attr "role" "region"; aria "label" name ] [
            table [] [
                caption [] [ str name ]
                thead [] [
                    tr [] [
                        for heading in shown.Headings ->
                            th [
                                _scope "col"
                                if heading.Number then
                                    _class "number"
                            ] [ str heading.Text ]
                    ]
                ]
                tbody [] [
                    for row in shown.Rows ->
                        tr [
                            if row.Bold then
                                _class "bold"
                        ] [
                            for index, (heading, text) in List.indexed (List.zip shown.Headings row.Cells) ->
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
            _class "plot"
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
    | Content.Warning text -> p [ _class "warning" ] [ str text ]
    | Content.Figures(Shown.Side figures) -> side figures
    | Content.Figures(Shown.Choice(what, panes)) -> choice what panes
    | Content.Table(name, shown) -> table name shown
    | Content.Folded(title, shown) -> details [] [ summary [] [ str title ]; table title shown ]
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

let private opening (name: string) (title: string) (context: ReportContext) (sections: Section list) = [
    header [] [ p [] [ str name ]; h1 [] [ str title ] ]
    section {
        Id = "answer"
        Heading = "Answer"
        ByRow = false
        Contents = []
    }
    ul [ _class "answer" ] [ for sentence in context.Answer -> li [] [ str sentence ] ]
    table "Every row with its uncertainty, beside what was published" context.Table
    for warning in context.Warnings do
        content (Content.Warning warning)
    nav [ aria "label" "Contents" ] [
        ul [] [
            for own in sections -> li [] [ a [ _href $"#{own.Id}" ] [ str own.Heading ] ]
        ]
    ]
]

/// The whole page: the answer first, then the sections, with a legend of the rows above the figures.
let write (name: string) (title: string) (context: ReportContext) (rows: Series list) (sections: Section list) =
    let page =
        html [ _lang "en" ] [
            head [] [
                meta [ _charset "utf-8" ]
                meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
                meta [ _name "color-scheme"; _content "light dark" ]
                // The browser would ask for an icon.
                link [ _rel "icon"; _href "data:," ]
                Giraffe.ViewEngine.HtmlElements.title [] [ str $"{name}: {title}" ]
                style [] [ rawText (own "report.css") ]
            ]
            body [] [
                main [] [
                    yield! opening name title context sections
                    for byRow, own in List.groupBy _.ByRow sections do
                        div [] [
                            if byRow then
                                legend rows
                            for part in own do
                                section part
                        ]
                ]
                script [] [ rawText (plotly ()) ]
                script [] [ rawText (own "report.js") ]
            ]
        ]
    RenderView.AsString.htmlDocument page
