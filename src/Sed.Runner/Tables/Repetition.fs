namespace Sed.Runner

open System.Collections.Generic
open Sed
open Sed.Core.Scoring

/// A complete repetition of a row: one finished trial or, if the held-out clips of the folds are scored, the finished
/// trials of all folds with one seed. The held-out clips of these folds are pooled: every clip is scored once, by the
/// network that was trained without it and with the decoding of its fold.
type internal Repetition = {
    Variant: Variant
    Seed: int
    /// One trial, or one for each pooled fold.
    Trials: FinishedTrial list
    Scored: ScoredClips
    /// The best scores of constant predictions on the scored clips.
    Bounds: ConstantPredictions.Bounds
    /// Whether the repetition is better than every constant prediction in at least one metric.
    HasLearnt: bool
} with

    /// Whether the scored clips of several folds are pooled.
    member repetition.IsPooled = repetition.Trials.Length > 1

    /// The name of the repetition, for example "dropout 0.25, seed 1".
    member repetition.Name =
        if repetition.IsPooled then
            $"{repetition.Variant.Label}, seed {repetition.Seed}"
        else
            repetition.Trials.Head.Trial.Name

module internal Repetition =
    /// The repetition that consists of one trial, whose scored clips are not pooled.
    let ofTrial (one: FinishedTrial) = {
        Variant = one.Trial.Variant
        Seed = one.Trial.Specification.Seed
        Trials = [ one ]
        Scored = one.Scored
        Bounds = one.Bounds
        HasLearnt = one.HasLearnt
    }

    let private isPooled (plan: Plan) (trial: Trial) =
        Plan.isScoredOnFold plan trial.Specification

    /// The row and the seed, which are equal for trials that are pooled.
    let private key (trial: Trial) =
        trial.Variant.Label, trial.Specification.Seed

    /// Whether, in all rows, the held-out clips of all folds of a seed are scored together, so that each seed is one
    /// repetition.
    let arePooled (plan: Plan) =
        plan.Trials |> List.forall (isPooled plan)

    /// Whether, in this row, the held-out clips of all folds of a seed are scored together.
    let isPooledRow (plan: Plan) (variant: Variant) =
        plan.Trials
        |> List.exists (fun trial -> trial.Variant.Label = variant.Label && isPooled plan trial)

    /// The states of the trials whose scored clips are pooled, for each seed of a row. Empty if the row pools no clips.
    let pools (plan: Plan) (variant: Variant) (states: (Trial * TrialState) list) =
        states
        |> List.filter (fun (trial, _) -> trial.Variant.Label = variant.Label && isPooled plan trial)
        |> List.groupBy (fst >> key)
        |> List.map (fun (_, own) -> List.map snd own)

    /// Whether some of the trials of a pool are finished, but not all.
    let isIncomplete (pool: TrialState list) =
        List.exists (fun (state: TrialState) -> state.IsFinished) pool
        && not (List.forall (fun (state: TrialState) -> state.IsFinished) pool)

    /// The complete repetitions among the finished trials of a plan, in the plan's order.
    let ofTrials (workspace: Workspace) (plan: Plan) (finished: FinishedTrial list) : Repetition list =
        let planned = plan.Trials |> List.filter (isPooled plan) |> List.countBy key |> Map
        let known = Dictionary<struct (string * string), ConstantPredictions.Bounds>()
        let boundsOf (first: Specification) (scored: ScoredClips) =
            let whole = workspace.Whole first
            let key = struct (whole.Hash, String.concat "\n" scored.Names)
            match known.TryGetValue key with
            | true, bounds -> bounds
            | _ ->
                let bounds = ConstantPredictions.bounds plan.Experiment.Report whole scored
                known[key] <- bounds
                bounds
        let pooled (own: FinishedTrial list) =
            let first = own.Head.Trial
            let scored =
                StoredScores.pooled workspace [ for one in own -> one.Trial.Specification, one.Scored ]
            let bounds = boundsOf first.Specification scored
            {
                Variant = first.Variant
                Seed = first.Specification.Seed
                Trials = own
                Scored = scored
                Bounds = bounds
                HasLearnt = ConstantPredictions.hasLearnt bounds scored
            }
        finished
        |> List.groupBy (fun one ->
            if isPooled plan one.Trial then
                Choice1Of2(key one.Trial)
            else
                Choice2Of2 one.Trial.Name)
        |> List.collect (fun (own, trials) ->
            match own with
            | Choice2Of2 _ -> List.map ofTrial trials
            | Choice1Of2 own when planned[own] = trials.Length -> [ pooled trials ]
            | Choice1Of2 _ -> [])
