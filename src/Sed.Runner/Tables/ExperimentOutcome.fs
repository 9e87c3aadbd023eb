namespace Sed.Runner

open System.Collections.Generic
open System.Globalization
open System.IO
open Deedle
open Sed.Core.Runtime
open Sed.Core.Scoring
open Sed

/// The outcome of a plan: its trials with their scores and statistics.
type internal ExperimentOutcome = {
    Plan: Plan
    States: (Trial * TrialState) list
    Finished: FinishedTrial list
    /// The repetitions of the rows that the table shows.
    Repetitions: Repetition list
    /// The completed rungs of the search; empty without a search.
    Rungs: CompletedRung list
    /// One row for each finished trial and for each trial that a search stopped.
    Frame: Frame<int, string>
    /// One element for each reported metric.
    Statistics: MetricStatistics list
    Table: TableView
    /// Further tables, shown below the main one.
    Below: TableView list
    /// The answer to the experiment's question in a few sentences.
    Answer: string
    /// One line for each metric: the best row, and how many rows differ significantly.
    Answers: TableView
    /// For each metric, sentences on all comparisons; for the metric that rows are sorted by, also on groups of rows.
    Verdicts: string list
    /// The path of the CSV file that contains the data frame.
    File: string
}

module internal ExperimentOutcome =
    let private hasSameClips (specification: Specification) (other: Specification) =
        other.Corpus = specification.Corpus
        && other.Clips = specification.Clips
        && other.Holdout = specification.Holdout

    /// The names of the scored clips of a specification. If a trial with the same clips is finished, these are the
    /// clips that it scored, without those whose audio cannot be read; otherwise, all clips of the scored split.
    let private namesOf (workspace: Workspace) (finished: FinishedTrial list) (specification: Specification) =
        let ofOthers (other: Specification) =
            other.ScoreOn = specification.ScoreOn && hasSameClips specification other
        match finished |> List.filter (fun one -> ofOthers one.Trial.Specification) with
        | [] ->
            let manifest = workspace.Manifest specification
            manifest.IndicesOf specification.ScoreOn
            |> Seq.map (fun index -> manifest.Clips[index].Name)
        | own -> own |> Seq.collect _.Scored.Names

    /// The number of clips on which decoding was tuned or the outputs were calibrated. Clips whose audio cannot be read
    /// are not counted, except before the first trial is finished.
    let private countOf (workspace: Workspace) (finished: FinishedTrial list) (specification: Specification) =
        let split = StoredScores.tunedOn specification
        let trained =
            finished
            |> List.tryFind (fun one -> hasSameClips specification one.Trial.Specification)
        match trained with
        | Some one when split <> specification.ScoreOn ->
            (StoredScores.saidBy workspace (Specification.withNetwork one.Trial.Specification) split).Scores.Names.Count
        | Some _ -> namesOf workspace finished specification |> Seq.distinct |> Seq.length
        | None -> ((workspace.Manifest specification).IndicesOf split).Length

    /// Notes on the clips and the criterion that decoding was tuned with.
    let private tuned (workspace: Workspace) (plan: Plan) (finished: FinishedTrial list) =
        let isTuned (trial: Trial) =
            trial.Specification.Detection.Tuned.IsSome
        let rows =
            if List.forall isTuned plan.Trials then
                "Decoding"
            else
                "In tuned rows, decoding"
        plan.Trials
        |> List.filter isTuned
        |> List.map _.Specification
        |> List.groupBy (fun specification -> StoredScores.tunedOn specification, specification.ScoreOn)
        |> List.map (fun (_, specifications) ->
            let specification = specifications.Head
            let split = StoredScores.tunedOn specification
            let manifest = workspace.Manifest specification
            let clips = manifest.IndicesOf split
            let by =
                if isNull (manifest.EventsOf clips) then
                    "tagging F-score, since event times are unknown"
                else
                    specifications
                    |> List.choose _.Detection.Tuned
                    |> List.map Detection.objective
                    |> List.distinct
                    |> List.map (fun objective ->
                        match objective with
                        | TuningObjective.Psds1 -> "PSDS1"
                        | TuningObjective.EventF -> "collar-based F-score"
                        | _ -> "segment-based F-score")
                    |> String.concat ", "
            let clips, of' =
                if Plan.isScoredOnFold plan specification then
                    $"{(string split).ToLowerInvariant()} clips", " of the other folds"
                else
                    $"{countOf workspace finished specification} {(string split).ToLowerInvariant()} clips", ""
            let consequence =
                if of' <> "" then
                    "No clip is scored with a decoding that was tuned on it."
                elif split = specification.ScoreOn then
                    "The same clips are scored, so the scores are optimistic."
                else
                    "These clips are not scored."
            $"{rows} was tuned for each class on the {clips}{of'} (by {by}). {consequence}")

    /// Notes on the clips that calibrations were fitted on.
    let private calibrated (workspace: Workspace) (plan: Plan) (finished: FinishedTrial list) =
        plan.Trials
        |> List.map _.Specification
        |> List.filter _.Detection.Calibrated.IsSome
        |> List.groupBy (fun specification -> StoredScores.tunedOn specification, specification.ScoreOn)
        |> List.map (fun ((split, scoredOn), specifications) ->
            let specification = specifications.Head
            let manifest = workspace.Manifest specification
            let clips = manifest.IndicesOf split
            let name = (string split).ToLowerInvariant()
            let which, consequence =
                if Plan.isScoredOnFold plan specification then
                    $"{name} clips of the other folds", "No clip is scored with a calibration that was fitted on it."
                elif split = scoredOn then
                    $"{countOf workspace finished specification} {name} clips",
                    "The same clips are scored, so the scores are optimistic."
                else
                    $"{countOf workspace finished specification} {name} clips", "These clips are not scored."
            let outputs =
                if isNull (manifest.EventsOf clips) then
                    "The weak output was calibrated; the frame probabilities were not, since event times are unknown. The calibration was fitted"
                else
                    "The weak output and the frame probabilities were calibrated"
            let rows =
                if plan.Trials |> List.forall _.Specification.Detection.Calibrated.IsSome then
                    ""
                else
                    "In calibrated rows: "
            $"{rows}{outputs} on the {which}. {consequence}")

    let private notes (workspace: Workspace) (plan: Plan) (finished: FinishedTrial list) = [
        let specification = plan.Trials.Head.Specification
        let manifest = workspace.Whole specification
        let split = string specification.ScoreOn
        // Folds have different held-out clips.
        let scored =
            plan.Trials
            |> List.map _.Specification
            |> List.filter (fun other -> other.Corpus = specification.Corpus && other.Clips = specification.Clips)
            |> List.distinctBy (fun other -> other.Holdout, other.ScoreOn)
            |> List.filter (fun other -> other.ScoreOn = specification.ScoreOn)
            |> Seq.collect (namesOf workspace finished)
            |> HashSet
        let clips = scored.Count
        let groups =
            manifest.Clips
            |> Seq.filter (fun clip -> scored.Contains clip.Name)
            |> Seq.distinctBy _.Source
            |> Seq.length
        let folds =
            match plan.Experiment.Folds with
            | 0 -> ""
            | folds -> $" in {folds} folds"
        let of' =
            match groups, specification.Corpus with
            | groups, _ when groups = clips -> ""
            | 1, Collected(_, options) when options.Group.IsSome -> " of one group"
            | _, Collected(_, options) when options.Group.IsSome -> $" of {groups} groups"
            | _ -> $" of {groups} recordings"

        $"{manifest.Corpus}: scored on {clips} {split.ToLowerInvariant()} clips{of'}{folds}."

        let all =
            if plan.Experiment.Folds > 0 then
                [ manifest.Describe() ]
            else
                plan.Trials
                |> List.map (fun trial -> (workspace.Manifest trial.Specification).Describe())
                |> List.distinct
        match all with
        | [ one ] -> $"All clips: {one}."
        | several -> $"All clips of the first row: {several.Head}. Other rows use other clips."

        let selected = [
            for trial in plan.Trials ->
                trial.Specification.SelectOn = trial.Specification.ScoreOn
                && not trial.Specification.Training.Options.KeepsLastEpoch
        ]
        if List.forall id selected then
            "The best epoch was selected on the scored clips, as in Adavanne and Virtanen (2017), so the scores are optimistic."
        elif List.contains true selected then
            "In some rows the best epoch was selected on the scored clips, as in Adavanne and Virtanen (2017), so their scores are optimistic."

        yield! calibrated workspace plan finished
        yield! tuned workspace plan finished

        if plan.Experiment.Source <> "" then
            $"Published: {plan.Experiment.Source}. Not comparable with scores on corpora other than DCASE 2017 Task 4."

        if plan.Experiment.OthersSource <> "" then
            $"Other systems: {plan.Experiment.OthersSource}."

        $"Profile: {Plan.printProfile plan}."
        yield! Option.toList (Plan.printReplaced plan)
    ]

    /// Whether a row's mean is no better than the best constant prediction. For a metric that a constant prediction can
    /// maximise, for example recall, the result is whether a repetition of the row learnt nothing.
    let private isConstant (repetitions: Repetition list) row (metric: Metric) mean =
        let own = repetitions |> List.filter (fun one -> one.Variant.Label = row)
        match own |> List.choose (fun one -> Map.tryFind metric.Name one.Bounds) with
        | [] -> own |> List.exists (fun one -> not one.HasLearnt)
        | constant -> not (ConstantPredictions.isBetter metric mean (List.average constant))

    /// Evaluates the trials of a plan.
    let ofStates (workspace: Workspace) (plan: Plan) (states: (Trial * TrialState) list) =
        let finished = FinishedTrial.ofStates workspace plan states
        let repetitions = Repetition.ofTrials workspace plan finished
        let ofRow (variant: Variant) =
            repetitions |> List.filter (fun own -> own.Variant = variant)
        let scoredOf variant = [ for own in ofRow variant -> own.Scored ]
        let key (own: Repetition) =
            [ for one in own.Trials -> workspace.TrialFolder one.Trial.Specification ]
            |> String.concat "+"
        let trainings =
            Map [ for variant in plan.Variants -> variant.Label, List.map key (ofRow variant) ]
        let statistics =
            Statistics.ofRows
                (fun label -> trainings[label])
                (isConstant repetitions)
                plan.Experiment.Report
                plan.Experiment.Against
                plan.Experiment.Sorted
                [ for variant in plan.Variants -> variant.Label, scoredOf variant ]
        let classF1 = [
            if List.contains ClassF1 plan.Experiment.Showing then
                for variant in plan.Variants do
                    let own = ofRow variant |> List.collect _.Trials
                    if not own.IsEmpty then
                        ClassF1.view workspace plan variant.Label [ for one in own -> one.Trial.Specification ]
        ]
        let rungs = (Sweep.searchOf workspace plan).Completed
        let file = Path.Combine(workspace.Tables, plan.FileName + ".csv")
        let name = Variant.byLabel Variant.names plan.Variants
        {
            Plan = plan
            States = states
            Finished = finished
            Repetitions = repetitions
            Rungs = rungs
            Frame = ResultFrame.ofTrials workspace plan states finished repetitions
            Statistics = statistics
            Table = Table.view plan repetitions statistics states (notes workspace plan finished)
            Below = [
                for showing in plan.Experiment.Showing do
                    match showing with
                    | PerClass published ->
                        for variant in plan.Variants do
                            let scored = scoredOf variant
                            if not scored.IsEmpty then
                                PerClass.view plan.Experiment.Report variant.Label published scored
                    | ClassF1 ->
                        for view, sentences in classF1 do
                            {
                                view with
                                    Notes = sentences @ view.Notes
                            }
                    | Saliency _ -> ()
            ]
            Answer = Answers.sentence name plan.Experiment.Sorted statistics
            Answers = Answers.view (Variant.byLabel Variant.values plan.Variants) statistics
            Verdicts = [
                for own in statistics do
                    Verdicts.ofMetric name own
                    yield! Option.toList (Verdicts.ofGroups name own)
            ]
            File = file
        }

    /// Writes the frame of an outcome to its CSV file.
    let save (outcome: ExperimentOutcome) =
        use text = new StringWriter()
        FrameExtensions.SaveCsv(outcome.Frame, text, includeRowKeys = false, culture = CultureInfo.InvariantCulture)
        AtomicFile.WriteIfChanged(outcome.File, text.ToString())
