/// A web page that shows the progress of a run and updates itself.
module internal Sed.Runner.LivePage

open System.Text.Json
open Giraffe.ViewEngine

let private rowsOf (progress: Progress) = [
    for colour, (row, trials) in List.indexed progress.Epochs -> { Name = row.Name; Colour = colour }, trials
]

/// The training curves of all trials that have begun; empty before the first epoch.
let private figures (plan: RunPlan) (progress: Progress) =
    let hasFolds =
        plan.Rows
        |> List.exists (fun row ->
            let seeds = [ for trial in row.Trials -> plan.Trials[trial].Seed ]
            List.distinct seeds <> seeds)
    let over = if hasFolds then "trials" else "seeds"
    TrainingFigures.make plan.Monitor over false (rowsOf progress)

let private asHtml node = RenderView.AsString.htmlNode node

/// The state of the run as a sentence.
let private sentence (tally: Tally) hasReport =
    let failed = if tally.Failed > 0 then $", {tally.Failed} failed" else ""
    let done' = $"{tally.Done} of {tally.All} trials done{failed}"
    if tally.Done + tally.Failed = tally.All then
        if hasReport then $"{done'}. " else $"{done'}."
    elif tally.Running > 0 then
        $"{done'}, {tally.Running} in training."
    else
        $"{done'}. No trial is in training: the run is preparing the corpus and its features, or it was stopped. To resume a stopped run, run its script again."

let private status (tally: Tally) hasReport =
    p [] [
        str (sentence tally hasReport)
        if hasReport && tally.Done + tally.Failed = tally.All then
            a [ _href "report" ] [ str "Open the report" ]
            str "."
    ]

/// The changing parts of the page, as JSON: the title and, as HTML elements, the status, the table and the figures.
let state (name: string) (plan: RunPlan) (progress: Progress) hasReport =
    let tally = progress.Tally
    let view = { progress.View with Title = "Rows" }
    JsonSerializer.Serialize {|
        title = $"{tally.Done} of {tally.All}: {name}"
        status = asHtml (status tally hasReport)
        table = asHtml (Page.table false view)
        figures = [ for figure in figures plan progress -> asHtml (Page.liveFigure figure) ]
    |}

/// The page itself. Its script requests the state repeatedly.
let write (name: string) (plan: RunPlan) (progress: Progress) =
    Page.document name [
        header [] [ p [] [ str $"{name}, profile {plan.Profile}" ]; h1 [] [ str plan.Title ] ]
        if plan.Question <> "" then
            p [ _class "question" ] [ str plan.Question ]
        div [ _id "status"; attr "role" "status" ] []
        p [ _id "lost"; _class "warning"; _hidden ] [
            str
                "The connection is lost because the program that serves this page has ended. The page shows the last known state."
        ]
        div [ _id "table" ] []
        section [ _id "learning" ] [
            h2 [] [ str "Training curves" ]
            Page.legend [ for series, _ in rowsOf progress -> series ]
            div [ _id "figures"; _class "side" ] []
        ]
    ] [ "live.js" ]
