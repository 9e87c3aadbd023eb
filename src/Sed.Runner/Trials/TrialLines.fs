/// Progress lines about trials.
module internal Sed.Runner.TrialLines

open System
open System.Globalization
open Sed

/// The scores of an epoch for progress lines, on the split that early stopping monitors.
let scores (score: Metric -> float option) =
    [
        for metric, digits in [ WeakF, "F3"; StrongF, "F3"; StrongER, "F2" ] do
            match score metric with
            | Some value -> $"{metric.Name} {value.ToString(digits, CultureInfo.InvariantCulture)}"
            | None -> ()
    ]
    |> String.concat ", "

/// The progress line for a finished trial.
let finished folder (result: TrialResult) =
    // An ensemble is not trained, so it has no training time.
    let took =
        match (TrialFolder.timing folder).Seconds with
        | seconds when Double.IsNaN seconds -> ""
        | seconds -> $", {Duration.print (TimeSpan.FromSeconds seconds)}"
    let best =
        result.History |> List.tryFind (fun epoch -> epoch.Epoch = result.BestEpoch)
    let ofBest =
        match best with
        | Some epoch -> scores (fun metric -> Map.tryFind metric.Key epoch.Scores)
        | None -> ""
    $"{ofBest}; best of {result.Epochs} epochs was {result.BestEpoch}; {result.Parameters} parameters{took}"

/// The progress line for a trial that a search has paused.
let paused (pause: TrialPause) =
    let best = pause.History |> List.map _.Monitor |> List.max
    $"""paused after {Text.count pause.History.Length "epoch"}; best monitor value {Text.score best}"""

/// The progress line for a completed rung of a search. It states how many rows are trained further.
let rung (plan: Plan) (rung: CompletedRung) =
    let bracket =
        if plan.Brackets.Length = 1 then
            ""
        else
            $"bracket {rung.Bracket + 1} of {plan.Brackets.Length}, "
    let rungs = plan.Brackets[rung.Bracket].Rungs
    let next =
        match List.tryItem (rung.Index + 1) rungs with
        | Some next when next.Rows = 1 -> "; the best one continues"
        | Some next -> $"; the best {next.Rows} continue"
        | None -> ""
    $"""{plan.Experiment.Name}: {bracket}rung {rung.Index + 1} of {rungs.Length}, {Text.count rung.Ranking.Length "row"} for {Text.count rung.Rung.Epochs "epoch"}{next}"""
