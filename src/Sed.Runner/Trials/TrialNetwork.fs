/// The network of a finished trial.
module internal Sed.Runner.TrialNetwork

open System.IO
open Sed
open Sed.Core.Networks
open Sed.Core.Training
open Sed.Core.Training.Clips
open TorchSharp

/// The clips of a split of a trial's corpus. The caller owns them.
let clips (workspace: Workspace) (specification: Specification) (split: Split) =
    let source = workspace.Source specification
    new ClipSet(source.Manifest, source.Store, source.Statistics, split, Source = source.Features)

/// The training clips of a trial. If recordings can have any length, these are windows of the recordings. The caller
/// owns the result.
let trainingClips (workspace: Workspace) (specification: Specification) =
    let source = workspace.Source specification
    if source.Manifest.HopSeconds.HasValue then
        let windows =
            TrainingWindows(source.Manifest, source.Store, source.Features.HopSeconds)
        new ClipSet(windows.Manifest, windows, source.Statistics, Split.Training, Source = source.Features)
    else
        clips workspace specification Split.Training

/// The description of a trial's network for the frames and bands of its features.
let description (workspace: Workspace) (specification: Specification) =
    let source = workspace.Source specification
    let network =
        Network.describe
            source.Features.HopSeconds
            source.Store.Frames
            source.Store.Bands
            (Features.inputParts source.Features)
            source.Manifest.Classes.Count
            specification.Network
    network.WithLeavesOutPadding(specification.Training.Options.LeavesOutPadding source.Manifest.MasksPadding)

/// The trained network in evaluation mode. The caller owns it.
let load (workspace: Workspace) (specification: Specification) =
    let network = new SedNetwork(description workspace specification)
    try
        NetworkWeights.Read(network, Path.Combine(workspace.TrialFolder specification, "network.npz"))
        network.``to`` workspace.Device |> ignore
        network.eval ()
        network
    with _ ->
        network.Dispose()
        reraise ()

/// The probabilities of a network for a split of its trial's corpus, with the default decoding (threshold 0.5, no
/// smoothing).
let ask (workspace: Workspace) (specification: Specification) (network: SedNetwork) split =
    let source = workspace.Source specification
    use clips = clips workspace specification split
    Evaluator(clips, source.Features.HopSeconds, Detection.options Detection.defaults)
        .Evaluate(network, workspace.Device, specification.Training.Options.BatchSize)
