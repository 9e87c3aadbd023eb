namespace Sed.Runner

open System
open System.Globalization
open Deedle
open Sed

/// Results as Deedle frames.
module ResultFrame =
    /// Every axis of the rows, in order.
    let internal axes (variants: Variant list) =
        variants
        |> List.collect (fun variant -> List.map fst variant.Coordinates)
        |> List.distinct

    let private columns (axes: string list) (trial: Trial) (result: TrialResult) =
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
            for metric in Metric.all do
                match Map.tryFind metric.Name result.Scores with
                | Some score -> metric.Name, box score
                | None -> ()
            "epochs", box result.Epochs
            "best epoch", box result.BestEpoch
            "parameters", box result.Parameters
            "seconds", box result.Seconds
            "clips per second", box result.ClipsPerSecond
        ]

    /// A row for each finished trial, keyed by its place in the plan: the table's row, the axes, the seed, every metric
    /// (rates as fractions), and what the training took.
    let ofResults (plan: Plan) (results: (Trial * TrialResult) list) : Frame<int, string> =
        let axes = axes plan.Variants

        Frame.ofRows [
            for index, (trial, result) in List.indexed results -> index, columns axes trial result
        ]

    /// Mean, deviation (of the sample; missing for one seed) and number of one column, by the table's rows.
    let internal summary (column: string) (frame: Frame<int, string>) =
        let byRow =
            frame
            |> Frame.indexRowsUsing (fun row -> row.GetAs<string> "row", row.GetAs<int> "seed")
            |> Frame.getCol column
            : Series<string * int, float>

        let means = byRow |> Stats.levelMean fst
        let deviations = byRow |> Stats.levelStdDev fst
        let counts = byRow |> Stats.levelCount fst

        fun row ->
            match Series.tryGet row means with
            | Some mean -> Some(mean, Series.tryGet row deviations, Series.get row counts)
            | None -> None
