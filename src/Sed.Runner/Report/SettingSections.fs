/// Sections of the report about the settings of the rows: the search, and scores by numeric settings.
module internal Sed.Runner.SettingSections

open System.Collections.Generic
open Sed

/// Sections with the search curve and with the importance of each setting in which rows differ. Empty if rows are
/// neither drawn at random nor stopped by a search.
let search (workspace: Workspace) (outcome: ExperimentOutcome) = [
    let plan = outcome.Plan
    if plan.Experiment.Sample.IsSome || not plan.Brackets.IsEmpty then
        let secondsAfter (trial: Trial) epochs =
            TrialFolder.secondsAfter (workspace.TrialFolder trial.Specification) epochs
        let curve = SearchResults.curve plan outcome.Rungs outcome.States secondsAfter
        let monitor = plan.Trials.Head.Specification.Training.Options.Monitor.Summary
        {
            Id = "search"
            Heading = "Search curve"
            ByRow = false
            Contents = [
                Content.Figures(FigureLayout.SideBySide(SearchFigures.curve monitor curve))
                if not outcome.Rungs.IsEmpty then
                    Content.Table(SearchTable.rungs plan outcome.Rungs)
            ]
        }
        match SearchResults.importance plan outcome.States with
        | [] -> ()
        | axes ->
            let epochs = SearchResults.commonEpochs plan
            {
                Id = "importance"
                Heading = "Importance of each setting"
                ByRow = false
                Contents = [
                    Content.Text(SearchFigures.importanceText epochs)
                    Content.Figures(FigureLayout.SideBySide(SearchFigures.importance monitor axes))
                    Content.Table(SearchFigures.importanceTable axes)
                ]
            }
]

/// The repetitions of rows that were not drawn at random.
let notDrawn (outcome: ExperimentOutcome) =
    match outcome.Plan.Experiment.Sample with
    | None -> outcome.Repetitions
    | Some sample ->
        let rows = HashSet sample.Rows
        outcome.Repetitions
        |> List.filter (fun one -> not (rows.Contains one.Variant.Settings))

/// Sections with the scores as functions of the numeric settings in which rows differ. Rows that were drawn at random
/// are left out, because they differ in all of their settings.
let numeric (outcome: ExperimentOutcome) = [
    for axis, figures in AxisFigures.make outcome.Plan.Experiment.Report (notDrawn outcome) do
        {
            Id = $"by-{SaliencyFigures.slug axis}"
            Heading = $"Scores by {axis}"
            ByRow = false
            Contents = [ Content.Figures(FigureLayout.SideBySide figures) ]
        }
]
