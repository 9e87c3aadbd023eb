namespace Sed.Runner

open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Scoring

/// What a trial's network says about the clips that it was scored on, as figures want it.
type internal TrialOutput = {
    Scored: ScoredClips
    /// Positions in the manifest.
    Clips: int[]
} with

    member output.Classes: ClassList = output.Scored.Classes

    /// What sounds in the clips; None where nobody knows when it starts and ends.
    member output.Reference = Option.ofObj output.Scored.Truth.Events

    /// Probability of every class in every frame of every clip.
    member output.Frames: ScoreList = output.Scored.FrameScores

    /// Probability of every class in every clip, from where the trial takes its tags.
    member output.Tags = output.Scored.TagScoresAsDecided

module internal TrialOutput =
    let ofScored (manifest: Manifest) (scored: ScoredClips) =
        let known =
            dict [ for index, clip in Seq.indexed manifest.Clips -> clip.Name, index ]
        {
            Scored = scored
            Clips = [| for name in scored.Names -> known[name] |]
        }

    let ofTrial (workspace: Workspace) (outcome: Outcome) (trial: Trial) =
        let one = outcome.Finished |> List.find (fun one -> one.Trial = trial)
        ofScored (workspace.Manifest trial.Specification) one.Scored
