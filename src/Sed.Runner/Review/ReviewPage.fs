/// The HTML page of a review. Its scripts fill in the content.
module internal Sed.Runner.ReviewPage

open Giraffe.ViewEngine

/// The scripts of the page; the first one starts the others.
let scripts = [
    "main.js"
    "app.js"
    "api.js"
    "detections.js"
    "plot.js"
    "lanes.js"
    "pointer.js"
    "player.js"
    "classes.js"
    "items.js"
    "actions.js"
    "keys.js"
]

/// The style sheets, in order.
let styles = [ "review.css"; "timeline.css"; "narrow.css" ]

let private aria name value = attr $"aria-{name}" value

let private iconButton (id: string) (label: string) (key: string) (content: string) =
    button [
        _type "button"
        _id id
        _title $"{label} ({key})"
        aria "label" label
        aria "keyshortcuts" key
    ] [ str content ]

let private toolbar =
    div [ _class "toolbar"; attr "role" "toolbar"; aria "label" "Playback and editing" ] [
        div [ _class "group" ] [
            iconButton "previous" "Previous stretch" "ArrowUp" "◀"
            button [
                _type "button"
                _id "play"
                _class "play"
                _title "Play or pause (Space)"
                aria "label" "Play"
                aria "keyshortcuts" "Space"
            ] [ str "▶" ]
            iconButton "next" "Next stretch" "ArrowDown" "▶"
        ]
        div [ _class "clock"; _id "clock"; aria "hidden" "true" ] []
        div [ _class "group" ] [
            button [ _type "button"; _id "accept"; _title "Accept the selected detection (A)" ] [ str "Accept" ]
            button [
                _type "button"
                _id "reject"
                _title "Reject the detection or remove the event (X)"
            ] [ str "Reject" ]
            button [
                _type "button"
                _id "accept-all"
                _title "Accept all shown detections (Shift+A)"
            ] [ str "Accept all" ]
        ]
        div [ _class "group" ] [
            button [
                _type "button"
                _id "new"
                _title "Start or end a new event at the cursor (N)"
            ] [ str "New event" ]
            button [ _type "button"; _id "undo"; _title "Undo (U)" ] [ str "Undo" ]
        ]
        button [
            _type "button"
            _id "done"
            _class "primary"
            _title "Mark as done and go on (Enter)"
        ] [ str "Done, next" ]
    ]

let private plot =
    section [ _id "stretch"; aria "label" "Stretch" ] [
        div [ _class "headline" ] [
            div [] [ h1 [ _id "recording" ] []; p [ _id "place" ] [] ]
            div [ _class "switch"; attr "role" "group"; aria "label" "Kind of labels" ] [
                button [
                    _type "button"
                    _id "mode-events"
                    aria "pressed" "true"
                    _title "Label events (T)"
                ] [ str "Events" ]
                button [
                    _type "button"
                    _id "mode-tags"
                    aria "pressed" "false"
                    _title "Label whole recordings (T)"
                ] [ str "Tags" ]
            ]
        ]
        toolbar
        p [ _id "notice"; attr "role" "status"; _hidden ] []
        div [ _id "timeline" ] [
            div [ _id "axis"; _class "row" ] [
                div [ _class "name" ] []
                div [ _class "plot" ] []
                div [ _class "tools" ] []
            ]
            div [ _class "row"; _id "spectrogram" ] [
                div [ _class "name frequencies"; _id "frequencies"; aria "hidden" "true" ] []
                div [ _class "plot"; _id "picture" ] [
                    canvas [ attr "role" "img"; aria "label" "Spectrogram of the stretch" ] []
                    p [ _class "loading"; _id "loading" ] [ str "Loading" ]
                ]
                div [ _class "tools"; _id "side" ] [
                    p [ _id "editor" ] []
                    div [
                        _id "nudge"
                        _hidden
                        attr "role" "group"
                        aria "label" "Borders of the selection"
                    ] [
                        for border, keys in [ "start", [ "Q"; "W" ]; "end", [ "O"; "P" ] ] do
                            span [] [ str border ]
                            for (sign, seconds), key in List.zip [ "−", "-0.05"; "+", "0.05" ] keys do
                                button [
                                    _type "button"
                                    attr "data-border" border
                                    attr "data-seconds" seconds
                                    _title $"Move the {border} by {seconds} s ({key})"
                                    aria "label" $"Move the {border} by {seconds} s"
                                ] [ str sign ]
                    ]
                    ul [ _id "legend"; aria "label" "Legend" ] [
                        for kind, text in
                            [
                                "event", "event of this review"
                                "event before", "annotated before"
                                "detection", "undecided detection"
                                "rejected", "rejected"
                                "known", "reviewed time"
                            ] -> li [] [ span [ _class $"sample {kind}" ] []; str text ]
                    ]
                ]
            ]
            div [ _id "lanes" ] []
            div [
                _id "cursor"
                _tabindex "0"
                attr "role" "slider"
                aria "label" "Playback position"
                aria "orientation" "horizontal"
            ] []
        ]
        div [ _class "below" ] [
            button [ _type "button"; _id "all-classes"; _hidden ] []
            form [ _id "add-class" ] [
                input [
                    _type "text"
                    _id "class-name"
                    _placeholder "Find or add a class"
                    aria "label" "Find or add a class"
                    _maxlength "200"
                    attr "autocomplete" "off"
                    attr "list" "class-names"
                ]
                datalist [ _id "class-names" ] []
                button [ _type "submit" ] [ str "Choose" ]
            ]
            label [ _class "rate" ] [
                str "Speed "
                select [ _id "rate" ] [
                    for rate in [ "0.25"; "0.5"; "1"; "2" ] ->
                        option [
                            _value rate
                            if rate = "1" then
                                _selected
                        ] [ str $"{rate}×" ]
                ]
            ]
            label [ _class "check" ] [ input [ _type "checkbox"; _id "loop" ]; str "Loop" ]
            button [ _type "button"; _id "help-button"; _title "Keys (?)" ] [ str "Keys" ]
        ]
    ]

/// The HTML of the page.
let document () =
    html [ _lang "en" ] [
        head [] [
            meta [ _charset "utf-8" ]
            meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
            meta [ _name "color-scheme"; _content "light dark" ]
            // Keeps the browser from requesting an icon.
            link [ _rel "icon"; _href "data:," ]
            title [] [ str "Review" ]
            for name in styles do
                link [ _rel "stylesheet"; _href name ]
            script [ _type "module"; _src (List.head scripts) ] []
        ]
        body [] [
            header [] [
                strong [] [ str "Review" ]
                span [ _id "folder" ] []
                span [ _id "progress" ] []
                span [ _id "saved"; attr "role" "status" ] []
                button [
                    _type "button"
                    _id "list-button"
                    aria "expanded" "false"
                    aria "controls" "list"
                ] [ str "List" ]
            ]
            p [ _id "lost"; _class "warning"; attr "role" "alert"; _hidden ] [
                str
                    "The connection is lost because the program that serves this page has ended. Start it again with the same command; all confirmed decisions are saved."
            ]
            div [ _id "layout" ] [
                nav [ _id "list"; aria "label" "Stretches" ] [ ol [ _id "items" ] [] ]
                main [] [ plot ]
            ]
            tag "dialog" [ _id "help"; aria "labelledby" "help-title" ] []
        ]
    ]
    |> RenderView.AsString.htmlDocument
