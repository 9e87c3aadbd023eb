namespace Sed.Runner

open Deedle
open MathNet.Numerics.Statistics
open Sed
open Sed.Core.Metrics.Uncertainty

/// Describes and compares stored tables, without the scripts that made them. Stored tables have no scores of single
/// clips, so the 95 % confidence intervals of differences (Welch 1947) cover only the variation over seeds, not the
/// variation over clips.
module StoredTables =
    // Probability above the upper limit.
    let private tail = 0.025

    /// The mean and the standard deviation over trials, as text. For one trial, only its value.
    let private estimate (column: string) (values: float list) =
        match values with
        | [] -> "-"
        | [ single ] -> TableColumns.number column single
        | values -> TableColumns.withDeviation column (List.average values) (values.StandardDeviation())

    /// The difference right minus left, its confidence interval as text, and its p-value. If one side has only one
    /// value, `one` replaces the interval and there is no p-value.
    let private difference (column: string) one (left: float list) (right: float list) =
        if left.IsEmpty || right.IsEmpty then
            None, "", None
        else
            let gain = List.average right - List.average left
            if left.Length < 2 || right.Length < 2 then
                Some gain, one, None
            else
                let a, b =
                    left.Variance() / float left.Length, right.Variance() / float right.Length
                if a + b = 0.0 then
                    Some gain, "no deviation", None
                else
                    let freedom =
                        StudentDistribution.FreedomOfSum(a, float (left.Length - 1), b, float (right.Length - 1))
                    let half = StudentDistribution.Critical(tail, freedom) * sqrt (a + b)
                    let p = 2.0 * StudentDistribution.Tail(abs gain / sqrt (a + b), freedom)
                    Some gain,
                    $"{TableColumns.signed column (gain - half)} to {TableColumns.signed column (gain + half)}",
                    Some p

    let private rowsOf (frames: Frame<int, string> list) =
        [
            for frame in frames do
                yield! frame.GetColumn<string>("row").Values
        ]
        |> List.distinct

    /// A note that explains ± and, if the folds of a seed are scored together in any row, how scores are computed.
    let private spread (frames: Frame<int, string> list) =
        let arePooled =
            frames
            |> List.exists (fun frame -> Seq.contains ResultFrame.PooledFolds frame.ColumnKeys)
        if arePooled then
            "Metrics of rows with folds: computed on the held-out clips of all folds of a seed together. ±: standard deviation over a row's seeds; for rows without folds and for costs, over its trials."
        else
            "±: standard deviation over a row's trials."

    /// Describes a table: the number of trials and the scores of each row, the settings that all rows share, and the
    /// settings of each row.
    let describe (runs: string) (place: string) (metrics: string list) : TableView =
        let frame = Results.read runs place
        let metrics = TableColumns.chosen [ frame ] metrics
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
                                estimate metric (TableColumns.samples frame metric row)
                        ]
                ]
                Notes = [
                    spread [ frame ]
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

    /// Compares two tables, or the same table in two folders: one line for each metric, then the rows and metrics that
    /// changed, and the differences between the specifications.
    let compare (runs: string) (left: string) (right: string) (metrics: string list) : TableView list =
        let before, after = Results.read runs left, Results.read runs right
        let metrics = TableColumns.chosen [ before; after ] metrics
        let rows = rowsOf [ before; after ]
        let lines = [
            for row in rows do
                for metric in metrics do
                    let own, other =
                        TableColumns.samples before metric row, TableColumns.samples after metric row
                    let one =
                        if TableColumns.arePooled before row || TableColumns.arePooled after row then
                            "one seed"
                        else
                            "one trial"
                    row, metric, own, other, difference metric one own other
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
        let values = [
            for row, metric, own, other, (gain, interval, _) in lines do
                {
                    Row = row
                    Column = metric
                    Left = estimate metric own
                    Right = estimate metric other
                    Difference = gain
                    Interval = interval
                    IsSignificant = significant.Contains(row, metric)
                }
        ]
        TableComparison.views $"{left} -> {right}" left right values (Results.changes runs left right rows) [
            spread [ before; after ]
            "95 % interval of the difference, over training runs scored on the same clips (Welch's t). *: significant (Holm correction for all rows and metrics, 5 %)."
            ""
        ]

    /// Prints a table of `describe` or `compare`.
    let print (view: TableView) = TableView.print view
