namespace Sed.Runner

open System
open System.Globalization
open Deedle
open MathNet.Numerics.Distributions
open Sed
open Sed.Core.Scoring

/// What a table that is kept says, and what differs between two, without the script that made them. Intervals are those of
/// Student's t over the trials of a row, at 95 %: they hold for other seeds, on the same clips.
module Overview =
    let private level = 0.975

    let private number (value: float) =
        value.ToString("0.000", CultureInfo.InvariantCulture)

    let private signed (value: float) =
        value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture)

    let private variance (values: float list) =
        let mean = List.average values
        (values |> List.sumBy (fun value -> (value - mean) ** 2.0))
        / float (values.Length - 1)

    /// A row's values of a metric, one for each trial that has one.
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

    /// The mean with half its interval; alone where one trial says nothing of others.
    let private estimate (values: float list) =
        match values with
        | [] -> "-"
        | [ single ] -> number single
        | values ->
            let freedom = float (values.Length - 1)
            let half =
                StudentT.InvCDF(0.0, 1.0, freedom, level)
                * sqrt (variance values / float values.Length)
            $"{number (List.average values)} ± {number half}"

    /// Right less left, with the interval of Welch (1947), and whether it leaves 0 out.
    let private difference (left: float list) (right: float list) =
        if left.IsEmpty || right.IsEmpty then
            "-", "", false
        else
            let gain = List.average right - List.average left
            if left.Length < 2 || right.Length < 2 then
                signed gain, "one trial", false
            else
                let a, b = variance left / float left.Length, variance right / float right.Length
                if a + b = 0.0 then
                    signed gain, $"{signed gain} to {signed gain}", gain <> 0.0
                else
                    let freedom =
                        (a + b) ** 2.0
                        / (a ** 2.0 / float (left.Length - 1) + b ** 2.0 / float (right.Length - 1))
                    let half = StudentT.InvCDF(0.0, 1.0, freedom, level) * sqrt (a + b)
                    signed gain, $"{signed (gain - half)} to {signed (gain + half)}", abs gain > half

    let private rowsOf (frames: Frame<int, string> list) =
        [
            for frame in frames do
                yield! frame.GetColumn<string>("row").Values
        ]
        |> List.distinct

    let private spread =
        "±: half the 95 % interval over a row's trials (Student's t); the table of a run has their deviation instead."

    /// The names of the metrics that are asked for, or of the three that most papers report.
    let private chosen (frames: Frame<int, string> list) (metrics: string list) =
        let there name =
            frames |> List.exists (fun frame -> Seq.contains name frame.ColumnKeys)
        let known = [
            for metric in Metric.All do
                if there metric.Name then
                    metric.Name
        ]
        let said = String.concat ", " known
        match metrics |> List.filter (fun name -> not (List.contains name known)) with
        | [] when metrics.IsEmpty ->
            match
                known
                |> List.filter (fun name -> List.contains name [ "weak F"; "strong F"; "strong ER" ])
            with
            | [] -> known
            | usual -> usual
        | [] -> metrics
        | unknown -> raise (ArgumentException $"""there is no metric {String.concat ", " unknown}; there is {said}""")

    /// A table: each of its rows with its trials and metrics; what all rows specify, and by what each differs.
    let show (runs: string) (place: string) (metrics: string list) : TableView =
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
            Title = $"{place}: {frame.RowCount} trials"
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
                    "All rows:"
                // In the order in which they stand in the first row's specification.
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

    /// Two tables side by side, or one in two folders: a line for each row and metric, and what differs in what they specify.
    let compare (runs: string) (left: string) (right: string) (metrics: string list) : TableView =
        let before, after = Results.read runs left, Results.read runs right
        let metrics = chosen [ before; after ] metrics
        let rows = rowsOf [ before; after ]
        let specifiedLeft, specifiedRight =
            Results.specified runs left, Results.specified runs right
        {
            Title = $"{left} -> {right}"
            Headings = [
                { Text = "row"; Number = false }
                { Text = "metric"; Number = false }
                { Text = left; Number = true }
                { Text = right; Number = true }
                { Text = "difference"; Number = true }
                { Text = "95 %"; Number = false }
            ]
            Rows = [
                for row in rows do
                    for metric in metrics do
                        let own, other = samples before metric row, samples after metric row
                        let gain, interval, sure = difference own other
                        [
                            row
                            metric
                            estimate own
                            estimate other
                            gain + (if sure then " *" else "  ")
                            interval
                        ]
            ]
            Notes = [
                spread
                "*: the interval of the difference leaves 0 out (Welch's t over trials; not corrected for the number of lines)."
                ""
                "What differs:"
                for row in rows do
                    match Map.tryFind row specifiedLeft, Map.tryFind row specifiedRight with
                    | Some own, Some other ->
                        match Results.differences own other with
                        | "" -> $"  {row}: nothing"
                        | said -> $"  {row}: {said}"
                    | Some _, None -> $"  {row}: only in {left}"
                    | _ -> $"  {row}: only in {right}"
            ]
        }

    /// Prints what `show` or `compare` gives.
    let print (view: TableView) = Table.print view
