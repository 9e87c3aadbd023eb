namespace Sed.Runner

open System.Globalization
open System.IO
open Deedle
open Sed

/// Reads stored results as Deedle frames.
module Results =
    /// The folder of runs and the file of a table.
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

    /// One row for each finished trial of an experiment: the table's row, the varied settings, the seed, all metrics,
    /// and the cost of training. `place` is the experiment's name or, for runs in another folder, that folder and the
    /// name.
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

    let private means (frame: Frame<int, string>) (metric: Metric) =
        if Seq.contains metric.Name frame.ColumnKeys then
            frame
            |> Frame.groupRowsByString "row"
            |> Frame.getCol metric.Name
            |> Stats.levelMean fst
            |> Series.observations
            |> Map
        else
            Map.empty

    /// `compare` for tables whose names differ from the names in the columns: the place of the left and of the right
    /// table, each with the name that the columns state.
    let internal compareNamed (runs: string) (left: string, leftName: string) (right: string, rightName: string) =
        let leftFolder, _ = locate runs left
        let rightFolder, _ = locate runs right
        let leftFrame, rightFrame = read runs left, read runs right
        let leftSpecifications = specifications leftFolder leftFrame
        let rightSpecifications = specifications rightFolder rightFrame
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
                    $"{metric.Name}, difference"
                    => column (fun row ->
                        Option.map2
                            (fun before after -> after - before)
                            (Map.tryFind row before)
                            (Map.tryFind row after))
            "what differs"
            => series [
                for row in rows ->
                    row,
                    box (
                        match Map.tryFind row leftSpecifications, Map.tryFind row rightSpecifications with
                        | Some left, Some right -> differences left right
                        | Some _, None -> $"only in {leftName}"
                        | _ -> $"only in {rightName}"
                    )
            ]
        ]

    /// Compares two experiments, joined by the names of their rows. For each metric: the mean over trials of the left
    /// and of the right experiment, and right minus left. The last column lists the differences between the
    /// specifications.
    let compare (runs: string) (left: string) (right: string) : Frame<string, string> =
        compareNamed runs (left, left) (right, right)

    /// A frame as a table of text.
    let view (title: string) (frame: Frame<'row, string>) : TableView =
        let isNumber (value: obj) =
            match value with
            | :? float
            | :? int
            | :? int64
            | :? decimal -> true
            | _ -> false
        let cell (value: obj) =
            match value with
            | :? float as number -> number.ToString("0.####", CultureInfo.InvariantCulture)
            | :? decimal as number -> number.ToString("0.####", CultureInfo.InvariantCulture)
            | value -> string value
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

    /// Prints a frame as a table.
    let print (title: string) (frame: Frame<'row, string>) = TableView.print (view title frame)
