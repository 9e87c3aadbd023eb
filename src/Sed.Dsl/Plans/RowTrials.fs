/// Creates the specifications of the rows' trials, including the specifications of their teachers and ensemble members.
module internal Sed.RowTrials

let private isSame (left: Chosen) (right: Chosen) =
    left.Experiment.Name = right.Experiment.Name

/// Finds a row by its name. Returns the row and its experiment.
let private find (all: Chosen list) (own: Chosen) place (name: RowName) =
    let labels (chosen: Chosen) =
        [ for variant in chosen.Variants -> $"'{variant.Label}'" ] |> String.concat ", "
    let within =
        if name.Experiment = "" then
            Some own
        else
            all |> List.tryFind (fun chosen -> chosen.Experiment.Name = name.Experiment)
    match within with
    | None ->
        let known =
            match all |> List.filter (isSame own >> not) with
            | [] -> "the list contains no other experiment"
            | others ->
                let names = [ for chosen in others -> chosen.Experiment.Name ] |> String.concat ", "
                $"the list also contains {names}"
        Error(Problem.at place $"'{name.Experiment}' is not in the list after `run`" $"add it; {known}")
    | Some chosen ->
        match chosen.Variants |> List.tryFind (fun variant -> variant.Label = name.Row) with
        | Some variant -> Ok(chosen, variant)
        | None when isSame chosen own ->
            Error(Problem.at place $"no row is called '{name.Row}'" $"the rows are {labels own}")
        | None ->
            Error(
                Problem.at place $"no row of {name.Experiment} is called '{name.Row}'" $"the rows are {labels chosen}"
            )

/// Problems of data settings that differ between a row and its teacher or ensemble member.
let private dataProblems place (own: Specification) name (other: Specification) = [
    let differ what ofOwn ofOther =
        Problem.at place $"{name} has {ofOther} {what}, but this row has {ofOwn}" "use the same for both rows"
    if own.Corpus <> other.Corpus then
        differ "as its data" own.Corpus.Name other.Corpus.Name
    elif own.Corpus.IsMixed && own.Clips <> other.Clips then
        let words (clips: Clips) =
            $"{clips.Training}, {clips.Testing} and {clips.Evaluation}"
        differ "training, testing and evaluation clips" (words own.Clips) (words other.Clips)
    if own.Holdout <> other.Holdout then
        differ "held out" (Holdout.print own.Holdout) (Holdout.print other.Holdout)
]

/// A row with its teachers and ensemble members.
type private Resolved = {
    Specification: Specification
    /// Problems of this row only. The problems of a teacher or ensemble member are reported for its own row.
    Problems: Problem list
    /// Cyclic dependencies, which are reported for each row of the cycle.
    Circles: Problem list
}

/// The specification of a teacher or ensemble member, or the problems of finding it.
type private Other = {
    Found: Specification option
    Own: Problem list
    Circles: Problem list
}

/// The specification of a row's trial, including its teachers and ensemble members, and its problems.
/// <param name="all">All experiments of the script, in which teachers and ensemble members are looked up.</param>
/// <param name="chosen">The experiment of the row.</param>
let trial (all: Chosen list) (chosen: Chosen) seed holdout (variant: Variant) : Specification * Problem list =
    let rec resolve (path: RowName list) (chosen: Chosen) (variant: Variant) : Resolved =
        let settings = Chosen.settings chosen variant
        let alone = Chosen.specification chosen seed holdout settings
        let self = {
            Experiment = chosen.Experiment.Name
            Row = variant.Label
        }
        let other place (name: RowName) =
            match find all chosen place name with
            | Error problem -> {
                Found = None
                Own = [ problem ]
                Circles = []
              }
            | Ok(within, row) ->
                let full = {
                    name with
                        Experiment = within.Experiment.Name
                }
                if List.contains full (self :: path) then
                    let circle =
                        List.rev (full :: self :: path)
                        |> List.map (fun name -> $"'{name.Row}'")
                        |> String.concat ", "
                    {
                        Found = None
                        Own = []
                        Circles = [
                            Problem.at
                                place
                                $"the rows depend on each other in a cycle: {circle}"
                                "train one of these rows on its own labels only"
                        ]
                    }
                else
                    let whole = resolve (self :: path) within row
                    {
                        Found = Some whole.Specification
                        Own = []
                        Circles = whole.Circles
                    }
        let given =
            settings
            |> List.choose (function
                | Others rows -> Some rows
                | _ -> None)
            |> List.tryLast
        match given with
        | None -> {
            Specification = alone
            Problems = []
            Circles = []
          }
        | Some rows ->
            let place = fst (OtherRows.print rows)
            let names =
                match rows with
                | PseudoLabels(name, _, _) -> [ name ]
                | Ensemble names -> names
            let others = [ for name in names -> name, other place name ]
            let found = [
                for name, one in others do
                    for specification in Option.toList one.Found -> name, specification
            ]
            let specification =
                match rows, List.map snd found with
                | PseudoLabels(_, frames, rounds), [ teacher ] ->
                    let taught teacher _ = {
                        alone with
                            Teaching = Some { Teacher = teacher; Frames = frames }
                    }
                    Seq.fold taught teacher (seq { 1 .. min rounds OtherRows.MostRounds })
                | PseudoLabels _, _ -> alone
                | Ensemble _, members -> { alone with Members = members }
            {
                Specification = specification
                Problems = [
                    yield! OtherRows.problems rows
                    for _, one in others do
                        yield! one.Own
                    for name, specification in found do
                        yield! dataProblems place alone (string name) specification
                ]
                Circles = [
                    for _, one in others do
                        yield! one.Circles
                ]
            }
    let whole = resolve [] chosen variant
    whole.Specification, whole.Problems @ whole.Circles

/// The trials of teachers and ensemble members that are not among the given trials, each after the trials that it
/// depends on.
let needed (trials: Trial list) : Trial list =
    let known =
        trials
        |> List.map (fun trial -> Specification.identity trial.Specification)
        |> Set
    let rec below whose (specification: Specification) = [
        for number, other in List.indexed (Specification.needs specification) do
            let name =
                if specification.Members.IsEmpty then
                    $"teacher of {whose}"
                else
                    $"member {number + 1} of {whose}"
            yield! below name other
            {
                Variant = {
                    Coordinates = []
                    Name = name
                    Settings = []
                }
                Specification = other
            }
    ]
    trials
    |> List.collect (fun trial -> below $"'{trial.Variant.Label}'" trial.Specification)
    |> List.distinctBy (fun trial -> Specification.identity trial.Specification)
    |> List.filter (fun trial -> not (known.Contains(Specification.identity trial.Specification)))

/// The specification of a fold, changed so that no clips are held out and all training clips are used. Its teachers and
/// ensemble members are changed in the same way.
let rec onAllClips (specification: Specification) : Specification = {
    specification with
        Holdout = Nothing
        SelectOn = Split.Training
        ScoreOn = Split.Training
        Members = List.map onAllClips specification.Members
        Teaching =
            specification.Teaching
            |> Option.map (fun teaching -> {
                teaching with
                    Teacher = onAllClips teaching.Teacher
            })
}

/// The trials that `retrain` adds to the trials of the rows: one for each row and seed.
let retrained (experiment: Experiment) (trials: Trial list) : Trial list =
    if experiment.Retrain then
        trials
        |> List.map (fun trial -> {
            Variant = {
                trial.Variant with
                    Name = $"{trial.Variant.Label}, all training clips"
            }
            Specification = onAllClips trial.Specification
        })
        |> List.distinct
    else
        []

/// The held-out training clips of the trials of each row and seed: every fold, or the clips of `validation`.
let holdouts (experiment: Experiment) =
    match experiment.Folds with
    | 0 -> [ experiment.Holdout ]
    | folds -> [
        for fold in 1 .. min ExperimentProblems.MostFolds (max 1 folds) -> Fold(fold, folds)
      ]
