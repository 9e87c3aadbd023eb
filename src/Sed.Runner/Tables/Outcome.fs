namespace Sed.Runner

open System.IO
open Deedle
open Sed

/// What came of a plan: its trials, what they are worth, and how sure that is.
type internal Outcome = {
    Plan: Plan
    States: (Trial * TrialState) list
    Finished: FinishedTrial list
    /// A row for each finished trial.
    Frame: Frame<int, string>
    /// For each of the reported metrics.
    Statistics: MetricStatistics list
    Table: TableView
    /// What is shown below the table.
    Below: TableView list
    /// What the statistics say, a sentence or two for each metric.
    Answers: string list
    /// Where the frame is kept.
    File: string
}

module internal Outcome =
    /// What a tagger gets that always says the most frequent class of the training clips.
    let private alwaysMostFrequent (workspace: Workspace) (specification: Specification) =
        let manifest = workspace.Manifest specification
        let labels split = [ for index in manifest.IndicesOf split -> manifest.Clips[index].WeakLabels ]

        let frequent, _ =
            labels Core.Corpora.Split.Training
            |> Seq.concat
            |> Seq.countBy id
            |> Seq.maxBy (fun (label, count) -> count, label)

        let tested = labels (Translate.split specification.ScoreOn)
        let hits = tested |> List.filter (Seq.contains frequent) |> List.length
        let tags = tested |> List.sumBy _.Count
        frequent, 2.0 * float hits / float (tested.Length + tags)

    /// On which clips decoding was tuned, and by what.
    let private tuned (workspace: Workspace) (plan: Plan) =
        let isTuned (trial: Trial) =
            trial.Specification.Detection.Tuned.IsSome
        let rows =
            if List.forall isTuned plan.Trials then
                "Decoding"
            else
                "In rows that say so decoding"
        plan.Trials
        |> List.filter isTuned
        |> List.map _.Specification
        |> List.distinctBy (fun specification -> Kept.tunedOn specification, specification.ScoreOn)
        |> List.map (fun specification ->
            let split = Kept.tunedOn specification
            let manifest = workspace.Manifest specification
            let clips = manifest.IndicesOf(Translate.split split)
            let by =
                if isNull (manifest.EventsOf clips) then
                    "the F-score of its tags (when events begin and end is not known)"
                else
                    "its segment-based F-score"
            let flatters =
                if split = specification.ScoreOn then
                    "the clips that are scored: the scores flatter"
                else
                    "none of which are scored"
            $"{rows} was tuned for each class by {by} on the {clips.Length} {(string split).ToLowerInvariant()} clips, {flatters}.")

    let private notes (workspace: Workspace) (plan: Plan) (file: string) = [
        let specification = plan.Trials.Head.Specification
        let label, weakF = alwaysMostFrequent workspace specification
        let manifest = workspace.Manifest specification
        let split = string specification.ScoreOn
        let clips = manifest.IndicesOf(Translate.split specification.ScoreOn).Length

        $"{manifest.Corpus}: scored on {clips} {split.ToLowerInvariant()} clips; always saying '{label}' has weak F {weakF:F3}."

        $"Made from {manifest.Describe()}."

        let selected = [
            for trial in plan.Trials -> trial.Specification.SelectOn = trial.Specification.ScoreOn
        ]
        if List.forall id selected then
            "The best epoch was selected on the split it is scored on, as in the paper: the scores flatter."
        elif List.contains true selected then
            "In some rows the best epoch was selected on the split it is scored on, as in the paper: their scores flatter."

        yield! tuned workspace plan

        if plan.Experiment.Source <> "" then
            $"Published: {plan.Experiment.Source}. Its data are DCASE 2017 Task 4; on another corpus the figures are not comparable."

        if plan.Experiment.OthersSource <> "" then
            $"Systems of others: {plan.Experiment.OthersSource}."

        let over =
            if plan.Experiment.Folds > 0 then
                "seeds and folds"
            else
                "seeds"
        $"Mean ± deviation over {over}. Profile {plan.Profile}. Every trial: {Path.GetRelativePath(Directory.GetCurrentDirectory(), file)}"
        yield! Option.toList (Plan.printReplaced plan)
    ]

    /// Whether a row's mean is no better than a constant answer. Where the metric cannot tell (recall), a row has to
    /// have learnt something with every trial.
    let private isConstant (finished: FinishedTrial list) row (metric: Metric) mean =
        let own = finished |> List.filter (fun one -> one.Trial.Variant.Label = row)
        match own |> List.choose (fun one -> Map.tryFind metric.Name one.Bounds) with
        | [] -> own |> List.exists (fun one -> not one.HasLearnt)
        | constant -> not (ConstantAnswers.isBetter metric mean (List.average constant))

    /// Gathers what the trials of a plan left in their folders.
    let ofStates (workspace: Workspace) (plan: Plan) (states: (Trial * TrialState) list) =
        let finished = FinishedTrial.ofStates workspace plan states
        let trialsOf variant = [
            for one in finished do
                if one.Trial.Variant = variant then
                    one.Scored
        ]
        let statistics =
            Statistics.ofRows
                (isConstant finished)
                plan.Experiment.Report
                plan.Experiment.Against
                plan.Experiment.Sorted
                [ for variant in plan.Variants -> variant.Label, trialsOf variant ]
        let file = Path.Combine(workspace.Tables, plan.FileName + ".csv")
        {
            Plan = plan
            States = states
            Finished = finished
            Frame = ResultFrame.ofTrials workspace plan finished
            Statistics = statistics
            Table = Table.view plan finished statistics states (notes workspace plan file)
            Below = [
                for showing in plan.Experiment.Showing do
                    match showing with
                    | PerClass published ->
                        for variant in plan.Variants do
                            let trials = trialsOf variant
                            if not trials.IsEmpty then
                                PerClass.view variant.Label published trials
                    | Saliency _ -> ()
            ]
            Answers = [
                let names =
                    plan.Variants
                    |> List.map _.Label
                    |> List.zip (Variant.names plan.Variants)
                    |> List.map (fun (name, label) -> label, name)
                    |> Map
                let name label = names[label]
                for own in statistics do
                    Answers.ofMetric name own
                    yield! Option.toList (Answers.ofGroups name own)
            ]
            File = file
        }

    /// Keeps the frame as a table of its own.
    let save (outcome: Outcome) =
        use text = new StringWriter()
        FrameExtensions.SaveCsv(outcome.Frame, text, includeRowKeys = false)
        AtomicFile.writeIfChanged outcome.File (text.ToString())
