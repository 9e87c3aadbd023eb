namespace Sed.Runner

open System
open System.Globalization
open Deedle
open MathNet.Numerics.Statistics
open Sed
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

/// Describes and compares stored tables, without the scripts that made them. Stored tables have no scores of single
/// clips, so confidence intervals of differences cover the variation over seeds on the same clips (Welch 1947, 95 %).
module StoredTables =
    // Probability above the upper limit.
    let private tail = 0.025

    let private number (value: float) =
        value.ToString("0.000", CultureInfo.InvariantCulture)

    let private signed (value: float) =
        value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture)

    /// A row's scores by a metric, one for each trial with a score.
    let private samples (frame: Frame<int, string>) (metric: string) (row: string) =
        if Seq.contains metric frame.ColumnKeys then
            let rows = frame.GetColumn<string> "row"
            [
                for index, value in frame.GetColumn<float> metric |> Series.observations do
                    if Series.tryGet index rows = Some row then
                        value
            ]
        else
            []

    /// The mean and the standard deviation over trials; without a deviation for one trial.
    let private estimate (values: float list) =
        match values with
        | [] -> "-"
        | [ single ] -> number single
        | values -> $"{number (List.average values)} ± {number (values.StandardDeviation())}"

    /// The difference right minus left, its confidence interval, and its p-value if both sides have several trials.
    let private difference (left: float list) (right: float list) =
        if left.IsEmpty || right.IsEmpty then
            "-", "", None
        else
            let gain = List.average right - List.average left
            if left.Length < 2 || right.Length < 2 then
                signed gain, "one trial", None
            else
                let a, b =
                    left.Variance() / float left.Length, right.Variance() / float right.Length
                if a + b = 0.0 then
                    signed gain, "no deviation", None
                else
                    let freedom =
                        StudentDistribution.FreedomOfSum(a, float (left.Length - 1), b, float (right.Length - 1))
                    let half = StudentDistribution.Critical(tail, freedom) * sqrt (a + b)
                    let p = 2.0 * StudentDistribution.Tail(abs gain / sqrt (a + b), freedom)
                    signed gain, $"{signed (gain - half)} to {signed (gain + half)}", Some p

    let private rowsOf (frames: Frame<int, string> list) =
        [
            for frame in frames do
                yield! frame.GetColumn<string>("row").Values
        ]
        |> List.distinct

    let private spread = "±: standard deviation over a row's trials."

    /// The requested metrics; by default, the three metrics that most papers report.
    let private chosen (frames: Frame<int, string> list) (metrics: string list) =
        let there name =
            frames |> List.exists (fun frame -> Seq.contains name frame.ColumnKeys)
        let known = [
            for metric in Metric.All do
                if there metric.Name then
                    metric.Name
        ]
        match metrics |> List.filter (fun name -> not (List.contains name known)) with
        | [] when metrics.IsEmpty ->
            match
                known
                |> List.filter (fun name -> List.contains name [ "weak F"; "strong F"; "strong ER" ])
            with
            | [] -> known
            | usual -> usual
        | [] -> metrics
        | unknown ->
            raise (
                ArgumentException
                    $"""unknown metric {String.concat ", " unknown}; the table has {String.concat ", " known}"""
            )

    /// Describes a table: the number of trials and the scores of each row, the settings that all rows share, and the
    /// settings of each row.
    let describe (runs: string) (place: string) (metrics: string list) : TableView =
        let frame = Results.read runs place
        let metrics = chosen [ frame ] metrics
        let rows = rowsOf [ frame ]
        let specified = Results.specified runs place
        let everywhere =
            specified
            |> Map.toList
            |> List.map (snd >> Set.ofList)
            |> function
                | [] -> Set.empty
                | lines -> Set.intersectMany lines
        {
            TableView.Plain with
                Title = $"""{place}: {Text.count frame.RowCount "trial"}"""
                Headings = [
                    { Text = "row"; Number = false }
                    { Text = "trials"; Number = true }
                    for metric in metrics do
                        { Text = metric; Number = true }
                ]
                Rows = [
                    for row in rows do
                        [
                            row
                            frame.GetColumn<string>("row").Values
                            |> Seq.filter ((=) row)
                            |> Seq.length
                            |> string
                            for metric in metrics do
                                estimate (samples frame metric row)
                        ]
                ]
                Notes = [
                    spread
                    if not everywhere.IsEmpty then
                        ""
                        "Specification of all rows:"
                    // In the order of the first row's specification.
                    for name, value in specified |> Map.tryFind (List.head rows) |> Option.defaultValue [] do
                        if everywhere.Contains(name, value) then
                            $"  {name}: {value}"
                    for row in rows do
                        let own =
                            specified
                            |> Map.tryFind row
                            |> Option.defaultValue []
                            |> List.filter (everywhere.Contains >> not)
                        if not own.IsEmpty then
                            $"{row}:"
                            for name, value in own do
                                $"  {name}: {value}"
                ]
        }

    /// Compares two tables, or the same table in two folders: one line for each row and metric, and the differences
    /// between the specifications.
    let compare (runs: string) (left: string) (right: string) (metrics: string list) : TableView =
        let before, after = Results.read runs left, Results.read runs right
        let metrics = chosen [ before; after ] metrics
        let rows = rowsOf [ before; after ]
        let specifiedLeft, specifiedRight =
            Results.specified runs left, Results.specified runs right
        let lines = [
            for row in rows do
                for metric in metrics do
                    let own, other = samples before metric row, samples after metric row
                    row, metric, own, other, difference own other
        ]
        let significant =
            let tested = [
                for row, metric, _, _, (_, _, p) in lines do
                    match p with
                    | Some p -> (row, metric), p
                    | None -> ()
            ]
            Seq.zip (List.map fst tested) (RowComparisons.Holm [| for _, p in tested -> p |])
            |> Seq.filter (fun (_, p) -> p <= RowComparisons.Level)
            |> Seq.map fst
            |> Set
        {
            TableView.Plain with
                Title = $"{left} -> {right}"
                Headings = [
                    { Text = "row"; Number = false }
                    { Text = "metric"; Number = false }
                    { Text = left; Number = true }
                    { Text = right; Number = true }
                    { Text = "difference"; Number = true }
                    {
                        Text = "95 % interval"
                        Number = false
                    }
                ]
                Rows = [
                    for row, metric, own, other, (gain, interval, _) in lines do
                        [
                            row
                            metric
                            estimate own
                            estimate other
                            gain + (if significant.Contains(row, metric) then " *" else "  ")
                            interval
                        ]
                ]
                Notes = [
                    spread
                    "95 % interval of the difference, over training runs scored on the same clips (Welch's t). *: significant (Holm correction for all lines, 5 %)."
                    ""
                    "Differences between the specifications:"
                    for row in rows do
                        match Map.tryFind row specifiedLeft, Map.tryFind row specifiedRight with
                        | Some own, Some other ->
                            match Results.differences own other with
                            | "" -> $"  {row}: none"
                            | differences -> $"  {row}: {differences}"
                        | Some _, None -> $"  {row}: only in {left}"
                        | _ -> $"  {row}: only in {right}"
                ]
        }

    /// Prints a table of `describe` or `compare`.
    let print (view: TableView) = TableView.print view
