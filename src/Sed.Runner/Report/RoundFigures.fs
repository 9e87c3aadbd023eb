/// Figures of the score after each round of labelling and training, by the number of labelled minutes.
module internal Sed.Runner.RoundFigures

open System
open Sed.Core.Models
open Sed.Core.Scoring

let private series = { Series.Name = "rounds"; Colour = 0 }

let private figure (rounds: TrainingRound list) (metric: Metric) =
    let points (value: RoundScore -> float) = [|
        for round in rounds -> round.LabelledSeconds / 60.0, value round.Scores[metric.Key]
    |]
    let limit (choose: RoundScore -> Nullable<float>) =
        points (fun score ->
            if (choose score).HasValue then
                (choose score).Value
            else
                nan)
    let better = if metric.LowerIsBetter then "Lower" else "Higher"
    {
        Figure.Name = $"rounds-{metric.Key}"
        Title = $"{metric.Name} by labelled minutes"
        Alt = $"{metric.Name} on the test set after each round, by the labelled minutes."
        Reading = $"{better} is better; pale lines are the limits of the 95 %% confidence interval."
        X = Axis.numbers "labelled audio (min)"
        Legend = []
        Panels = [
            {
                Panel.Title = ""
                Y = Axis.numbers metric.Name
                Marks = [
                    Mark.Line(series, limit _.Low, true)
                    Mark.Line(series, limit _.High, true)
                    Mark.Line(series, points _.Mean, false)
                ]
                Height = 260
            }
        ]
    }

/// The section about the rounds; empty if fewer than two rounds were scored on the test set of the last round.
let section (rounds: TrainingRound list) = [
    let comparable =
        rounds |> List.filter (fun round -> round.TestSet = (List.last rounds).TestSet)
    if comparable.Length > 1 then
        {
            Id = "rounds"
            Heading = "Rounds of labelling"
            ByRow = false
            Contents = [
                Content.Figures(
                    FigureLayout.SideBySide [ for metric in Rounds.metrics comparable -> figure comparable metric ]
                )
                Content.Table(Rounds.view rounds)
            ]
        }
]
