namespace Sed.Runner

open System
open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Metrics
open Sed.Core.Networks
open Sed.Core.Runtime
open Sed.Core.Training
open TorchSharp

/// What a trial's network says about the clips that it was scored on.
type internal TrialOutput = {
    Truth: Truth
    /// Probability of every class in every frame of every clip.
    Frames: ScorePairs
    /// Probability of every class in every clip, from where the trial takes its tags.
    Tags: TagScores
}

module internal TrialOutput =
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
            NetworkWeights.Read(network, Path.Combine(FinishedRow.folder workspace trial, "network.npz"))
            network.``to`` workspace.Device |> ignore
            network.eval ()
            network
        with _ ->
            network.Dispose()
            reraise ()

    let private probabilities (network: SedNetwork) (clips: ClipSet) (device: torch.Device) batchSize = [
        use _ = torch.no_grad ()
        for batch in clips.Batches([| 0 .. clips.Count - 1 |], batchSize, device) do
            use _ = torch.NewDisposeScope()
            let output = network.call (batch.Features.Invoke())
            let strong = output.Strong.cpu().contiguous()
            let weak = output.Weak.cpu().contiguous()
            for i in 0L .. int64 batch.Clips.Length - 1L do
                strong[i].data<float32>().ToArray(), weak[i].data<float32>().ToArray()
    ]

    /// Asks a finished trial's network about every clip once more.
    let ofTrial (workspace: Workspace) (trial: Trial) =
        let specification = trial.Specification
        let source = workspace.Source specification
        let classes = source.Manifest.Classes
        use network = network workspace trial
        use clips =
            new ClipSet(source.Manifest, source.Store, source.Statistics, Translate.split specification.ScoreOn)
        let found =
            probabilities network clips workspace.Device specification.Training.Batch
        let truth = FinishedRow.truth workspace trial
        let files = [
            for name, (strong, _) in Seq.zip clips.Names found ->
                struct (name, FrameScores.Of(strong, classes.Count, source.Features.HopSeconds))
        ]
        let frames = ScorePairs.Of(ScoreList(classes, files), truth.Events)
        {
            Truth = truth
            Frames = frames
            Tags =
                match specification.Detection.Tags with
                | FromWeakOutput ->
                    let weak = Array.collect snd (List.toArray found)
                    TagScores.Of(classes, ReadOnlySpan weak, clips.Tags)
                | FromEvents -> TagScores.Of frames
        }
