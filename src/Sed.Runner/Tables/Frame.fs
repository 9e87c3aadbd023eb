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

    let private columns (axes: string list) (workspace: Workspace) (metrics: Metric seq) (one: FinishedTrial) =
        let trial, result = one.Trial, one.Result
        let folder = workspace.TrialFolder trial.Specification
        let timing = TrialFolder.timing folder
        let once = one.Scored.Once()
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
            for metric in metrics do
                let score = metric.Of once
                // Where nobody knows when events start and end, there is nothing to tell.
                if not (Double.IsNaN score) then
                    metric.Name, box score
            "learnt", box one.HasLearnt
            "epochs", box result.Epochs
            "best epoch", box result.BestEpoch
            "parameters", box result.Parameters
            "multiply-accumulates", box result.MultiplyAccumulates
            "seconds", box timing.Seconds
            "clips per second", box timing.ClipsPerSecond
            if one.Scored.Detection.PerClass.Count > 0 then
                "decoding", box (PerClass.decoding one.Scored)
            "trial", box (Path.GetFileName folder)
        ]

    /// A row for each finished trial: the table's row, the axes, the seed (and the fold), the metrics of decisions and those
    /// that are reported (rates as fractions), whether it is better than the same answer for every clip by any metric, what
    /// the training took, and the name of the trial's folder.
    let internal ofTrials (workspace: Workspace) (plan: Plan) (finished: FinishedTrial list) =
        let axes = axes plan.Variants
        let metrics =
            Metric.All
            |> Seq.filter (fun metric -> metric.IsOfDecisions || List.contains metric plan.Experiment.Report)
            |> Seq.toArray
        Frame.ofRows (List.indexed [ for one in finished -> columns axes workspace metrics one ]): Frame<int, string>
