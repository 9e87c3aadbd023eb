/// Finds the problems of an experiment as a whole. The problems of single rows are found when their specifications are
/// checked.
module internal Sed.ExperimentProblems

/// Seeds and their source: the script or the command line.
type SeedsGiven = { Place: string; Seeds: int list }

/// The maximum number of seeds. A larger number is probably a typing error.
[<Literal>]
let private MostSeeds = 10000

/// The maximum number of folds.
[<Literal>]
let MostFolds = 1000

let private ofSeeds given = [
    match given.Seeds with
    | [] -> Problem.at given.Place "none given" "use for example `seeds [ 1 .. 5 ]`"
    | seeds when seeds.Length > MostSeeds -> Problem.at given.Place $"{seeds.Length} seeds" $"give at most {MostSeeds}"
    | seeds ->
        for seed, times in List.countBy id seeds do
            if times > 1 then
                Problem.at given.Place $"{seed} is given {times} times" "give each seed once"
            if seed < 0 then
                Problem.at given.Place $"{seed} is below 0" "give seeds of at least 0"
]

let private ofAxes (experiment: Experiment) = [
    for axis, values in List.countBy (List.tryHead >> Option.map Setting.axis) experiment.Axes do
        match axis with
        | None -> Problem.at "vary" "no values are given" "give at least one value"
        | Some name when values > 1 ->
            Problem.at $"vary {name}" $"is given {values} times" "put all its values into one list"
        | Some _ -> ()
    for axis in experiment.Axes do
        for value, settings in List.groupBy Setting.value axis do
            if settings.Length > 1 then
                Problem.at
                    $"vary {Setting.axis settings.Head}"
                    $"{value} is given {settings.Length} times"
                    "give each value once; networks need different names"
]

/// Reports each axis that the settings of one row set more than once.
let private setTwice place what (settings: Setting list) = [
    for axis, times in List.countBy Setting.axis settings do
        if times > 1 then
            Problem.at place $"{what} sets {axis} {times} times" "keep one of them"
]

let private labels (variants: Variant list) =
    [ for variant in variants -> $"'{variant.Label}'" ] |> String.concat ", "

let private ofRows (experiment: Experiment) (variants: Variant list) = [
    for name, settings in experiment.Alongside do
        yield! Text.lineProblems "rows" "a row's name" name
        yield! setTwice "rows" $"'{name}'" settings
    // If rows are equal only because an axis lists a value twice, the problem of the axis is reported instead.
    let alike = [
        for axis in experiment.Axes do
            for value, settings in List.groupBy Setting.value axis do
                if settings.Length > 1 then
                    Setting.axis settings.Head, value
    ]
    for label, same in List.groupBy (fun (variant: Variant) -> variant.Label) variants do
        if
            same.Length > 1
            && not (same.Head.Coordinates |> List.exists (fun own -> List.contains own alike))
        then
            Problem.at "rows" $"'{label}' is the label of {same.Length} rows" "give each row its own value or name"
    match experiment.Against with
    | Some label when variants |> List.forall (fun variant -> variant.Label <> label) ->
        Problem.at "compareWith" $"no row is called '{label}'" $"the rows are {labels variants}"
    | _ -> ()
]

let private ofCells place what (cells: (Metric * float) list) = [
    if cells.IsEmpty then
        Problem.at place $"{what} has no scores" "use for example `[ (WeakF, 0.433) ]`"
    for metric, times in List.countBy fst cells do
        if times > 1 then
            Problem.at place $"{what} has {metric.Name} {times} times" "keep one of them"
    for metric, value in cells do
        if metric.IsFraction && value > 1.0 && value < infinity then
            Problem.at
                place
                $"{what} has {metric.Name} {Text.number value}"
                $"it is a fraction: write 43.3 %% as `0.433`"
        elif value < 0.0 && value > -infinity && (metric.IsFraction || metric.LowerIsBetter) then
            Problem.at place $"{what} has {metric.Name} {Text.number value}" "give a value of at least 0"
]

let private ofPublished (experiment: Experiment) (variants: Variant list) = [
    let place = "published"
    if experiment.Published.IsEmpty && List.contains place experiment.Declared then
        Problem.at place "no rows" "use for example `row [ StrongWeight 1.0 ] [ (WeakF, 0.433) ]`"
    for row in experiment.Published do
        if
            row.Row <> ""
            && variants |> List.forall (fun variant -> variant.Label <> row.Row)
        then
            Problem.at place $"no row is called '{row.Row}'" $"the rows are {labels variants}"
    let named (row: PublishedRow) =
        [
            yield! Option.toList (if row.Row = "" then None else Some row.Row)
            for setting in row.Settings -> $"{Setting.axis setting} {Setting.value setting}"
        ]
        |> List.sort
        |> String.concat ", "
    for name, rows in List.groupBy named experiment.Published do
        if rows.Length > 1 then
            Problem.at place $"the row of '{name}' is given {rows.Length} times" "put all its scores into one row"
        for row in rows do
            yield! setTwice place $"the row of '{name}'" row.Settings
            yield! ofCells place $"the row of '{name}'" row.Cells
    yield! Finite.problems place [] experiment.Published
]

let private ofOthers (experiment: Experiment) (variants: Variant list) = [
    let place = "otherSystems"
    if experiment.Others.IsEmpty && List.contains place experiment.Declared then
        Problem.at place "no systems" "use for example `\"Xu et al.\", [ (WeakF, 0.556) ]`"
    for name, systems in List.groupBy fst experiment.Others do
        yield! Text.lineProblems place "a system's name" name
        if
            systems.Length > 1
            || variants |> List.exists (fun variant -> variant.Label = name)
        then
            Problem.at place $"'{name}' is already in the table" "give each system its own name"
        for _, cells in systems do
            yield! ofCells place $"'{name}'" cells
    yield! Finite.problems place [] experiment.Others
]

let private ofProfiles (paper: string) (experiment: Experiment) (variants: Variant list) = [
    for profile, row, _ in experiment.ProfileRows do
        if
            profile <> Profile.Smoke
            && experiment.Profiles |> List.forall (fun (known, _) -> known.Name <> profile)
        then
            Problem.at
                "profileRow"
                $"there is no profile '{profile}'"
                "declare it with `profile`, or use a different name"
        match row with
        | Some label when variants |> List.forall (fun variant -> variant.Label <> label) ->
            Problem.at "profileRow" $"no row is called '{label}'" $"the rows are {labels variants}"
        | _ -> ()
    for name, times in List.countBy (fun (profile: Profile, _) -> profile.Name) experiment.Profiles do
        yield! Text.nameProblems "profile" name
        if times > 1 then
            Problem.at "profile" $"'{name}' is given {times} times" "give each profile its own name"
        if name = paper then
            Problem.at
                "profile"
                $"the name '{paper}' is reserved for the script's own settings"
                "give the profile a different name"
]

/// All problems of the experiment that do not depend on the settings of its rows.
let problems paper (experiment: Experiment) (corpus: Corpus option) seeds (variants: Variant list) = [
    yield! Text.nameProblems "experiment" experiment.Name
    for place, text in [ "title", experiment.Title; "question", experiment.Question ] do
        if text <> "" then
            yield! Text.lineProblems place $"the {place}" text
    match corpus with
    | None -> Problem.at "data" "none given" "use for example `data Soundscapes.smartCars`"
    | Some corpus ->
        match corpus with
        | Several [] -> Problem.at "data" "the list of corpora is empty" "name at least one corpus"
        | Several _ when Corpus.parts corpus |> List.exists _.IsMixed ->
            Problem.at
                "data"
                "soundscapes cannot be combined with other corpora"
                "use `data` with the soundscapes alone"
        | _ -> ()
        for part in Corpus.parts corpus do
            match part with
            | Recordings folder
            | LikeDesed(Some folder)
            | Collected(folder, _) when System.String.IsNullOrWhiteSpace folder || folder.Contains '\000' ->
                Problem.at "data" "the name of the folder is empty or invalid" "name the folder of the corpus"
            | Collected(_, options) -> yield! RecordingOptions.problems options
            | _ -> ()
    yield! ofSeeds seeds
    if experiment.Report.IsEmpty then
        Problem.at "report" "no columns" "use for example `report [ WeakF; StrongER ]`"
    for metric, times in List.countBy id experiment.Report do
        if times > 1 then
            Problem.at "report" $"{metric.Name} is given {times} times" "give each column once"
    for column, times in List.countBy id experiment.Columns do
        if times > 1 then
            Problem.at "columns" $"{column} is given {times} times" "give each column once"
    match experiment.Sorted with
    | Some metric when not (List.contains metric experiment.Report) ->
        Problem.at "sortBy" $"{metric.Name} is not a column of the table" "add it to `report`"
    | _ -> ()
    if experiment.Folds <> 0 && experiment.Holdout <> Nothing then
        Problem.at "folds" "`validation` is given too" "keep one of them, because both hold out training clips"
    if experiment.Folds > MostFolds then
        Problem.at "folds" $"{experiment.Folds} folds" $"give at most {MostFolds}"
    if experiment.Retrain && experiment.Folds = 0 then
        Problem.at "retrain" "there are no folds" "add for example `folds 5`, or remove `retrain`"
    yield! ofAxes experiment
    yield! ofRows experiment variants
    yield! ofPublished experiment variants
    yield! ofOthers experiment variants
    yield! ofProfiles paper experiment variants
    yield! Text.keywordsTwice "experiment" experiment.Declared
]
