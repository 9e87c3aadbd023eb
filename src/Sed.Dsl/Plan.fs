namespace Sed

open System

/// Every trial of an experiment, validated and frozen before the first one starts.
type Plan = {
    Experiment: Experiment
    Profile: string
    /// What the profile sets otherwise than the script as it is written: heading and value.
    Replaced: (string * string) list
    /// What the table's file is called: the experiment's name, and what else tells it from the whole table of the default
    /// profile.
    FileName: string
    Variants: Variant list
    Trials: Trial list
}

/// What the command line changes in an experiment.
type Choices = {
    Profile: string option
    Data: Corpus option
    Seeds: int list option
    /// Keeps the rows whose label contains the text.
    Only: string option
}

module Choices =
    let none = {
        Profile = None
        Data = None
        Seeds = None
        Only = None
    }

module Plan =
    /// The profile that runs an experiment exactly as it is written.
    [<Literal>]
    let PaperProfile = "paper"

    let private product (axes: Setting list list) =
        List.foldBack
            (fun values rows -> [
                for value in values do
                    for row in rows -> value :: row
            ])
            axes
            [ [] ]

    let private variants (experiment: Experiment) = [
        // Where nothing varies and rows are named, those are the rows; an axis without values is a problem of its own and
        // hides no other.
        for settings in
            (if experiment.Axes.IsEmpty && not experiment.Alongside.IsEmpty then
                 []
             else
                 product (List.filter (List.isEmpty >> not) experiment.Axes)) do
            {
                Coordinates = [ for setting in settings -> Setting.axis setting, Setting.value setting ]
                Name = ""
                Settings = settings
            }
        for name, settings in experiment.Alongside do
            {
                Coordinates = []
                Name = name
                Settings = settings
            }
    ]

    let private specification (experiment: Experiment) corpus seed holdout (settings: Setting list) =
        let plain = {
            Corpus = corpus
            Clips = experiment.Clips
            Features = experiment.Features
            Network = experiment.Network
            Training = experiment.Training
            Detection = experiment.Detection
            Holdout = holdout
            SelectOn = experiment.SelectOn
            ScoreOn = experiment.ScoreOn
            Seed = seed
        }

        List.fold Setting.apply plain settings

    let private chosenProfile (experiment: Experiment) (choices: Choices) corpus =
        let paper = { Name = PaperProfile; Settings = [] }, experiment.Seeds
        let profiles = experiment.Profiles @ [ paper ]
        // Real recordings deserve the paper's protocol; what is mixed on the spot comes in the first profile's size.
        let byDefault =
            match corpus with
            | Some(corpus: Corpus) when corpus.IsMixed -> fst profiles.Head
            | _ -> fst paper

        let name = defaultArg choices.Profile byDefault.Name

        match profiles |> List.tryFind (fun (profile, _) -> profile.Name = name) with
        | Some(profile, seeds) -> Ok(profile, seeds, (name = byDefault.Name))
        | None ->
            let known = [ for profile, _ in profiles -> profile.Name ] |> String.concat ", "
            Error(Problem.at "--profile" $"there is no profile '{name}'" $"there are {known}")

    /// Clips that are held out have weak labels only, so nothing strong can be reported of them.
    let private reportProblems (experiment: Experiment) (specification: Specification) = [
        let strong = experiment.Report |> List.filter _.NeedsEvents
        if specification.ScoreOn = Validation && not strong.IsEmpty then
            let names = strong |> List.map _.Name |> String.concat ", "
            Problem.at "report" $"{names} of validation clips, which have weak labels only" "score on another split"
    ]

    /// Every trial of an experiment, or every problem that it has.
    let ofExperiment (choices: Choices) (experiment: Experiment) : Result<Plan, Problem list> =
        let corpus = choices.Data |> Option.orElse experiment.Data
        let all = variants experiment
        let profile = chosenProfile experiment choices corpus

        let chosen, profileSeeds, isDefault =
            match profile with
            | Ok found -> found
            | Error _ -> { Name = ""; Settings = [] }, experiment.Seeds, true

        let rows = [
            for profile, row, settings in experiment.ProfileRows do
                if profile = chosen.Name then
                    row, settings
        ]

        let rowSettings (variant: Variant) =
            rows
            |> List.collect (fun (row, settings) -> if row = variant.Label then settings else [])

        let seeds = defaultArg choices.Seeds profileSeeds

        let seedsGiven: ExperimentProblems.SeedsGiven = {
            Place = if choices.Seeds.IsSome then "--seeds" else "seeds"
            Seeds = seeds
        }

        let wanted =
            match choices.Only with
            | None -> all
            | Some text ->
                all
                |> List.filter (fun variant -> variant.Label.Contains(text, StringComparison.OrdinalIgnoreCase))

        let holdouts =
            match experiment.Folds with
            | 0 -> [ experiment.Holdout ]
            | folds -> [
                for fold in 1 .. min ExperimentProblems.MostFolds (max 1 folds) -> Fold(fold, folds)
              ]

        let trial seed holdout (variant: Variant) = {
            Variant = variant
            Specification =
                specification
                    experiment
                    (defaultArg corpus SmartCars)
                    seed
                    holdout
                    (chosen.Settings @ variant.Settings @ rowSettings variant)
        }

        let replaced =
            let written =
                specification experiment (defaultArg corpus SmartCars) 0 experiment.Holdout []
            let changes (specification: Specification) (settings: Setting list) = [
                for setting in settings do
                    if Setting.apply specification setting <> specification then
                        Setting.axis setting, Setting.value setting
            ]
            [
                yield! changes written chosen.Settings
                for row, settings in rows do
                    for axis, value in changes written settings do
                        $"{axis} of '{row}'", value
            ]

        let problems = [
            yield! ExperimentProblems.problems PaperProfile experiment corpus seedsGiven all
            match profile with
            | Error problem -> problem
            | Ok _ -> ()
            match choices.Only with
            | Some text when wanted.IsEmpty ->
                let labels = [ for variant in all -> $"'{variant.Label}'" ] |> String.concat ", "
                Problem.at "--only" $"no row contains '{text}'" $"there are {labels}"
            | _ -> ()
            // Every row, so that a mistake in a row that is not run today is found today; a mistake that all rows
            // share is named once.
            let perRow = [
                for variant in all do
                    let specification = (trial 0 holdouts.Head variant).Specification
                    variant, Specification.problems specification @ reportProblems experiment specification
            ]

            let shared =
                match perRow with
                | [] -> []
                | (_, first) :: others ->
                    first
                    |> List.filter (fun problem -> others |> List.forall (snd >> List.contains problem))

            yield! shared

            for variant, found in perRow do
                for problem in List.except shared found do
                    {
                        problem with
                            Place = $"row '{variant.Label}', {problem.Place}"
                    }
        ]

        match problems with
        | [] ->
            Ok {
                Experiment = experiment
                Profile = chosen.Name
                Replaced = replaced
                FileName =
                    experiment.Name
                    + (if isDefault then "" else $"-{chosen.Name}")
                    + (if choices.Only.IsSome then "-part" else "")
                Variants = wanted
                Trials = [
                    for variant in wanted do
                        for seed in seeds do
                            for holdout in holdouts -> trial seed holdout variant
                ]
            }
        | _ -> Error problems

    /// The published cell of a row, where there is one: the published settings name all that the row changes, and the
    /// row's trials already are as they say.
    let published (plan: Plan) (variant: Variant) metric =
        let belongsTo specification (row: PublishedRow) =
            variant.Settings |> List.forall (fun own -> List.contains own row.Settings)
            && row.Settings
               |> List.forall (fun setting -> Setting.apply specification setting = specification)
        plan.Trials
        |> List.tryFind (fun trial -> trial.Variant = variant)
        |> Option.bind (fun trial -> List.tryFind (belongsTo trial.Specification) plan.Experiment.Published)
        |> Option.bind (fun row -> List.tryFind (fun (known, _) -> known = metric) row.Cells)
        |> Option.map snd

    /// What the profile sets otherwise than the script, in a line; None where it sets nothing.
    let printReplaced (plan: Plan) =
        match plan.Replaced with
        | [] -> None
        | replaced ->
            let words =
                [ for axis, value in replaced -> $"{axis} {value}" ] |> String.concat ", "
            Some
                $"Profile {plan.Profile} sets otherwise than the script: {words}. `--profile {PaperProfile}` runs it as it is written."

    /// The plan as text: what is the same for every trial, then what each row changes.
    let print (plan: Plan) =
        let perTrial = [ for trial in plan.Trials -> Specification.lines trial.Specification ]

        let common =
            match perTrial with
            | [] -> []
            | first :: others -> first |> List.filter (fun line -> others |> List.forall (List.contains line))

        [
            $"{plan.Experiment.Name}: {plan.Experiment.Title}"
            if plan.Experiment.Question <> "" then
                plan.Experiment.Question
            let rows = Text.count plan.Variants.Length "row"
            let trials = Text.count plan.Trials.Length "trial"
            $"profile {plan.Profile}, {rows}, {trials}"
            match printReplaced plan with
            | Some line -> line
            | None -> ()
            ""
            "every trial"
            for name, value in common do
                $"  {name}: {value}"
            for index, variant in List.indexed plan.Variants do
                let trials = plan.Trials |> List.filter (fun trial -> trial.Variant = variant)

                let seeds =
                    trials
                    |> List.map (fun trial -> string trial.Specification.Seed)
                    |> List.distinct
                    |> String.concat ", "

                let folds =
                    match plan.Experiment.Folds with
                    | 0 -> ""
                    | folds -> $", each with {folds} folds"

                ""
                $"row {index + 1}: {variant.Label}"

                for trial in List.truncate 1 trials do
                    for name, value in Specification.lines trial.Specification do
                        if
                            name <> "seed"
                            && not (name = "held out" && plan.Experiment.Folds > 0)
                            && not (List.contains (name, value) common)
                        then
                            $"  {name}: {value}"

                $"  seeds: {seeds}{folds}"
        ]
        |> String.concat "\n"
