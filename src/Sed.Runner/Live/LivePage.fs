/// A run while it goes on, as a page that keeps itself up to date.
module internal Sed.Runner.LivePage

open System.Text.Json
open Giraffe.ViewEngine

let private rowsOf (progress: Progress) = [
    for colour, (row, trials) in List.indexed progress.Epochs -> { Name = row.Name; Colour = colour }, trials
]

/// The curves of all trials that have begun; empty before the first epoch.
let private figures (plan: RunPlan) (progress: Progress) =
    TrainingFigures.make plan.Monitor (rowsOf progress)

let private asHtml node = RenderView.AsString.htmlNode node

/// Whether anything is going on, in words.
let private sentence (tally: Tally) hasReport =
    let failed = if tally.Failed > 0 then $", {tally.Failed} failed" else ""
    let done' = $"{tally.Done} of {tally.All} trials are done{failed}"
    if tally.Done + tally.Failed = tally.All then
        if hasReport then
            $"{done'}. The report is written: "
        else
            $"{done'}."
    elif tally.Running > 0 then
        $"{done'}, {tally.Running} in training."
    else
        $"{done'}. No process is at the others now: it makes corpus and features ready, or it was stopped and goes on where the script is run again."

let private status (tally: Tally) hasReport =
    p [] [
        str (sentence tally hasReport)
        if hasReport && tally.Done + tally.Failed = tally.All then
            a [ _href "report" ] [ str "read it" ]
            str "."
    ]

/// What changes while a run goes on, as JSON: the page's title, the words above the table, the table, and the figures, as
/// elements.
let state (name: string) (plan: RunPlan) (progress: Progress) hasReport =
    let tally = progress.Tally
    let view = {
        progress.View with
            Title = "The rows so far"
    }
    JsonSerializer.Serialize {|
        title = $"{tally.Done} of {tally.All}: {name}"
        status = asHtml (status tally hasReport)
        table = asHtml (Page.table false view)
        figures = [ for figure in figures plan progress -> asHtml (Page.figure figure) ]
    |}

/// The page, which asks for the state at once and then again and again.
let write (name: string) (plan: RunPlan) (progress: Progress) =
    Page.document name [
        header [] [ p [] [ str $"{name}, profile {plan.Profile}" ]; h1 [] [ str plan.Title ] ]
        if plan.Question <> "" then
            p [ _class "question" ] [ str plan.Question ]
        div [ _id "status"; attr "role" "status" ] []
        p [ _id "lost"; _class "warning"; _hidden ] [
            str "Nothing is heard of the run any more: whoever served this page has ended. This is what it said last."
        ]
        div [ _id "table" ] []
        section [ _id "learning" ] [
            h2 [] [ str "How the networks learn" ]
            Page.legend [ for series, _ in rowsOf progress -> series ]
            div [ _id "figures"; _class "side" ] []
        ]
    ] [ "live.js" ]
