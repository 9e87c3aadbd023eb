namespace Sed

/// Problems of an experiment's rows with the settings of a profile, found before the experiment is planned.
module internal PlanProblems =
    /// Held-out clips of mixed corpora have weak labels only, so metrics that need event times cannot be reported on
    /// them.
    let private reportProblems (experiment: Experiment) (specification: Specification) = [
        let strong = experiment.Report |> List.filter _.NeedsEvents
        if
            specification.Corpus.LacksValidation
            && specification.ScoreOn = Validation
            && not strong.IsEmpty
        then
            let names = strong |> List.map _.Name |> String.concat ", "
            Problem.at
                "report"
                $"{names} cannot be reported on validation clips, which have weak labels only"
                "score on a different split"
    ]

    /// Problems of `retrain`: training on all clips leaves no clips for selecting an epoch, so the last epoch must be
    /// kept.
    let private retrainProblems (experiment: Experiment) (specification: Specification) = [
        let rec keepsLast (specification: Specification) =
            match specification.Members with
            | [] -> specification.Training.Options.KeepsLastEpoch
            | members -> List.forall keepsLast members
        if experiment.Retrain && not (keepsLast specification) then
            Problem.at
                "retrain"
                "no clips are left for selecting the best epoch"
                "keep the last epoch: `training { keepLast true }`"
    ]

    /// Reports rows that hold out clips of their own although the experiment has folds.
    let private foldProblems (chosen: Chosen) = [
        let holdsOut =
            List.exists (function
                | HeldOut _ -> true
                | _ -> false)
        if
            chosen.Experiment.Folds <> 0
            && chosen.Variants
               |> List.exists (fun variant -> holdsOut (Chosen.settings chosen variant))
        then
            Problem.at "folds" "some rows have their own held-out clips" "remove `folds` or these rows' held-out clips"
    ]

    /// The problems of all rows, including rows that are not selected to run. A problem that all rows share is reported
    /// once.
    let private rowProblems (chosen: Chosen) (trial: Variant -> Specification * Problem list) = [
        let perRow = [
            for variant in chosen.Variants do
                let specification, problems = trial variant
                variant,
                Specification.problems specification
                @ reportProblems chosen.Experiment specification
                @ retrainProblems chosen.Experiment specification
                @ problems
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
                Problem.within $"row '{variant.Label}'" problem
    ]

    /// Reports axes that have no effect in any row, for example the filters of a network without convolutions.
    let private idleAxes (experiment: Experiment) (chosen: Chosen) (trial: Variant -> Specification * Problem list) = [
        let rows = [
            for variant in chosen.Variants do
                if not variant.Coordinates.IsEmpty then
                    variant.Coordinates, Specification.lines (fst (trial variant))
        ]
        for values in experiment.Axes do
            match List.distinctBy Setting.value values with
            | first :: _ :: _ ->
                let axis = Setting.axis first
                let makesNone =
                    rows
                    |> List.groupBy (fst >> List.filter (fun (other, _) -> other <> axis))
                    |> List.forall (fun (_, alike) -> (List.distinctBy snd alike).Length = 1)
                if makesNone then
                    Problem.at $"vary {axis}" "it has no effect in any row" "vary a setting that some row uses"
            | _ -> ()
    ]

    /// The problems of an experiment with the settings of a profile.
    let ofChosen (choices: Choices) (all: Chosen list) (chosen: Chosen) =
        let experiment = chosen.Experiment
        let seedsGiven: ExperimentProblems.SeedsGiven = {
            Place = if choices.Seeds.IsSome then "--seeds" else "seeds"
            Seeds = chosen.Seeds
        }
        let trial = RowTrials.trial all chosen 0 (RowTrials.holdouts experiment).Head
        [
            yield! ExperimentProblems.problems Chosen.PaperProfile experiment chosen.Corpus seedsGiven chosen.Variants
            yield! foldProblems chosen
            yield! rowProblems chosen trial
            yield! SearchProblems.problems choices chosen [ for variant in chosen.Variants -> fst (trial variant) ]
            // A setting may have no effect with a different corpus, for example the number of clips.
            if choices.Data.IsNone then
                yield! idleAxes experiment chosen trial
                yield! SearchProblems.idleAxes chosen (trial >> fst)
        ]
