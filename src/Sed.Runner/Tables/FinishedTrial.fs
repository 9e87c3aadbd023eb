namespace Sed.Runner

open System.Collections.Generic
open Sed
open Sed.Core.Scoring

/// A finished trial with its network's outputs for the scored clips.
type internal FinishedTrial = {
    Trial: Trial
    Result: TrialResult
    Scored: ScoredClips
    /// The best scores of constant predictions on the scored clips.
    Bounds: ConstantPredictions.Bounds
    /// Whether the trial is better than every constant prediction in at least one metric.
    HasLearnt: bool
    /// The network's multiply-accumulate operations for each second of audio.
    MultiplyAccumulatesPerSecond: float
    /// Training time in seconds; NaN if the log of epochs is missing.
    TrainingSeconds: float
}

module internal FinishedTrial =
    /// Reads the finished trials of a plan.
    let ofStates (workspace: Workspace) (plan: Plan) (states: (Trial * TrialState) list) =
        let known = Dictionary<struct (string * string), ConstantPredictions.Bounds>()
        let boundsOf (specification: Specification) (scored: ScoredClips) =
            let manifest = workspace.Manifest specification
            // Clips whose audio cannot be read are not scored.
            let key = struct (manifest.Hash, String.concat "\n" scored.Names)
            match known.TryGetValue key with
            | true, bounds -> bounds
            | _ ->
                let bounds = ConstantPredictions.bounds plan.Experiment.Report manifest scored
                known[key] <- bounds
                bounds
        [
            for trial, state in states do
                match state with
                | Finished result -> trial, result
                | Failed _
                | Stopped _
                | Open -> ()
        ]
        |> TrialFolder.readAll (fun (trial, result) ->
            let scored = StoredScores.scored workspace plan trial.Specification result
            let bounds = boundsOf trial.Specification scored
            {
                Trial = trial
                Result = result
                Scored = scored
                Bounds = bounds
                HasLearnt = ConstantPredictions.hasLearnt bounds scored
                MultiplyAccumulatesPerSecond =
                    float result.MultiplyAccumulates
                    / (workspace.Manifest trial.Specification).ClipSeconds
                TrainingSeconds = (TrialFolder.timing (workspace.TrialFolder trial.Specification)).Seconds
            })
