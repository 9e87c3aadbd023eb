namespace Sed

open System
open System.Text.Json.Nodes
open Sed.Core.Runtime.Keys

/// A bracket of a search: its rows, and the rungs in which the best of them are trained further.
type Bracket = {
    Variants: Variant list
    Rungs: Rung list
}

/// All trials of an experiment, validated before the first one starts.
type Plan = {
    Experiment: Experiment
    Profile: string
    /// The values that the profile sets instead of the script's, as text. Each pair contains the labels of rows (empty
    /// for all rows) and the values of these rows.
    Replaced: (string list * string list) list
    /// The file name of the table without its extension: the experiment's name, with suffixes for a profile other than
    /// the default one, for a corpus other than the script's, and for a run of selected rows only.
    FileName: string
    /// The file name of the recorded results: the experiment's name, with a suffix for a corpus other than the
    /// script's.
    RecordedName: string
    /// Whether the plan contains all rows of the experiment, with the default profile.
    IsWhole: bool
    Variants: Variant list
    /// The brackets of a search; empty if all rows are trained to the end.
    Brackets: Bracket list
    Trials: Trial list
    /// The trials that train each row on all training clips, for model files; empty without `retrain`.
    Retrained: Trial list
    /// Teachers and ensemble members that are not trials of the table's rows.
    Needed: Trial list
}

module Plan =
    /// The profile that runs an experiment exactly as it is written.
    [<Literal>]
    let PaperProfile = Chosen.PaperProfile

    let private otherwise settings (written: Specification) = [
        for setting in settings do
            if Setting.apply written setting <> written then
                Setting.axis setting, $"{Setting.axis setting} {Setting.value setting}"
    ]

    /// The values that the profile sets instead of the script's. Rows with equal values are grouped.
    let private replaced (choices: Choices) (chosen: Chosen) =
        let written = Chosen.specification chosen 0 chosen.Experiment.Holdout []
        let seeds =
            if choices.Seeds.IsNone && chosen.Seeds <> chosen.Experiment.Seeds then
                [ "seeds " + (chosen.Seeds |> List.map string |> String.concat ", ") ]
            else
                []
        // If a setting is given several times, the last one applies.
        let words settings =
            otherwise settings written
            |> List.rev
            |> List.distinctBy fst
            |> List.rev
            |> List.map snd
        (None, chosen.Profile.Settings) :: Chosen.rowSettings chosen
        |> List.groupBy fst
        |> List.map (fun (row, own) -> row, words (List.collect snd own) @ (if row.IsNone then seeds else []))
        |> List.groupBy (fun (row, words) -> Option.isNone row, words)
        |> List.map (fun ((_, words), rows) -> List.choose fst rows, words)
        |> List.filter (snd >> List.isEmpty >> not)

    /// Divides the rows among the brackets of the search.
    let private brackets (chosen: Chosen) (variants: Variant list) =
        match chosen.Search, variants with
        | Some search, first :: _ ->
            Search.brackets search variants.Length (Chosen.epochs chosen first)
            |> List.mapFold
                (fun left rungs ->
                    let own, others = List.splitAt rungs.Head.Rows left
                    {
                        Bracket.Variants = own
                        Rungs = rungs
                    },
                    others)
                variants
            |> fst
        | _ -> []

    // `all`: the script's experiments with their profiles applied. `allWritten`: the same experiments as they are
    // written.
    let private ofChosen
        (choices: Choices)
        (all: Chosen list)
        (allWritten: Chosen list)
        (chosen: Chosen, profileProblems: Problem list)
        =
        let experiment = chosen.Experiment
        let wanted =
            match choices.Only with
            | None -> chosen.Variants
            | Some text ->
                chosen.Variants
                |> List.filter (fun variant -> variant.Label.Contains(text, StringComparison.OrdinalIgnoreCase))
        let trial = RowTrials.trial all chosen
        // The problems of the script as written are reported even if the profile avoids them.
        let ofScript =
            PlanProblems.ofChosen choices allWritten (Chosen.written choices experiment)
        let problems = [
            yield! ofScript
            yield! profileProblems
            match choices.Only with
            | Some text when wanted.IsEmpty ->
                let labels =
                    [ for variant in chosen.Variants -> $"'{variant.Label}'" ] |> String.concat ", "
                Problem.at "--only" $"no row contains '{text}'" $"the rows are {labels}"
            | _ -> ()
            if profileProblems.IsEmpty && chosen.Profile.Name <> PaperProfile then
                for problem in PlanProblems.ofChosen choices all chosen |> List.except ofScript do
                    Problem.within $"profile {chosen.Profile.Name}" problem
        ]
        match problems with
        | [] ->
            let trials = [
                for variant in wanted do
                    for seed in chosen.Seeds do
                        for holdout in RowTrials.holdouts experiment do
                            {
                                Variant = variant
                                Specification = fst (trial seed holdout variant)
                            }
            ]
            let retrained = RowTrials.retrained experiment trials
            Ok {
                Experiment = experiment
                Profile = chosen.Profile.Name
                Replaced = replaced choices chosen
                FileName = Chosen.fileName choices chosen
                RecordedName = experiment.Name + Chosen.corpusSuffix choices experiment
                IsWhole = chosen.IsDefault && choices.Only.IsNone
                Variants = wanted
                Brackets = brackets chosen wanted
                Trials = trials
                Retrained = retrained
                Needed = RowTrials.needed (trials @ retrained)
            }
        | _ -> Error problems

    /// The name of the experiment's table with these choices: the experiment's name, and the profile if it is not the
    /// default, the corpus if it is not the script's own, and "part" if only some rows are selected.
    let tableName (choices: Choices) (experiment: Experiment) : string =
        Chosen.ofExperiment choices experiment |> fst |> Chosen.fileName choices

    /// Plans all experiments of a script. Returns the plan or the problems of each experiment. Rows may refer to rows
    /// of other experiments.
    let ofExperiments (choices: Choices) (experiments: Experiment list) : Result<Plan, Problem list> list =
        let chosen = List.map (Chosen.ofExperiment choices) experiments
        let written = List.map (Chosen.written choices) experiments
        [ for one in chosen -> ofChosen choices (List.map fst chosen) written one ]

    /// Plans a single experiment.
    let ofExperiment (choices: Choices) (experiment: Experiment) : Result<Plan, Problem list> =
        List.exactlyOne (ofExperiments choices [ experiment ])

    /// Whether a trial of the plan is scored on the held-out clips of its own fold. All folds of a seed together then
    /// score every training clip once. False without `folds`, even if a row holds out a fold by the setting HeldOut,
    /// because the other folds are not trained.
    let isScoredOnFold (plan: Plan) (specification: Specification) =
        plan.Experiment.Folds > 0 && specification.ScoreOn = Validation

    /// All trials to run, including teachers and ensemble members, each after the trials that it depends on.
    let allTrials (plan: Plan) =
        let trials = [
            for trial in plan.Trials @ plan.Retrained @ plan.Needed -> Specification.identity trial.Specification, trial
        ]
        let known = Map(List.rev trials)
        let rec inOrder (trial: Trial) = [
            for other in Specification.needs trial.Specification do
                yield! inOrder known[Specification.identity other]
            trial
        ]
        plan.Trials @ plan.Retrained |> List.collect inOrder |> List.distinct

    /// A hash of all training runs of a script's plans, in their order, and of the rungs of the searches. Two processes
    /// with the same hash number the trials identically.
    let key (plans: Plan list) : string =
        let trainings: (JsonNode | null)[] = [|
            for plan in plans do
                for trial in allTrials plan do
                    JsonNode.op_Implicit (Specification.identityKey trial.Specification)
                for bracket in plan.Brackets do
                    for rung in bracket.Rungs do
                        JsonNode.op_Implicit $"{rung.Rows} rows, {rung.Epochs} epochs"
        |]
        CanonicalKey.Hash(JsonArray trainings).Substring(0, 16)

    /// The key of each row, by the row's label. Rows that differ only in their labels have the same hash, to which a
    /// number is appended from the second row on.
    let rowKeys (plan: Plan) : Map<string, string> =
        plan.Trials
        |> List.distinctBy _.Variant.Label
        |> List.map (fun trial -> trial.Variant.Label, Specification.rowKey trial.Specification)
        |> List.groupBy snd
        |> List.collect (fun (key, rows) -> [
            for index, (label, _) in List.indexed rows -> label, (if index = 0 then key else $"{key}-{index + 1}")
        ])
        |> Map

    /// The published score of a row. A published row with a label belongs to the row with this label. A published row
    /// with settings belongs to a row if the published row contains all settings of that row and does not contradict
    /// its specification.
    let published (plan: Plan) (variant: Variant) metric =
        let belongsTo specification (row: PublishedRow) =
            if row.Row <> "" then
                row.Row = variant.Label
            else
                variant.Settings |> List.forall (fun own -> List.contains own row.Settings)
                && row.Settings
                   |> List.forall (fun setting -> Setting.apply specification setting = specification)
        plan.Trials
        |> List.tryFind (fun trial -> trial.Variant = variant)
        |> Option.bind (fun trial -> List.tryFind (belongsTo trial.Specification) plan.Experiment.Published)
        |> Option.bind (fun row -> List.tryFind (fun (known, _) -> known = metric) row.Cells)
        |> Option.map snd

    /// The values that the profile sets instead of the script's, in one line; None if the profile changes no values.
    let printReplaced (plan: Plan) =
        match plan.Replaced with
        | [] -> None
        | replaced ->
            let words =
                [
                    for rows, words in replaced do
                        let whose =
                            match rows with
                            | [] -> ""
                            | rows -> ([ for row in rows -> $"'{row}'" ] |> String.concat ", ") + ": "
                        whose + String.concat ", " words
                ]
                |> String.concat "; "
            Some
                $"Profile {plan.Profile} changes values of {plan.Experiment.Name} to: {words}. `--profile {PaperProfile}` runs the script as written."

    /// The name of the profile. For `paper`, an explanation follows the name.
    let printProfile (plan: Plan) =
        if plan.Profile = PaperProfile then
            $"{PaperProfile} (the script as written)"
        else
            plan.Profile

    /// The rungs of a search, one line for each bracket.
    let printSearch (plan: Plan) = [
        for index, bracket in List.indexed plan.Brackets do
            let rungs =
                [
                    for rung in bracket.Rungs ->
                        $"""{Text.count rung.Rows "row"} for {Text.count rung.Epochs "epoch"}"""
                ]
                |> String.concat ", "
            if plan.Brackets.Length = 1 then
                $"search: {rungs}"
            else
                $"search, bracket {index + 1}: {rungs}"
    ]

    /// The plan as text: the settings that all trials share, then the settings of each row.
    let print (plan: Plan) =
        let perTrial = [ for trial in plan.Trials -> Specification.lines trial.Specification ]

        let common =
            match perTrial with
            | [] -> []
            | first :: others -> first |> List.filter (fun line -> others |> List.forall (List.contains line))

        [
            yield! Option.toList (printReplaced plan)
            $"{plan.Experiment.Name}: {plan.Experiment.Title}"
            if plan.Experiment.Question <> "" then
                plan.Experiment.Question
            let rows = Text.count plan.Variants.Length "row"
            let trials = Text.count plan.Trials.Length "trial"
            $"profile {printProfile plan}, {rows}, {trials}"
            yield! printSearch plan
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

                let retrained =
                    if plan.Experiment.Retrain then
                        "; then with each seed on all training clips"
                    else
                        ""
                $"  seeds: {seeds}{folds}{retrained}"
        ]
        |> String.concat "\n"
