/// Training curves.
module internal Sed.Runner.TrainingFigures

open System
open Sed

/// A row and the epochs of each of its trials.
type private Row = Series * EpochResult list list

let private points (value: EpochResult -> float) (history: EpochResult list) = [|
    for epoch in history do
        if Double.IsFinite(value epoch) then
            float epoch.Epoch, value epoch
|]

/// The mean over seeds, up to the length of the shortest training run.
let private mean (perSeed: (float * float)[] list) =
    let length = perSeed |> List.map Array.length |> List.min
    [|
        for k in 0 .. length - 1 -> fst perSeed.Head[k], perSeed |> List.averageBy (fun own -> snd own[k])
    |]

let private lines value ((series, trials): Row) = [
    match List.map (points value) trials with
    | [] -> ()
    | [ single ] -> Mark.Line(series, single, false)
    | several ->
        for own in several do
            Mark.Line(series, own, true)
        Mark.Line(series, mean several, false)
]

let private figure (rows: Row list) over name (title: string) axis reading value = {
    Figure.Name = "training-" + name
    Title = title
    Alt =
        $"{title} by epoch. Each row of the table has a line for the mean over its {over} and pale lines for single {over}."
    Reading = reading
    X = Axis.numbers "epoch"
    Legend = []
    Panels = [
        {
            Panel.Title = ""
            Y = Axis.numbers axis
            Marks = [
                for row in rows do
                    yield! lines value row
            ]
            Height = 220
        }
    ]
}

let private score (metric: Metric) (epoch: EpochResult) =
    epoch.Scores |> Map.tryFind metric.Key |> Option.defaultValue nan

/// Loss, early-stopping criterion (described by `monitor`), weak F and strong ER by epoch. `over` names the trials of a
/// row: "seeds" or, with folds, "trials"; `keepsLast`: whether a trial keeps the network of the last epoch instead of the
/// best one.
let make (monitor: string) (over: string) keepsLast (rows: Row list) =
    let figure = figure rows over
    let kept =
        if keepsLast then
            "the last epoch"
        else
            "the epoch with the highest value"
    [
        figure
            "loss"
            "Training loss"
            "loss"
            "A loss that still falls at the end means that training was too short."
            _.Loss
        figure
            "monitor"
            $"Early-stopping criterion: {monitor}"
            "criterion"
            $"Each trial keeps the network of {kept}; a falling curve means overfitting."
            _.Monitor
        figure
            "weak-f"
            "Weak F on the selection split"
            "weak F"
            $"Higher is better; bold lines are means over {over}, pale lines single {over}."
            (score WeakF)
        figure
            "strong-er"
            "Strong ER on the selection split"
            "strong ER"
            "Lower is better; an error rate of 1 is reached without any detection."
            (score StrongER)
    ]
    // There is no strong ER if event times are unknown.
    |> List.filter (fun figure ->
        figure.Panels[0].Marks
        |> List.exists (fun mark ->
            match mark with
            | Mark.Line(_, points, _) -> points.Length > 0
            | _ -> false))
