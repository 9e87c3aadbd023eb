/// Writes the report of an experiment: one HTML file, and its figures as SVG files.
module internal Sed.Runner.Report

open System
open System.IO
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Runtime

let private number (rate: Rate) =
    if rate.IsDefined then
        FormattableString.Invariant $"{rate.Value:F3}"
    else
        "-"

/// The scored clips of a row, for each of its repetitions.
let private scoredOf (row: FinishedRow) = [ for own in row.Repetitions -> own.Scored ]

let private learning (plan: Plan) (rows: FinishedRow list) = {
    Id = "learning"
    Heading = "Training curves"
    ByRow = true
    Contents = [
        Content.Figures(
            FigureLayout.SideBySide(
                let options = plan.Trials.Head.Specification.Training.Options
                let over = if plan.Experiment.Folds > 0 then "trials" else "seeds"
                TrainingFigures.make options.Monitor.Summary over options.KeepsLastEpoch [
                    for row in rows -> row.Series, [ for one in row.Trials -> one.Result.History ]
                ]
            )
        )
    ]
}

let private classes (outcome: ExperimentOutcome) rows (best: FinishedRow) classes = {
    Id = "classes"
    Heading = "Scores by class"
    ByRow = true
    Contents = [
        let metrics = ClassFigures.metrics outcome.Plan.Experiment.Report
        let scores = [ for row in rows -> row, PerClass.scores metrics (scoredOf row) ]
        let figures = [
            for name, figure in ClassFigures.make classes metrics scores -> name, [ figure ]
        ]
        Content.Figures(FigureLayout.Choice("Score", figures))
        // The rows that the experiment requests; by default, the best row by the early-stopping criterion.
        match outcome.Below with
        | [] -> Content.Folded(PerClass.view outcome.Plan.Experiment.Report best.Series.Name [] (scoredOf best))
        | [ only ] -> Content.Table only
        | tables ->
            for table in tables do
                Content.Folded table
    ]
}

let private thresholds (curves: Curves list) classes = {
    Id = "thresholds"
    Heading = "Threshold-independent evaluation"
    ByRow = true
    Contents = [
        Content.Figures(FigureLayout.Choice("Class", CurveFigures.precisionAndRecall classes curves))
        Content.Figures(FigureLayout.SideBySide(CurveFigures.psdRoc curves))
        Content.Table(
            {
                TableView.Plain with
                    Title =
                        let best = FinishedRow.repetition [ for own in curves -> own.Row ]
                        $"Areas under these curves, for the best {best} of each row"
                    Headings = [
                        Heading.TextColumn "row"
                        Heading.NumberColumn "micro average precision (tagging)"
                        Heading.NumberColumn "macro average precision (tagging)"
                        for scenario in 1 .. curves.Head.Psds.Length do
                            Heading.NumberColumn $"PSDS {scenario}"
                    ]
                    Rows = [
                        for own in curves ->
                            [
                                own.Row.Series.Name
                                number own.Pooled
                                number own.Mean
                                for psds in own.Psds do
                                    number psds.Value
                            ]
                    ]
                    Notes = []
            }
        )
    ]
}

let private calibration (curves: Curves list) = {
    Id = "calibration"
    Heading = "Calibration"
    ByRow = true
    Contents = [
        Content.Figures(FigureLayout.SideBySide(ReliabilityFigures.make curves))
        Content.Table(ReliabilityFigures.view curves)
    ]
}

let private clips (workspace: Workspace) (outputs: (FinishedRow * TrialOutput) list) (best: FinishedRow) output audio = {
    Id = "clips"
    Heading = "Example clips, from best to worst detected"
    ByRow = true
    Contents = [
        let source = workspace.Source best.Best.Trials.Head.Trial.Specification
        let unit = FinishedRow.repetition [ best ]
        let rows = [ for row, output in outputs -> row.Series, output ]
        let clips = ClipFigures.make source.Manifest source.Store rows best.Series output
        let sounds =
            if audio then
                ClipSounds.embed [ for _, figure, clip in clips -> clip.AudioPath, snd figure.X.Range.Value ]
            else
                []
        Content.Text
            $"The clips are ranked by the F-score of {best.Best.Name}, the best {unit} by the early-stopping criterion. The grey bars are the reference events. The bars below them, in the colours of the rows, are the events detected by the best {unit} of each row."
        Content.Figures(
            FigureLayout.Clips [
                for index, (name, figure, _) in List.indexed clips -> name, figure, List.tryItem index sounds
            ]
        )
        yield! ClipSounds.notice sounds |> Option.map Content.Text |> Option.toList
    ]
}

/// The saliency figures of a class, or the error message if the network cannot be read.
let private saliencyFigures workspace (best: FinishedTrial) output label =
    try
        Ok(SaliencyFigures.make workspace best.Trial output label)
    with
    | :? IOException
    | :? InvalidDataException as missing -> Error missing.Message

let private saliency (workspace: Workspace) (plan: Plan) (best: FinishedRow) = [
    let trial = FinishedRow.bestTrial best
    let output = TrialOutput.ofTrial workspace trial
    let labels =
        match SaliencyFigures.requested plan.Experiment with
        | [] -> Option.toList (SaliencyFigures.mostFrequent output)
        | requested -> requested
    for label in labels do
        let section contents = {
            Id = $"saliency-{SaliencyFigures.slug label}"
            Heading = $"Saliency for {label}"
            ByRow = false
            Contents = contents
        }
        match saliencyFigures workspace trial output label with
        | Error why -> section [ Content.Text $"The trained network cannot be read. {why}" ]
        | Ok [] -> ()
        | Ok figures ->
            section [
                Content.Text
                    $"How strongly each input value affects the probability of {label} in {best.Series.Name} (absolute gradients). Dashed lines mark the reference onsets and offsets."
                Content.Figures(
                    FigureLayout.Choice(
                        "Gradients",
                        List.zip [ "plain"; "smoothed" ] [ for figure in figures -> [ figure ] ]
                    )
                )
            ]
]

let private figures (sections: Section list) = [
    for section in sections do
        for content in section.Contents do
            match content with
            | Content.Figures(FigureLayout.SideBySide figures) -> yield! figures
            | Content.Figures(FigureLayout.Choice(_, panes)) ->
                for _, figures in panes do
                    yield! figures
            | Content.Figures(FigureLayout.Clips clips) ->
                for _, figure, _ in clips do
                    figure
            | _ -> ()
]

let private warnings (outcome: ExperimentOutcome) = [
    let failed =
        outcome.States |> List.filter (snd >> _.IsFailed) |> List.map (fst >> _.Name)
    if not failed.IsEmpty then
        let names = String.concat "; " failed
        let consequence =
            if Repetition.arePooled outcome.Plan then
                ", so their seeds are not scored"
            else
                " and are not part of the means"
        $"{failed.Length} of {outcome.States.Length} trials failed{consequence}: {names}."
]

/// The section about the rounds of labelling and training that led to the row that is exported as a model.
let private rounds (workspace: Workspace) (outcome: ExperimentOutcome) =
    match ModelExport.best outcome with
    | None -> []
    | Some label ->
        let row = outcome.Repetitions |> List.find (fun own -> own.Variant.Label = label)
        Rounds.ofRow workspace outcome label row.Trials.Head.Trial.Specification
        |> RoundFigures.section

let private sections workspace (outcome: ExperimentOutcome) (rows: FinishedRow list) audio command = [
    let manifest =
        let first = outcome.Plan.Trials.Head.Specification
        // Folds have different held-out clips.
        if outcome.Plan.Experiment.Folds > 0 then
            (workspace: Workspace).Whole first
        else
            workspace.Manifest first
    if not rows.IsEmpty then
        let best = FinishedRow.best rows
        yield! rounds workspace outcome
        yield! SettingSections.search workspace outcome
        yield! SettingSections.numeric outcome
        learning outcome.Plan rows
        classes outcome rows best manifest.Classes
        let outputs = [ for row in rows -> row, TrialOutput.ofRepetition workspace row.Best ]
        let output = outputs |> List.find (fst >> (=) best) |> snd
        let curves = [ for row, output in outputs -> Curves.ofOutput row output ]
        thresholds curves manifest.Classes
        calibration curves
        clips workspace outputs best output audio
        yield! saliency workspace outcome.Plan best
    Provenance.corpus manifest
    Provenance.environment rows
    Provenance.reproduction outcome.Plan command
]

/// The saliency figures that an experiment requests, for the best row by the early-stopping criterion. Empty if no
/// trial is finished.
let requestedFigures (workspace: Workspace) (outcome: ExperimentOutcome) : Figure list =
    match SaliencyFigures.requested outcome.Plan.Experiment, FinishedRow.all outcome.Plan outcome.Repetitions with
    | [], _
    | _, [] -> []
    | labels, rows ->
        let trial = FinishedRow.bestTrial (FinishedRow.best rows)
        let output = TrialOutput.ofTrial workspace trial
        labels |> List.collect (SaliencyFigures.make workspace trial.Trial output)

/// The series of each table row; None for published systems and for rows without a complete repetition.
let private seriesOfRows (outcome: ExperimentOutcome) (rows: FinishedRow list) = [
    let plan = outcome.Plan
    for variant in Table.ordered plan outcome.States outcome.Statistics do
        rows
        |> List.tryFind (fun row -> row.Best.Variant = variant)
        |> Option.map _.Series
    for _ in plan.Experiment.Others do
        None
]

/// The interval plots, with the rows in the order of the table.
let private plots (outcome: ExperimentOutcome) =
    let bounds =
        match outcome.Repetitions with
        | first :: _ -> first.Bounds
        | [] -> Map.empty
    let name = Variant.byLabel Variant.values outcome.Plan.Variants
    IntervalPlot.make
        [
            for variant in Table.ordered outcome.Plan outcome.States outcome.Statistics do
                // A search stops most rows, which have no scores.
                if
                    outcome.Plan.Brackets.IsEmpty
                    || outcome.Repetitions |> List.exists (fun own -> own.Variant = variant)
                then
                    variant.Label, name variant.Label
        ]
        bounds
        outcome.Statistics

/// Writes the report of an experiment to `file`, and its figures as SVG files to a folder of the same name beside it.
/// `audio`: whether the report contains the audio of the clips.
let write (workspace: Workspace) (outcome: ExperimentOutcome) (audio: bool) (command: string) (file: string) =
    let rows = FinishedRow.all outcome.Plan outcome.Repetitions
    let sections = sections workspace outcome rows audio command
    let page =
        Page.write
            {
                Name = outcome.Plan.Experiment.Name
                Origin = Provenance.origin workspace outcome.Plan
                Title = outcome.Plan.Experiment.Title
                Question = outcome.Plan.Experiment.Question
                Answer = outcome.Answer
                Verdicts = outcome.Verdicts
                Plots = plots outcome
                Table = outcome.Table
                Rows = seriesOfRows outcome rows
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
    AtomicFile.Write(file, page)
