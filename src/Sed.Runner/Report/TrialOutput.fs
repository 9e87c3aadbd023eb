namespace Sed.Runner

open System
open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Metrics.Tags
open Sed.Core.Networks
open Sed.Core.Training
open TorchSharp

/// What a trial's network says about the clips that it was scored on.
type internal TrialOutput = {
    Classes: ClassList
    /// Positions in the manifest.
    Clips: int[]
    /// What sounds in the clips; None where nobody knows when it starts and ends.
    Reference: EventList option
    /// Probability of every class in every frame of every clip.
    Frames: ScoreList
    /// Probability of every class in every clip, from where the trial takes its tags.
    Tags: TagScores
}

module internal TrialOutput =
    /// The clips that a trial was scored on. The caller owns them.
    let clips (workspace: Workspace) (trial: Trial) =
        let source = workspace.Source trial.Specification
        new ClipSet(source.Manifest, source.Store, source.Statistics, Translate.split trial.Specification.ScoreOn)

    /// The trained network of a finished trial, ready to be asked. The caller owns it.
    let network (workspace: Workspace) (trial: Trial) =
        let source = workspace.Source trial.Specification
        let description =
            Network.describe
                source.Store.Frames
                source.Store.Bands
                source.Manifest.Classes.Count
                trial.Specification.Network
        let network = new SedNetwork(description)
        try
            NetworkWeights.Read(network, Path.Combine(workspace.TrialFolder trial.Specification, "network.npz"))
            network.``to`` workspace.Device |> ignore
            network.eval ()
            network
        with _ ->
            network.Dispose()
            reraise ()

    /// Of each clip and class the largest probability of a frame.
    let private largest (frames: ScoreList) = [|
        for clip in 0 .. frames.Files.Length - 1 do
            for k in 0 .. frames.Classes.Count - 1 do
                float32 (frames[clip].Largest k)
    |]

    /// Asks a finished trial's network about every clip once more.
    let ofTrial (workspace: Workspace) (trial: Trial) =
        let specification = trial.Specification
        let source = workspace.Source specification
        let classes = source.Manifest.Classes
        use network = network workspace trial
        use clips = clips workspace trial
        let found =
            ClipProbabilities.Of(network, clips, workspace.Device, specification.Training.Batch)
            |> Seq.toArray
        let frames =
            ScoreList(
                classes,
                [
                    for name, said in Seq.zip clips.Names found ->
                        struct (name, FrameScores.Of(said.Strong, classes.Count, source.Features.HopSeconds))
                ]
            )
        let tags =
            match specification.Detection.Tags with
            | FromWeakOutput -> found |> Array.collect _.Weak
            | FromEvents -> largest frames
        {
            Classes = classes
            Clips = Seq.toArray clips.Rows
            Reference = Option.ofObj clips.Events
            Frames = frames
            Tags = TagScores.Of(classes, ReadOnlySpan tags, clips.Tags)
        }
