namespace Sed.Runner

open Sed

/// A row's values in one column of two tables.
type internal ComparedValues = {
    Row: string
    /// The name of a metric or of another column.
    Column: string
    /// The value in the first table as text.
    Left: string
    Right: string
    /// Right minus left; None if a table lacks the row or the value.
    Difference: float option
    /// The confidence interval of the difference as text; empty if it is unknown.
    Interval: string
    IsSignificant: bool
}

/// Shows the differences between two tables: first one line for each metric, then the rows that changed.
module internal TableComparison =
    // Smaller differences are shown as 0.000.
    let private smallest = 0.0005

    let private isChanged values =
        match values.Difference with
        | Some difference -> abs difference >= smallest
        | None -> false

    /// A table row for one column: how many rows are better, worse and equal, and the largest difference. Columns other
    /// than metrics have no direction, so rows are counted as higher and lower.
    let private verdict (column: string) (own: ComparedValues list) =
        let changes = own |> List.filter isChanged
        let higher, lower =
            changes |> List.partition (fun values -> values.Difference > Some 0.0)
        let better, worse =
            match Metric.Named column with
            | null -> $"{higher.Length} higher", $"{lower.Length} lower"
            | metric when metric.LowerIsBetter -> string lower.Length, string higher.Length
            | _ -> string higher.Length, string lower.Length
        let compared = own |> List.filter _.Difference.IsSome
        [
            column
            better
            worse
            string (compared.Length - changes.Length)
            if changes.IsEmpty then
                "-"
            else
                let largest =
                    changes |> List.maxBy (fun values -> abs (defaultArg values.Difference 0.0))
                $"{TableColumns.signed column (defaultArg largest.Difference 0.0)} ({largest.Row})"
        ]

    /// The differences between specifications, with the rows that share them.
    let private specificationNotes (specifications: (string * string) list) =
        match specifications |> List.filter (fun (_, difference) -> difference <> "") with
        | [] -> [ "The specifications of all rows are equal." ]
        | differing -> [
            "Differences between the specifications:"
            for difference, rows in List.groupBy snd differing do
                let names =
                    if rows.Length = specifications.Length && rows.Length > 1 then
                        "all rows"
                    else
                        rows |> List.map fst |> String.concat ", "
                $"  {names}: {difference}"
          ]

    /// A table with one line for each column and, if values changed, a table of the changes.
    /// <param name="left">The name of the first table.</param>
    /// <param name="right">The name of the second table.</param>
    /// <param name="values">The compared values, ordered by row and, within a row, by column.</param>
    /// <param name="specifications">
    /// Each row with the differences between its specifications as text, which is empty if they are equal.
    /// </param>
    /// <param name="notes">Lines below the table of changes.</param>
    let views
        (title: string)
        (left: string)
        (right: string)
        (values: ComparedValues list)
        (specifications: (string * string) list)
        (notes: string list)
        : TableView list =
        let changes = List.filter isChanged values
        let changedRows = changes |> List.map _.Row |> Set
        let withoutChange =
            specifications
            |> List.filter (fun (row, difference) -> difference = "" && not (changedRows.Contains row))
        let columns = values |> List.map _.Column |> List.distinct
        let hasIntervals = changes |> List.exists (fun values -> values.Interval <> "")
        let last = [
            if not withoutChange.IsEmpty then
                $"""{Text.count withoutChange.Length "row"} without any change."""
            if not changes.IsEmpty then
                yield! notes
            yield! specificationNotes specifications
        ]
        [
            {
                TableView.Plain with
                    Title = title
                    Headings = [
                        Heading.TextColumn "metric"
                        Heading.NumberColumn "better"
                        Heading.NumberColumn "worse"
                        Heading.NumberColumn "equal"
                        Heading.TextColumn "largest change (row)"
                    ]
                    Rows = [
                        for column in columns -> verdict column (values |> List.filter (fun own -> own.Column = column))
                    ]
                    Notes = if changes.IsEmpty then last else []
            }
            if not changes.IsEmpty then
                {
                    TableView.Plain with
                        Title = "Changes"
                        Headings = [
                            Heading.TextColumn "row"
                            Heading.TextColumn "metric"
                            Heading.NumberColumn left
                            Heading.NumberColumn right
                            Heading.NumberColumn "difference"
                            if hasIntervals then
                                Heading.TextColumn "95 % interval"
                        ]
                        Rows = [
                            for own in changes do
                                [
                                    own.Row
                                    own.Column
                                    own.Left
                                    own.Right
                                    match own.Difference with
                                    | Some difference when hasIntervals ->
                                        TableColumns.signed own.Column difference
                                        + (if own.IsSignificant then " *" else "  ")
                                    | Some difference -> TableColumns.signed own.Column difference
                                    | None -> "-"
                                    if hasIntervals then
                                        own.Interval
                                ]
                        ]
                        Notes = last
                }
        ]
