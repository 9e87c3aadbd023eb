namespace Sed.Runner

open System
open System.Globalization
open System.IO
open Deedle
open Sed

/// Reads stored results as Deedle frames.
module Results =
    /// The run folder and the CSV file of a table.
    let private locate (runs: string) (place: string) =
        let folder, name = RunPlan.locate runs place
        let file = Path.Combine(folder, "tables", name + ".csv")
        if File.Exists file then
            folder, file
        else
            let kept =
                let tables = Path.Combine(folder, "tables")
                if Directory.Exists tables then
                    [
                        for table in Directory.GetFiles(tables, "*.csv") |> Array.sort ->
                            Path.GetFileNameWithoutExtension table |> string
                    ]
                else
                    []
            let found =
                if kept.IsEmpty then
                    "no tables"
                else
                    "these tables: " + String.concat ", " kept
            raise (IOException $"There are no results of '{name}' in {folder}. The folder contains {found}.")

    /// Reads the results of an experiment, with one row for each finished trial: the table's row, the varied settings,
    /// the seed, all metrics, and the cost of training. If the folds of a seed are scored together, columns such as
    /// "weak F, all folds" contain the scores that the printed table shows. `place` is the experiment's name or, for
    /// runs in another folder, the path of that folder followed by the name.
    let read (runs: string) (place: string) : Frame<int, string> =
        CsvFile.read [ "row"; "trial" ] (snd (locate runs place))

    /// The specification of each row of a table, without seeds and folds.
    let private specifications folder (frame: Frame<int, string>) =
        let rows = frame.GetColumn<string> "row"
        let trials = frame.GetColumn<string> "trial"
        let lines trial =
            TrialFolder.key (Path.Combine(folder, "trials", trial))
            |> List.filter (fun (name, _) -> not (List.contains name [ "format"; "seed"; "fold"; "folds" ]))
        Map [
            for index, row in rows |> Series.observations |> Seq.distinctBy snd -> row, lines (Series.get index trials)
        ]

    /// The specification of each row of a table, as names and values.
    let internal specified (runs: string) (place: string) : Map<string, (string * string) list> =
        specifications (fst (locate runs place)) (read runs place)

    let internal differences left right =
        let names = List.map fst left @ List.map fst right |> List.distinct
        let value name lines =
            lines
            |> List.tryFind (fst >> (=) name)
            |> Option.map snd
            |> Option.defaultValue "none"
        [
            for name in names do
                if value name left <> value name right then
                    $"{name}: {value name left} -> {value name right}"
        ]
        |> String.concat "; "

    /// Each row with the differences between its specifications in two tables, as text. The text is empty if the
    /// specifications are equal.
    let private changesOf folders left right (leftFrame, rightFrame) (rows: string list) =
        let leftSpecifications = specifications (fst folders) leftFrame
        let rightSpecifications = specifications (snd folders) rightFrame
        [
            for row in rows ->
                row,
                match Map.tryFind row leftSpecifications, Map.tryFind row rightSpecifications with
                | Some own, Some other -> differences own other
                | Some _, None -> $"only in {left}"
                | _ -> $"only in {right}"
        ]

    /// The differences between the specifications of rows in two tables.
    let internal changes (runs: string) (left: string) (right: string) (rows: string list) =
        let folders = fst (locate runs left), fst (locate runs right)
        changesOf folders left right (read runs left, read runs right) rows

    let private means (frame: Frame<int, string>) (metric: Metric) =
        Map [
            for row in frame.GetColumn<string>("row").Values |> Seq.distinct do
                match TableColumns.samples frame metric.Name row with
                | [] -> ()
                | values -> row, List.average values
        ]

    let private whatDiffers = "what differs"
    let private difference = ", difference"

    /// Compares two experiments like `compare`, but with the names `leftName` and `rightName` in the column headings.
    /// `left` and `right` are the places of the tables.
    let internal compareNamed (runs: string) (left: string, leftName: string) (right: string, rightName: string) =
        let leftFolder, _ = locate runs left
        let rightFolder, _ = locate runs right
        let leftFrame, rightFrame = read runs left, read runs right
        let rows =
            [
                for frame in [ leftFrame; rightFrame ] do
                    yield! frame.GetColumn<string>("row").Values
            ]
            |> List.distinct
        frame [
            for metric in Metric.All do
                let before, after = means leftFrame metric, means rightFrame metric
                if not (before.IsEmpty && after.IsEmpty) then
                    let column (value: string -> float option) =
                        Series.ofOptionalObservations [ for row in rows -> row, value row ]
                        |> Series.mapValues box
                    $"{metric.Name}, {leftName}" => column (fun row -> Map.tryFind row before)
                    $"{metric.Name}, {rightName}" => column (fun row -> Map.tryFind row after)
                    $"{metric.Name}{difference}"
                    => column (fun row ->
                        Option.map2
                            (fun before after -> after - before)
                            (Map.tryFind row before)
                            (Map.tryFind row after))
            whatDiffers
            => series [
                for row, difference in
                    changesOf (leftFolder, rightFolder) leftName rightName (leftFrame, rightFrame) rows ->
                    row, box difference
            ]
        ]

    /// Compares two experiments, joined by the names of their rows. For each metric: the mean over trials (for pooled
    /// folds, over seeds) of the left and of the right experiment, and right minus left. The last column lists the
    /// differences between the specifications.
    let compare (runs: string) (left: string) (right: string) : Frame<string, string> =
        compareNamed runs (left, left) (right, right)

    let private cell (value: obj) =
        match value with
        | :? float as number -> number.ToString("0.####", CultureInfo.InvariantCulture)
        | :? decimal as number -> number.ToString("0.####", CultureInfo.InvariantCulture)
        | value -> string value

    /// A frame as a table of text.
    let view (title: string) (frame: Frame<'row, string>) : TableView =
        let isNumber (value: obj) =
            match value with
            | :? float
            | :? int
            | :? int64
            | :? decimal -> true
            | _ -> false
        let columns = [ for name in frame.ColumnKeys -> name, frame.GetColumn<obj> name ]
        // A frame of trials has the rows' names in a column; other frames have them as row keys.
        let keyed = not (Seq.contains "row" frame.ColumnKeys)
        {
            TableView.Plain with
                Title = title
                Headings = [
                    if keyed then
                        { Text = "row"; Number = false }
                    for name, column in columns do
                        {
                            Text = name
                            Number = column.Values |> Seq.forall isNumber
                        }
                ]
                Rows = [
                    for key in frame.RowKeys do
                        [
                            if keyed then
                                string key
                            for _, column in columns do
                                Series.tryGet key column |> Option.map cell |> Option.defaultValue "-"
                        ]
                ]
                Notes = []
        }

    /// The tables that show a frame of `compare`.
    let private comparisonViews (title: string) (frame: Frame<'row, string>) =
        let columns = Seq.toList frame.ColumnKeys
        let metrics = [
            for name in columns do
                if name.EndsWith(difference, StringComparison.Ordinal) then
                    name.Substring(0, name.Length - difference.Length)
        ]
        // The columns of a metric are the left value, the right value and the difference.
        let columnsOf metric =
            let last = columns |> List.findIndex ((=) (metric + difference))
            columns[last - 2], columns[last - 1], columns[last]
        let sideOf (metric: string) (column: string) = column.Substring(metric.Length + 2)
        let left, right =
            match metrics with
            | metric :: _ ->
                let left, right, _ = columnsOf metric
                sideOf metric left, sideOf metric right
            | [] -> "left", "right"
        let text name (row: 'row) =
            Series.tryGet row (frame.GetColumn<obj> name)
            |> Option.map cell
            |> Option.defaultValue "-"
        let values = [
            for row in frame.RowKeys do
                for metric in metrics do
                    let left, right, gain = columnsOf metric
                    {
                        Row = string row
                        Column = metric
                        Left = text left row
                        Right = text right row
                        Difference = Series.tryGet row (frame.GetColumn<float> gain)
                        Interval = ""
                        IsSignificant = false
                    }
        ]
        let specifications = [ for row in frame.RowKeys -> string row, text whatDiffers row ]
        TableComparison.views title left right values specifications []

    /// The tables that show a frame: several for a frame of `compare`, otherwise one.
    let internal views (title: string) (frame: Frame<'row, string>) : TableView list =
        if Seq.contains whatDiffers frame.ColumnKeys then
            comparisonViews title frame
        else
            [ view title frame ]

    /// Prints a frame as a table. For a frame of `compare`, it prints one line for each metric, then the rows and metrics
    /// that changed.
    let print (title: string) (frame: Frame<'row, string>) =
        views title frame |> List.iter TableView.print
