namespace Sed.Runner

open System.Collections.Generic
open Sed
open Sed.Core.Scoring

/// A trial that has finished, with what its network said of the clips that its row is scored on.
type internal FinishedTrial = {
    Trial: Trial
    Result: TrialResult
    Scored: ScoredClips
    /// What constant answers are worth on these clips.
    Bounds: ConstantAnswers.Bounds
    /// Whether by one metric at least it is better than every constant answer.
    HasLearnt: bool
    /// Multiply-accumulates of the network for a second of audio.
    MultiplyAccumulatesPerSecond: float
    /// How long its training took, in seconds; NaN where its log is gone.
    TrainingSeconds: float
}

module internal FinishedTrial =
    /// The finished ones among a plan's trials.
    let ofStates (workspace: Workspace) (plan: Plan) (states: (Trial * TrialState) list) =
        let known = Dictionary<struct (string * Split), ConstantAnswers.Bounds>()
        let boundsOf (specification: Specification) =
            let manifest = workspace.Manifest specification
            let key = struct (manifest.Hash, specification.ScoreOn)
            match known.TryGetValue key with
            | true, bounds -> bounds
            | _ ->
                let split = Translate.split specification.ScoreOn
                let bounds = ConstantAnswers.bounds plan.Experiment.Report manifest split
                known[key] <- bounds
                bounds
        [
            for trial, state in states do
                match state with
                | Finished result -> trial, result
                | Failed _
                | Open -> ()
        ]
        |> TrialFolder.readAll (fun (trial, result) ->
            let scored = Kept.scored workspace trial.Specification result
            let bounds = boundsOf trial.Specification
            {
                Trial = trial
                Result = result
                Scored = scored
                Bounds = bounds
                HasLearnt = ConstantAnswers.hasLearnt bounds scored
                MultiplyAccumulatesPerSecond =
                    float result.MultiplyAccumulates
                    / (workspace.Manifest trial.Specification).ClipSeconds
                TrainingSeconds = (TrialFolder.timing (workspace.TrialFolder trial.Specification)).Seconds
            })
