/// The report of a sweep: one HTML file, and its figures beside it.
module Sed.Runner.Report

open System
open System.IO
open Sed
open Sed.Core.Corpora

let private number (value: float) =
    if Double.IsFinite value then
        FormattableString.Invariant $"{value:F3}"
    else
        "-"

let private column text = { Text = text; Number = true }
let private named text = { Text = text; Number = false }

let private tableOf headings rows notes = {
    Headings = headings
    Rows = [ for cells in rows -> { Cells = cells; Bold = false } ]
    Notes = notes
}

let private learning (plan: Plan) rows = {
    Id = "learning"
    Heading = "How the networks learned"
    ByRow = true
    Contents = [
        Content.Figures(Shown.Side(TrainingFigures.make plan.Trials.Head.Specification.Training.Monitor rows))
    ]
}

let private classTable (classes: string list) (row: FinishedRow) (scores: ClassScore list) =
    tableOf [ named "class"; column "weak F"; column "strong F"; column "strong ER" ] [
        for name, score in List.zip classes scores ->
            [ name; number score.WeakF; number score.StrongF; number score.StrongER ]
    ] [
        $"{row.Series.Name}, mean over seeds. A class that the reference does not have has no score."
    ]

let private classSection workspace rows (best: FinishedRow) =
    let classes = (FinishedRow.truth workspace (fst best.Best)).Classes
    let scores = [ for row in rows -> row, ClassScores.ofRow workspace row ]
    let ofBest = scores |> List.find (fun (row, _) -> row.Series = best.Series) |> snd
    {
        Id = "classes"
        Heading = "Class by class"
        ByRow = true
        Contents = [
            Content.Figures(
                Shown.Choice("Score", [ for name, figure in ClassFigures.make classes scores -> name, [ figure ] ])
            )
            Content.Folded(
                "Numbers of the row that early stopping finds best",
                classTable (List.ofSeq classes) best ofBest
            )
        ]
    }

let private thresholds (curves: Curves list) (classes: Sed.Core.Annotations.ClassList) =
    let rate (rate: Sed.Core.Metrics.Rate) =
        number (if rate.IsDefined then rate.Value else nan)
    {
        Id = "thresholds"
        Heading = "Over all thresholds"
        ByRow = true
        Contents = [
            Content.Figures(Shown.Choice("Class", CurveFigures.precisionAndRecall classes curves))
            Content.Figures(Shown.Side(CurveFigures.psdRoc curves))
            Content.Table(
                "Areas under these curves, best seed of each row",
                tableOf
                    [
                        named "row"
                        column "average precision of tags"
                        column "mean over classes"
                        column "PSDS 1"
                        column "PSDS 2"
                    ] [
                        for own in curves ->
                            [
                                own.Row.Series.Name
                                rate own.Pooled
                                rate own.Mean
                                for psds in own.Psds do
                                    rate psds.Value
                            ]
                    ] []
            )
        ]
    }

let private clipSection (workspace: Workspace) (best: FinishedRow) output =
    let trial, _ = best.Best
    let store = (workspace.Source trial.Specification).Store
    {
        Id = "clips"
        Heading = "Clips, from the best to the worst detected"
        ByRow = false
        Contents = [
            Content.Text
                $"As {best.Series.Name} detects them, the row that early stopping finds best, with seed {trial.Specification.Seed}. Blue is the reference, orange below it the detection."
            Content.Figures(
                Shown.Choice(
                    "Clip",
                    [
                        for name, figure in ClipFigures.make store output (FinishedRow.events workspace trial) ->
                            name, [ figure ]
                    ]
                )
            )
        ]
    }

let private corpus (manifest: Manifest) =
    let splits =
        manifest.Clips |> Seq.map _.Split |> Seq.distinct |> Seq.sort |> Seq.toList
    let counted label split =
        manifest.Clips
        |> Seq.filter (fun clip -> clip.Split = split && Seq.contains label clip.WeakLabels)
        |> Seq.length
    let seconds = FormattableString.Invariant $"{manifest.ClipSeconds}"
    {
        Id = "corpus"
        Heading = "The corpus"
        ByRow = false
        Contents = [
            Content.Text
                $"{manifest.Corpus}: {manifest.Describe()}; clips of {seconds} s at {manifest.SampleRate} Hz. Manifest {manifest.Hash.Substring(0, 16)}."
            Content.Table(
                "Clips of each class",
                tableOf
                    (named "class"
                     :: [ for split in splits -> column (string(split).ToLowerInvariant()) ]) [
                        for label in manifest.Classes ->
                            label :: [ for split in splits -> string (counted label split) ]
                    ] []
            )
        ]
    }

let private environment (rows: FinishedRow list) = {
    Id = "environment"
    Heading = "Environment"
    ByRow = false
    Contents = [
        Content.Table(
            "Versions and machine",
            tableOf [ named "what"; named "which" ] [
                for name, value in
                    Surroundings.describe [
                        for row in rows do
                            yield! List.map snd row.Trials
                    ] -> [ name; value ]
            ] []
        )
    ]
}

let private again (plan: Plan) (context: ReportContext) = {
    Id = "again"
    Heading = "Run it again"
    ByRow = false
    Contents = [ Content.Verbatim context.Command; Content.Verbatim(Plan.print plan) ]
}

let private figures (sections: Section list) = [
    for section in sections do
        for content in section.Contents do
            match content with
            | Content.Figures(Shown.Side figures) -> yield! figures
            | Content.Figures(Shown.Choice(_, panes)) ->
                for _, figures in panes do
                    yield! figures
            | _ -> ()
]

/// Writes the report of finished trials, and its figures as SVG files into a folder of the same name beside it.
let internal write
    (workspace: Workspace)
    (plan: Plan)
    (states: (Trial * TrialState) list)
    (context: ReportContext)
    (file: string)
    =
    let rows = FinishedRow.ofStates plan states
    let manifest = workspace.Manifest plan.Trials.Head.Specification
    let sections = [
        if not rows.IsEmpty then
            let best = FinishedRow.best rows
            let outputs = [ for row in rows -> row, TrialOutput.ofTrial workspace (fst row.Best) ]
            let ofBest = outputs |> List.find (fun (row, _) -> row.Series = best.Series) |> snd
            learning plan rows
            classSection workspace rows best
            thresholds [ for row, output in outputs -> Curves.ofOutput row output ] manifest.Classes
            clipSection workspace best ofBest
        corpus manifest
        environment rows
        again plan context
    ]
    let page =
        Page.write plan.Experiment.Name plan.Experiment.Title context [ for row in rows -> row.Series ] sections
    let folder = nonNull (Path.ChangeExtension(Path.GetFullPath file, null))
    Directory.CreateDirectory folder |> ignore
    for old in Directory.GetFiles(folder, "*.svg") do
        File.Delete old
    for figure in figures sections do
        FigureFile.write (Path.Combine(folder, figure.Name + ".svg")) figure
    File.WriteAllText(file, page)
