namespace Sed.Runner

open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Scoring

/// The outputs of a trial's network, or of the networks of pooled folds, for the scored clips.
type internal TrialOutput = {
    Scored: ScoredClips
    /// Indices into the clips of the manifest.
    Clips: int[]
} with

    member output.Classes: ClassList = output.Scored.Classes

    /// The reference events; None if event times are unknown.
    member output.Reference = Option.ofObj output.Scored.Truth.Events

    /// The probability of each class in each frame of each clip.
    member output.Frames: ScoreList = output.Scored.FrameScores

    /// The probability of each class in each clip, from the output that the trial's tagging uses.
    member output.Tags = output.Scored.TagScoresAsDecided

module internal TrialOutput =
    let ofScored (manifest: Manifest) (scored: ScoredClips) =
        let known =
            dict [ for index, clip in Seq.indexed manifest.Clips -> clip.Name, index ]
        {
            Scored = scored
            Clips = [| for name in scored.Names -> known[name] |]
        }

    let ofTrial (workspace: Workspace) (one: FinishedTrial) =
        ofScored (workspace.Manifest one.Trial.Specification) one.Scored

    /// The outputs of a repetition. For pooled folds, the outputs for the held-out clips of all folds together.
    let ofRepetition (workspace: Workspace) (own: Repetition) =
        ofScored (workspace.Manifest own.Trials.Head.Trial.Specification) own.Scored
