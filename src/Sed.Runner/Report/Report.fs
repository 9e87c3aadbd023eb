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

/// A row and what its trials counted.
let private countsOf (outcome: Outcome) (row: FinishedRow) = [
    for trial, counts in outcome.Counts do
        if List.exists (fst >> (=) trial) row.Trials then
            counts
]

let private learning (plan: Plan) rows = {
    Id = "learning"
    Heading = "How the networks learned"
    ByRow = true
    Contents = [
        Content.Figures(Shown.Side(TrainingFigures.make plan.Trials.Head.Specification.Training.Monitor rows))
    ]
}

let private classes (outcome: Outcome) rows (best: FinishedRow) classes = {
    Id = "classes"
    Heading = "Class by class"
    ByRow = true
    Contents = [
        let scores = [ for row in rows -> row, PerClass.scores (countsOf outcome row) ]
        let figures = [ for name, figure in ClassFigures.make classes scores -> name, [ figure ] ]
        Content.Figures(Shown.Choice("Score", figures))
        // What the experiment asked for, or else the row that early stopping finds best.
        match outcome.Below with
        | [] -> Content.Folded(PerClass.view best.Series.Name [] (countsOf outcome best))
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

let private clips (workspace: Workspace) (outcome: Outcome) (best: FinishedRow) output = {
    Id = "clips"
    Heading = "Clips, from the best to the worst detected"
    ByRow = false
    Contents = [
        let trial, _ = best.Best
        let source = workspace.Source trial.Specification
        let counts = outcome.Counts |> List.find (fst >> (=) trial) |> snd
        let found = Detections.events (workspace.TrialFolder trial.Specification)
        Content.Text
            $"As detected by {trial.Name}, the best trial of the row that early stopping finds best. Blue is the reference, orange below it the detection."
        Content.Figures(
            Shown.Choice(
                "Clip",
                [
                    for name, figure in ClipFigures.make source.Manifest source.Store output found counts ->
                        name, [ figure ]
                ]
            )
        )
    ]
}

let private saliency (workspace: Workspace) (plan: Plan) (best: FinishedRow) output = [
    let labels =
        match SaliencyFigures.asked plan.Experiment with
        | [] -> Option.toList (SaliencyFigures.mostFrequent output)
        | asked -> asked
    for label in labels do
        match SaliencyFigures.make workspace (fst best.Best) output label with
        | [] -> ()
        | figures -> {
            Id = $"saliency-{SaliencyFigures.slug label}"
            Heading = $"What the outputs for {label} depend on"
            ByRow = false
            Contents = [
                Content.Text
                    $"How much each value of the input changes the probability of {label} in {best.Series.Name}; dashed lines stand at the reference's onsets and offsets."
                Content.Figures(
                    Shown.Choice("Gradients", List.zip [ "plain"; "smoothed" ] [ for figure in figures -> [ figure ] ])
                )
            ]
          }
]

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

let private warnings (outcome: Outcome) = [
    let failed =
        outcome.States |> List.filter (snd >> _.IsFailed) |> List.map (fst >> _.Name)
    if not failed.IsEmpty then
        let names = String.concat "; " failed
        $"Of {outcome.States.Length} trials {failed.Length} failed and are missing from the means: {names}."
]

/// What the networks of the rows' best trials say, and a warning about those that cannot be asked.
let private ask (workspace: Workspace) (rows: FinishedRow list) =
    let answers = [
        for row in rows ->
            row,
            try
                Ok(TrialOutput.ofTrial workspace (fst row.Best))
            with
            | :? IOException
            | :? InvalidDataException as missing -> Error missing.Message
    ]
    let said = [
        for row, answer in answers do
            match answer with
            | Ok output -> row, output
            | Error _ -> ()
    ]
    let silent = [
        for row, answer in answers do
            match answer with
            | Error why -> row.Series.Name, why
            | Ok _ -> ()
    ]
    let warning =
        match silent with
        | [] -> []
        | (_, why) :: _ ->
            let names = silent |> List.map fst |> String.concat "; "
            [
                $"Curves over thresholds and clips are missing for {names}: the trained network cannot be read. {why}"
            ]
    said, warning

let private sections workspace (outcome: Outcome) (rows: FinishedRow list) outputs command = [
    let manifest =
        (workspace: Workspace).Manifest outcome.Plan.Trials.Head.Specification
    if not rows.IsEmpty then
        let best = FinishedRow.best rows
        learning outcome.Plan rows
        classes outcome rows best manifest.Classes
        if not (List.isEmpty outputs) then
            thresholds [ for row, output in outputs -> Curves.ofOutput row output ] manifest.Classes
        match outputs |> List.tryFind (fun (row, _) -> row.Series = best.Series) with
        | Some(_, output) ->
            clips workspace outcome best output
            yield! saliency workspace outcome.Plan best output
        | None -> ()
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
        let output = TrialOutput.ofTrial workspace trial
        labels |> List.collect (SaliencyFigures.make workspace trial output)

/// Writes the report of an experiment, and its figures as SVG files into a folder of the same name beside it.
let write (workspace: Workspace) (outcome: Outcome) (command: string) (file: string) =
    let rows = FinishedRow.ofStates outcome.Plan outcome.States
    let outputs, silent = ask workspace rows
    let sections = sections workspace outcome rows outputs command
    let page =
        Page.write
            {
                Name = outcome.Plan.Experiment.Name
                Title = outcome.Plan.Experiment.Title
                Question = outcome.Plan.Experiment.Question
                Answers = outcome.Answers
                Table = outcome.Table
                Warnings = warnings outcome @ silent
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
