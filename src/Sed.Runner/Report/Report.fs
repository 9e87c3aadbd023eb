/// The report of an experiment: one HTML file, and its figures beside it.
module internal Sed.Runner.Report

open System
open System.IO
open Sed
open Sed.Core.Metrics.Counts

let private number (rate: Rate) =
    if rate.IsDefined then
        FormattableString.Invariant $"{rate.Value:F3}"
    else
        "-"

/// What the networks of a row's trials said.
let private scoredOf (outcome: Outcome) (row: FinishedRow) = [
    for one in outcome.Finished do
        if List.exists (fst >> (=) one.Trial) row.Trials then
            one.Scored
]

let private learning (plan: Plan) rows = {
    Id = "learning"
    Heading = "How the networks learned"
    ByRow = true
    Contents = [
        Content.Figures(
            Shown.Side(
                TrainingFigures.make plan.Trials.Head.Specification.Training.Monitor.Summary [
                    for row in rows -> row.Series, [ for _, result in row.Trials -> result.History ]
                ]
            )
        )
    ]
}

let private classes (outcome: Outcome) rows (best: FinishedRow) classes = {
    Id = "classes"
    Heading = "Class by class"
    ByRow = true
    Contents = [
        let scores = [ for row in rows -> row, PerClass.scores (scoredOf outcome row) ]
        let figures = [ for name, figure in ClassFigures.make classes scores -> name, [ figure ] ]
        Content.Figures(Shown.Choice("Score", figures))
        // What the experiment asked for, or else the row that early stopping finds best.
        match outcome.Below with
        | [] -> Content.Folded(PerClass.view best.Series.Name [] (scoredOf outcome best))
        | tables ->
            for table in tables do
                Content.Folded table
    ]
}

let private thresholds (curves: Curves list) classes = {
    Id = "thresholds"
    Heading = "Over all thresholds"
    ByRow = true
    Contents = [
        Content.Figures(Shown.Choice("Class", CurveFigures.precisionAndRecall classes curves))
        Content.Figures(Shown.Side(CurveFigures.psdRoc curves))
        Content.Table(
            Ground.tableOf "Areas under these curves, the best trial of each row" [
                Ground.named "row"
                Ground.column "average precision of tags"
                Ground.column "mean over classes"
                for scenario in 1 .. curves.Head.Psds.Length do
                    Ground.column $"PSDS {scenario}"
            ] [
                for own in curves ->
                    [
                        own.Row.Series.Name
                        number own.Pooled
                        number own.Mean
                        for psds in own.Psds do
                            number psds.Value
                    ]
            ]
        )
    ]
}

let private clips (workspace: Workspace) (outputs: (FinishedRow * TrialOutput) list) (best: FinishedRow) output audio = {
    Id = "clips"
    Heading = "Clips, from the best to the worst detected"
    ByRow = true
    Contents = [
        let trial, _ = best.Best
        let source = workspace.Source trial.Specification
        let rows = [ for row, output in outputs -> row.Series, output ]
        let clips = ClipFigures.make source.Manifest source.Store rows best.Series output
        let sounds =
            if audio then
                ClipSounds.embed [ for _, figure, clip in clips -> clip.AudioPath, snd figure.X.Range.Value ]
            else
                []
        Content.Text
            $"Chosen by how well {trial.Name} detects them, the best trial of the row that early stopping finds best. Grey is the reference; below it, in its row's colour, what the best trial of each row detected."
        Content.Figures(
            Shown.Clips [
                for index, (name, figure, _) in List.indexed clips -> name, figure, List.tryItem index sounds
            ]
        )
        yield! ClipSounds.inWords sounds |> Option.map Content.Text |> Option.toList
    ]
}

/// The figures of a class, or why its network cannot be asked.
let private drawn workspace (best: FinishedRow) output label =
    try
        Ok(SaliencyFigures.make workspace (fst best.Best) output label)
    with
    | :? IOException
    | :? InvalidDataException as missing -> Error missing.Message

let private saliency (workspace: Workspace) (plan: Plan) (best: FinishedRow) output = [
    let labels =
        match SaliencyFigures.asked plan.Experiment with
        | [] -> Option.toList (SaliencyFigures.mostFrequent output)
        | asked -> asked
    for label in labels do
        let section contents = {
            Id = $"saliency-{SaliencyFigures.slug label}"
            Heading = $"What the outputs for {label} depend on"
            ByRow = false
            Contents = contents
        }
        match drawn workspace best output label with
        | Error why -> section [ Content.Text $"The trained network cannot be read. {why}" ]
        | Ok [] -> ()
        | Ok figures ->
            section [
                Content.Text
                    $"How much each value of the input changes the probability of {label} in {best.Series.Name}; dashed lines stand at the reference's onsets and offsets."
                Content.Figures(
                    Shown.Choice("Gradients", List.zip [ "plain"; "smoothed" ] [ for figure in figures -> [ figure ] ])
                )
            ]
]

let private figures (sections: Section list) = [
    for section in sections do
        for content in section.Contents do
            match content with
            | Content.Figures(Shown.Side figures) -> yield! figures
            | Content.Figures(Shown.Choice(_, panes)) ->
                for _, figures in panes do
                    yield! figures
            | Content.Figures(Shown.Clips clips) ->
                for _, figure, _ in clips do
                    figure
            | _ -> ()
]

let private warnings (outcome: Outcome) = [
    let failed =
        outcome.States |> List.filter (snd >> _.IsFailed) |> List.map (fst >> _.Name)
    if not failed.IsEmpty then
        let names = String.concat "; " failed
        $"Of {outcome.States.Length} trials {failed.Length} failed and are missing from the means: {names}."
]

let private sections workspace (outcome: Outcome) (rows: FinishedRow list) audio command = [
    let manifest =
        (workspace: Workspace).Manifest outcome.Plan.Trials.Head.Specification
    if not rows.IsEmpty then
        let best = FinishedRow.best rows
        learning outcome.Plan rows
        classes outcome rows best manifest.Classes
        let outputs = [ for row in rows -> row, TrialOutput.ofTrial workspace outcome (fst row.Best) ]
        let output = outputs |> List.find (fst >> (=) best) |> snd
        thresholds [ for row, output in outputs -> Curves.ofOutput row output ] manifest.Classes
        clips workspace outputs best output audio
        yield! saliency workspace outcome.Plan best output
    Ground.corpus manifest
    Ground.environment rows
    Ground.again outcome.Plan command
]

/// The figures that an experiment shows below its table, of the row that early stopping finds best; none where no trial is
/// finished.
let asked (workspace: Workspace) (outcome: Outcome) : Figure list =
    match SaliencyFigures.asked outcome.Plan.Experiment, FinishedRow.ofStates outcome.Plan outcome.States with
    | [], _
    | _, [] -> []
    | labels, rows ->
        let trial, _ = (FinishedRow.best rows).Best
        let output = TrialOutput.ofTrial workspace outcome trial
        labels |> List.collect (SaliencyFigures.make workspace trial output)

/// The rows of an outcome's table, those of others included, as the figures draw them.
let private drawnAs (plan: Plan) (rows: FinishedRow list) = [
    for name in Variant.names plan.Variants do
        rows |> List.map _.Series |> List.tryFind (fun series -> series.Name = name)
    for _ in plan.Experiment.Others do
        None
]

/// Writes the report of an experiment, with or without the sound of its clips, and its figures as SVG files into a folder of the
/// same name beside it.
let write (workspace: Workspace) (outcome: Outcome) (audio: bool) (command: string) (file: string) =
    let rows = FinishedRow.ofStates outcome.Plan outcome.States
    let sections = sections workspace outcome rows audio command
    let page =
        Page.write
            {
                Name = outcome.Plan.Experiment.Name
                Title = outcome.Plan.Experiment.Title
                Question = outcome.Plan.Experiment.Question
                Answers = outcome.Answers
                Table = outcome.Table
                Rows = drawnAs outcome.Plan rows
                Warnings = warnings outcome
            }
            [ for row in rows -> row.Series ]
            sections
    let folder = nonNull (Path.ChangeExtension(Path.GetFullPath file, null))
    Directory.CreateDirectory folder |> ignore
    for old in Directory.GetFiles(folder, "*.svg") do
        File.Delete old
    for figure in figures sections do
        FigureFile.write (Path.Combine(folder, figure.Name + ".svg")) figure
    File.WriteAllText(file, page)
