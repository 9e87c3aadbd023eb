/// Rows' trials with what they take of other rows: teachers and members of averages, whole specifications themselves.
module internal Sed.RowTrials

let private isSame (left: Chosen) (right: Chosen) =
    left.Experiment.Name = right.Experiment.Name

/// The row of a name: with its experiment and itself, or why there is none.
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
            | [] -> "this one runs alone"
            | others ->
                let names = [ for chosen in others -> chosen.Experiment.Name ] |> String.concat ", "
                $"beside this one there are {names}"
        Error(
            Problem.at
                place
                $"no experiment '{name.Experiment}' is run with this one"
                $"add it to the list after `run`; {known}"
        )
    | Some chosen ->
        match chosen.Variants |> List.tryFind (fun variant -> variant.Label = name.Row) with
        | Some variant -> Ok(chosen, variant)
        | None when isSame chosen own ->
            Error(Problem.at place $"no row is called '{name.Row}'" $"there are {labels own}")
        | None ->
            Error(Problem.at place $"no row of {name.Experiment} is called '{name.Row}'" $"there are {labels chosen}")

/// The time from frame to frame of what a trial's network says, in milliseconds; None where its layers do not fit.
let private resolution (specification: Specification) =
    let hop = 1000.0 * specification.Features.Source.HopSeconds
    Network.frameStep specification.Features.Source.Bands specification.Network
    |> Option.map (fun step -> hop * step)

/// What keeps a trial from taking anything of another one, whose data have to be the same.
let private dataProblems place (own: Specification) name (other: Specification) = [
    let differ what ofOwn ofOther =
        Problem.at place $"{name} has {ofOther} {what}, this row {ofOwn}" "both have to have the same"
    if own.Corpus <> other.Corpus then
        differ "as its data" own.Corpus.Name other.Corpus.Name
    elif own.Corpus.IsMixed && own.Clips <> other.Clips then
        let words (clips: Clips) =
            $"{clips.Training}, {clips.Testing} and {clips.Evaluation}"
        differ "training, testing and evaluation clips" (words own.Clips) (words other.Clips)
    if own.Holdout <> other.Holdout then
        differ "held out" (Holdout.print own.Holdout) (Holdout.print other.Holdout)
]

let private teacherProblems place (own: Specification) name (teacher: Specification) = [
    yield! dataProblems place own name teacher
    if teacher.Members.IsEmpty then
        match resolution own, resolution teacher with
        | Some ofOwn, Some ofTeacher when abs (ofOwn - ofTeacher) > 1e-6 * ofOwn ->
            Problem.at
                place
                $"{name} says what it hears every {Text.number ofTeacher} ms, this row every {Text.number ofOwn} ms"
                "give both the same hop, and the same pooling over time"
        | _ -> ()
]

/// A row with what it takes of others.
type private Resolved = {
    Specification: Specification
    /// What is wrong with the row itself; what is wrong with another one is named where that is planned.
    Problems: Problem list
    /// Rows that need each other, which every one of them is told.
    Circles: Problem list
}

/// Another row that is named, or why it cannot be had.
type private Other = {
    Found: Specification option
    Own: Problem list
    Circles: Problem list
}

/// A row's trial, with what it takes of others, and what is wrong with that.
/// <param name="all">Every experiment of the script, by which rows of others are found.</param>
/// <param name="chosen">The row's own experiment.</param>
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
                                $"the rows {circle} go round in a circle"
                                "let one of them learn from labels alone"
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
            let fit =
                match rows with
                | PseudoLabels _ -> teacherProblems
                | Ensemble _ -> dataProblems
            {
                Specification = specification
                Problems = [
                    yield! OtherRows.problems rows
                    for _, one in others do
                        yield! one.Own
                    for name, specification in found do
                        yield! fit place alone (string name) specification
                ]
                Circles = [
                    for _, one in others do
                        yield! one.Circles
                ]
            }
    let whole = resolve [] chosen variant
    whole.Specification, whole.Problems @ whole.Circles

/// The trials that others need and that are rows of no table themselves, each after what it needs itself.
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
                    $"part {number + 1} of {whose}"
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
