namespace Sed.Runner

open System
open System.Globalization
open System.IO
open Deedle
open Sed

/// Results as Deedle frames.
module ResultFrame =
    /// Every axis of the rows, in order.
    let internal axes (variants: Variant list) =
        variants
        |> List.collect (fun variant -> List.map fst variant.Coordinates)
        |> List.distinct

    let private columns (axes: string list) (folder: string) hasLearnt (trial: Trial) (result: TrialResult) =
        let timing = TrialFolder.timing folder
        series [
            "row", box trial.Variant.Label
            for axis in axes do
                match trial.Variant.Coordinates |> List.tryFind (fun (name, _) -> name = axis) with
                | Some(_, value) ->
                    match Double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture) with
                    | true, number -> axis, box number
                    | _ -> axis, box value
                | None -> ()
            "seed", box trial.Specification.Seed
            match trial.Specification.Holdout with
            | Fold(fold, _) -> "fold", box fold
            | Nothing
            | Share _ -> ()
            for metric in Metric.All do
                match Map.tryFind metric.Name result.Scores with
                | Some score -> metric.Name, box score
                | None -> ()
            "learnt", box (hasLearnt: bool)
            "epochs", box result.Epochs
            "best epoch", box result.BestEpoch
            "parameters", box result.Parameters
            "seconds", box timing.Seconds
            "clips per second", box timing.ClipsPerSecond
            "trial", box (Path.GetFileName folder)
        ]

    /// A row for each finished trial: the table's row, the axes, the seed (and the fold), every metric (rates as
    /// fractions), whether it is better than the same answer for every clip by any metric, what the training took, and
    /// the name of the trial's folder.
    let internal ofTrials
        (folderOf: Trial -> string)
        (bounds: Trial -> ConstantAnswers.Bounds)
        (plan: Plan)
        (states: (Trial * TrialState) list)
        =
        let axes = axes plan.Variants
        let finished = [
            for trial, state in states do
                match state with
                | Finished result ->
                    columns axes (folderOf trial) (ConstantAnswers.hasLearnt (bounds trial) result) trial result
                | Failed _
                | Open -> ()
        ]
        Frame.ofRows (List.indexed finished): Frame<int, string>
