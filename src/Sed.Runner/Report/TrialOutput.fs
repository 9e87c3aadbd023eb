namespace Sed.Runner

open System
open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Metrics
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
            Translate.network
                source.Store.Frames
                source.Manifest.Classes.Count
                source.Store.Bands
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

    /// Of each clip the strong output, frame after frame, and the weak one.
    let private probabilities (network: SedNetwork) (clips: ClipSet) (device: torch.Device) batchSize = [|
        use _ = torch.no_grad ()
        for batch in clips.Batches([| 0 .. clips.Count - 1 |], batchSize, device) do
            use _ = torch.NewDisposeScope()
            let output = network.call (batch.Features.Invoke())
            let strong = output.Strong.cpu().contiguous()
            let weak = output.Weak.cpu().contiguous()
            for i in 0L .. int64 batch.Clips.Length - 1L do
                strong[i].data<float32>().ToArray(), weak[i].data<float32>().ToArray()
    |]

    /// Of each clip and class the largest probability of a frame.
    let private largest (frames: ScoreList) = [|
        for clip in 0 .. frames.Files.Length - 1 do
            for k in 0 .. frames.Classes.Count - 1 do
                float32 (frames[clip].Largest k)
    |]

    /// Positions in the manifest of a split's clips that can be heard, as a clip set has them.
    let private positions (source: Source) split =
        let broken = set [ for clip in source.Store.Broken -> clip.Index ]
        source.Manifest.IndicesOf split
        |> Array.filter (fun clip -> not (broken.Contains clip))

    /// Asks a finished trial's network about every clip once more.
    let ofTrial (workspace: Workspace) (trial: Trial) =
        let specification = trial.Specification
        let source = workspace.Source specification
        let classes = source.Manifest.Classes
        use network = network workspace trial
        use clips = clips workspace trial
        let found =
            probabilities network clips workspace.Device specification.Training.Batch
        let frames =
            ScoreList(
                classes,
                [
                    for name, (strong, _) in Seq.zip clips.Names found ->
                        struct (name, FrameScores.Of(strong, classes.Count, source.Features.HopSeconds))
                ]
            )
        let events = [
            for name, events in Seq.zip clips.Names clips.Events do
                match events with
                | null -> ()
                | events -> struct (name, events)
        ]
        let tags =
            match specification.Detection.Tags with
            | FromWeakOutput -> Array.collect snd found
            | FromEvents -> largest frames
        {
            Classes = classes
            Clips = positions source (Translate.split specification.ScoreOn)
            Reference =
                if events.Length = clips.Count then
                    Some(EventList.Of events)
                else
                    None
            Frames = frames
            Tags = TagScores.Of(classes, ReadOnlySpan tags, clips.Tags)
        }
