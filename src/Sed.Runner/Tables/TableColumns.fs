namespace Sed.Runner

open System
open System.Globalization
open Deedle
open Sed
open Sed.Core.Runtime
open Sed.Core.Scoring

/// The numeric columns of stored tables: metrics and the cost of training.
module TableColumns =
    /// The names of the columns with the cost of training.
    let costs = ResultFrame.costs

    // Columns that identify a trial.
    let private identifying = [ "row"; "trial"; "seed"; "fold"; ResultFrame.PooledFolds ]

    // The metrics that most papers report.
    let private usual = [ "weak F"; "strong F"; "strong ER" ]

    let private isNumeric (frame: Frame<int, string>) (name: string) =
        frame.GetColumn<obj>(name).Values
        |> Seq.forall (fun value ->
            match value with
            | :? string -> false
            | _ -> true)

    let private values<'value> (frame: Frame<int, string>) name =
        match OptionalValue.asOption (frame.TryGetColumn<'value>(name, Lookup.Exact)) with
        | Some column -> Map [ for index, value in Series.observations column -> index, value ]
        | None -> Map.empty

    /// Whether, in this row, the held-out clips of all folds of a seed are scored together.
    let internal arePooled (frame: Frame<int, string>) (row: string) =
        let rows, folds =
            values<string> frame "row", values<int> frame ResultFrame.PooledFolds
        folds.Keys |> Seq.exists (fun index -> rows[index] = row)

    /// A row's values in a column: one for each trial or, for metrics of pooled folds, for each seed.
    let internal samples (frame: Frame<int, string>) (column: string) (row: string) : float list =
        let rows = values<string> frame "row"
        let own name = [
            for KeyValue(index, value) in values<float> frame name do
                if Map.tryFind index rows = Some row then
                    index, value
        ]
        if arePooled frame row && not (isNull (Metric.Named column)) then
            let seeds = values<int> frame "seed"
            own (ResultFrame.allFolds column)
            |> List.distinctBy (fun (index, _) -> seeds[index])
            |> List.map snd
        else
            List.map snd (own column)

    // Metrics have three decimals; other numbers have fewer if they are large.
    let private format (column: string) (value: float) =
        if not (isNull (Metric.Named column)) then "0.000"
        elif abs value >= 100.0 then "0"
        elif abs value >= 10.0 then "0.0"
        else "0.###"

    /// A number of a column as text.
    let internal number (column: string) (value: float) =
        value.ToString(format column value, CultureInfo.InvariantCulture)

    /// A mean with its standard deviation as text, both with the same decimals.
    let internal withDeviation (column: string) (mean: float) (deviation: float) =
        $"{number column mean} ± {deviation.ToString(format column mean, CultureInfo.InvariantCulture)}"

    /// A difference of a column as text, with its sign unless it rounds to 0.
    let internal signed (column: string) (value: float) =
        let text = number column value
        if value > 0.0 && Seq.exists (fun digit -> digit >= '1' && digit <= '9') text then
            "+" + text
        else
            text

    let private sentence (metrics: string list) (others: string list) =
        let list = String.concat ", "
        match metrics, others with
        | [], others -> $"the columns are {list others}"
        | metrics, [] -> $"the metrics are {list metrics}"
        | metrics, others -> $"the metrics are {list metrics}; the other columns are {list others}"

    /// The metrics and columns of tables, for help texts.
    let describe () =
        sentence [ for metric in Metric.All -> metric.Name ] costs

    /// The columns that `names` select; the usual metrics if `names` is empty. A metric can be given by its name ("weak
    /// F") or its key ("weakF"); case is ignored. If a name matches no column, raises an exception that lists the
    /// columns.
    let internal chosen (frames: Frame<int, string> list) (names: string list) : string list =
        let isThere name =
            frames |> List.exists (fun frame -> Seq.contains name frame.ColumnKeys)
        let metrics = [
            for metric in Metric.All do
                if isThere metric.Name then
                    metric
        ]
        let metricNames = [ for metric in metrics -> metric.Name ]
        let pooled = [ for name in metricNames -> ResultFrame.allFolds name ]
        let others =
            [
                for frame in frames do
                    for name in frame.ColumnKeys do
                        if
                            not (List.contains name (identifying @ metricNames @ pooled))
                            && isNumeric frame name
                        then
                            name
            ]
            |> List.distinct
        let same (one: string) other =
            String.Equals(one, other, StringComparison.OrdinalIgnoreCase)
        let find (name: string) =
            match
                metrics
                |> List.tryFind (fun metric -> same metric.Name name || same metric.Key name)
            with
            | Some metric -> Some metric.Name
            | None -> List.tryFind (same name) others
        let problem (name: string) =
            match
                Metric.All
                |> Seq.tryFind (fun metric -> same metric.Name name || same metric.Key name)
            with
            | Some metric -> $"the table has no values of '{metric.Name}', because the experiment does not report it"
            | None ->
                let known = [
                    yield! metricNames
                    for metric in metrics do
                        metric.Key
                    yield! others
                ]
                match Spelling.Nearest(name, known) with
                | null -> $"'{name}' is neither a metric nor a column of the table"
                | nearest -> $"'{name}' is neither a metric nor a column of the table; did you mean '{nearest}'?"
        match names |> List.filter (find >> Option.isNone) with
        | [] when names.IsEmpty ->
            match List.filter (fun name -> List.contains name usual) metricNames with
            | [] -> metricNames
            | usual -> usual
        | [] -> List.choose find names |> List.distinct
        | unknown ->
            let problems = unknown |> List.map problem |> String.concat "; "
            let ending = if problems.EndsWith '?' then " " else "; "
            let all = sentence metricNames others
            let all =
                if ending = " " then
                    $"{Char.ToUpperInvariant all[0]}{all[1..]}"
                else
                    all
            raise (ArgumentException $"{problems}{ending}{all}")
