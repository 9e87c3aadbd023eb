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

    /// A row for each finished trial: the table's row, the axes, the seed, every metric (rates as fractions), and what the
    /// training took.
    let internal ofTrials (plan: Plan) (states: (Trial * TrialState) list) : Frame<int, string> =
        let axes = axes plan.Variants
        let finished = [
            for trial, state in states do
                match state with
                | Finished result -> columns axes trial result
                | Failed _
                | Open -> ()
        ]
        Frame.ofRows (List.indexed finished)

    /// Mean, deviation (of the sample; missing for one seed) and number of one column, by the table's rows.
    let internal summary (column: string) (frame: Frame<int, string>) : string -> (float * float option * int) option =
        if frame.RowCount = 0 then
            fun _ -> None
        else
            let byRow: Series<string * int, float> =
                frame
                |> Frame.indexRowsUsing (fun row -> row.GetAs<string> "row", row.GetAs<int> "seed")
                |> Frame.getCol column
            let means = Stats.levelMean fst byRow
            let deviations = Stats.levelStdDev fst byRow
            let counts = Stats.levelCount fst byRow
            fun row ->
                Series.tryGet row means
                |> Option.map (fun mean -> mean, Series.tryGet row deviations, Series.get row counts)
