/// Problems of drawn rows and of the search among rows.
module internal Sed.SearchProblems

open System.Collections.Generic

let private ofSample (experiment: Experiment) = [
    match experiment.Sample with
    | Some sample -> yield! sample.Problems
    | None -> ()
    for profile, times in List.countBy fst experiment.ProfileSamples do
        if times > 1 then
            Problem.at "profileSample" $"'{profile}' is given {times} times" "keep one of them"
    for profile, count in experiment.ProfileSamples do
        if
            profile <> Profile.Smoke
            && experiment.Profiles |> List.forall (fun (known, _) -> known.Name <> profile)
        then
            Problem.at
                "profileSample"
                $"there is no profile '{profile}'"
                "declare it with `profile`, or use a different name"
        match experiment.Sample with
        | None -> Problem.at "profileSample" "no rows are drawn" "add `sample`, or remove `profileSample`"
        | Some sample when count < 1 || count > sample.Count ->
            Problem.at
                "profileSample"
                $"{count} rows for '{profile}'"
                $"give 1 to {sample.Count}, the number of rows that `sample` draws"
        | _ -> ()
]

/// Reports a property whose values differ between the rows of a search. All rows must have the same value.
let private differing what remedy (values: string list) = [
    match List.distinct values with
    | first :: second :: _ ->
        Problem.at "search" $"rows are compared, but their {what} differ: {first} and {second}" remedy
    | _ -> ()
]

let private ofRace (chosen: Chosen) (search: Search) (specifications: Specification list) = [
    let experiment = chosen.Experiment
    let usesOthers =
        List.exists (function
            | Others _ -> true
            | _ -> false)
    if
        chosen.Variants
        |> List.exists (fun variant -> usesOthers (Chosen.settings chosen variant))
    then
        Problem.at
            "search"
            "some rows use other rows for pseudo-labels or as an ensemble, but the search may stop those other rows"
            "put the rows with pseudo-labels and the ensembles into a separate experiment"
    if experiment.Retrain then
        Problem.at "search" "`retrain` is given too" "search first, and retrain the best row in another experiment"
    if chosen.Variants.Length < 2 then
        Problem.at
            "search"
            (Text.count chosen.Variants.Length "row")
            "a search needs at least 2 rows, for example from `sample`"
    let options = [ for own in specifications -> own.Training.Options ]
    yield!
        [ for own in options -> string own.Epochs ]
        |> differing "numbers of epochs" "give all rows the same number; the search decides how long each is trained"
    yield!
        [ for own in options -> own.Monitor.Summary ]
        |> differing "monitors" "monitor the same score in all rows"
    yield!
        [
            for own in options -> if own.KeepsLastEpoch then "last epoch" else "best epoch"
        ]
        |> differing "kept epochs" "use the same `keepLast` in all rows"
    yield!
        [
            for own in specifications ->
                $"{own.SelectOn} of {own.Corpus.Description}"
                + (if own.Corpus.IsMixed then
                       $" ({own.Clips.Testing} testing and {own.Clips.Evaluation} evaluation clips)"
                   else
                       "")
                + (if own.Holdout = Nothing then
                       ""
                   else
                       $", held out {Holdout.print own.Holdout}")
        ]
        |> differing "clips of early stopping" "select epochs on the same clips in all rows"
    match options with
    | first :: _ when search.First >= first.Epochs && not search.IsHyperband ->
        Problem.at
            "search"
            $"rows are first compared after {search.First} epochs, but training has at most {first.Epochs}"
            "give a smaller number, for example `first 1`"
    | first :: _ when search.First <= first.Epochs ->
        match Search.rowsNeeded search first.Epochs with
        | Some count when count > chosen.Variants.Length ->
            Problem.at
                "search"
                $"Hyperband needs {count} rows for {first.Epochs} epochs and eta {search.Eta}, but there are {chosen.Variants.Length}"
                $"draw more rows, for example with `sample {count}`; with a larger `first` or `eta`, fewer are needed"
        | _ -> ()
    | first :: _ ->
        Problem.at
            "search"
            $"the first rung has {search.First} epochs, but training has at most {first.Epochs}"
            "give a smaller number, for example `first 1`"
    | [] -> ()
]

/// The problems of drawn rows and of the search. `specifications`: one for each row.
let problems (choices: Choices) (chosen: Chosen) (specifications: Specification list) = [
    yield! ofSample chosen.Experiment
    match chosen.Search with
    | None -> ()
    | Some search ->
        if choices.Only.IsSome then
            Problem.at
                "--only"
                $"{chosen.Experiment.Name} is a search, which compares all of its rows"
                "leave out `--only`"
        match Search.problems search with
        | [] -> yield! ofRace chosen search specifications
        | problems -> yield! problems
]

/// Reports drawn settings that have no effect in any row, for example the filters of a network without convolutions.
let idleAxes (chosen: Chosen) (trial: Variant -> Specification) = [
    match chosen.Experiment.Sample with
    | None -> ()
    | Some sample ->
        let rows = HashSet sample.Rows
        let drawn =
            chosen.Variants |> List.filter (fun variant -> rows.Contains variant.Settings)
        for axis in sample.Axes do
            let isIdle (variant: Variant) =
                let others =
                    variant.Settings |> List.filter (fun setting -> Setting.axis setting <> axis)
                trial variant = trial { variant with Settings = others }
            if not drawn.IsEmpty && List.forall isIdle drawn then
                Problem.at $"draw {axis}" "it has no effect in any row" "draw a setting that some row uses"
]
