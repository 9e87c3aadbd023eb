/// Formats numbers, rates and intervals for tables.
module internal Sed.Tool.Evaluate.TableCells

open System
open System.Globalization
open Sed.Core.Metrics.Counts
open Spectre.Console

let private format (pattern: string) (rate: Rate) =
    if not rate.IsDefined then
        "-"
    elif Double.IsPositiveInfinity rate.Value then
        "inf"
    elif Double.IsNegativeInfinity rate.Value then
        "-inf"
    elif abs rate.Value >= 1e6 then
        rate.Value.ToString("0.0e+0", CultureInfo.InvariantCulture)
    else
        rate.Value.ToString(pattern, CultureInfo.InvariantCulture)

/// A fraction as a percentage, without the percent sign.
let percent (rate: Rate) =
    if rate.IsDefined then
        format "0.0" (Rate(100.0 * rate.Value))
    else
        "-"

let plain = format "0.000"

let table (title: string) (columns: string list) (rows: string list list) =
    let table =
        Table(Title = TableTitle(Markup.Escape title), Border = TableBorder.Simple)

    for k, column in List.indexed columns do
        let added = TableColumn(Markup.Escape column)

        if k > 0 then
            added.Alignment <- Justify.Right

        added.NoWrap <- true
        table.AddColumn added |> ignore

    for row in rows do
        if row.IsEmpty then
            table.AddEmptyRow() |> ignore
        else
            table.AddRow(row |> List.map Markup.Escape |> Array.ofList) |> ignore

    table

let sheet (counts: (string * int64) list) substitutions (one: ScoreSheet) =
    let count name =
        counts
        |> List.tryFind (fst >> (=) name)
        |> Option.map (fun (_, n) -> string n)
        |> Option.defaultValue ""

    [
        count "Nref"
        count "Nsys"
        percent one.FMeasure.F
        percent one.FMeasure.Precision
        percent one.FMeasure.Recall
        plain one.ErrorRates.ErrorRate
        (if substitutions then
             plain one.ErrorRates.Substitution
         else
             "")
        plain one.ErrorRates.Deletion
        plain one.ErrorRates.Insertion
        match Option.ofNullable one.Accuracies with
        | None -> ()
        | Some accuracies ->
            percent accuracies.Sensitivity
            percent accuracies.Specificity
            percent accuracies.Balanced
            percent accuracies.Accuracy
    ]

let uncertainty title (one: Uncertainty) = [
    let averages (name: string) =
        not (name.StartsWith("class.", System.StringComparison.Ordinal))

    if not one.Intervals.IsEmpty then
        table $"{title}: bootstrap intervals" [ "measure"; "value"; "low"; "high"; "standard error" ] [
            for interval in one.Intervals do
                if averages interval.Name then
                    [
                        interval.Name
                        plain interval.Value
                        plain interval.Low
                        plain interval.High
                        plain interval.StandardError
                    ]
        ]
    if not one.Differences.IsEmpty then
        table $"{title}: second system minus first, on the same files" [
            "measure"
            "first"
            "second"
            "difference"
            "low"
            "high"
            "p"
        ] [
            for difference in one.Differences do
                if averages difference.Name then
                    [
                        difference.Name
                        plain difference.First
                        plain difference.Second
                        plain difference.Difference
                        plain difference.Low
                        plain difference.High
                        plain difference.PValue
                    ]
        ]
]
