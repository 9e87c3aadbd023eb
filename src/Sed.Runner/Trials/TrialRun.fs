/// One trial, from its specification to its result.
module internal Sed.Runner.TrialRun

open System.Threading
open Sed
open Sed.Core.Networks
open Sed.Core.Runtime
open Sed.Core.Training
open TorchSharp

let private clipSet source split =
    new ClipSet(source.Manifest, source.Store, source.Statistics, split)

let private scores (found: Scores) =
    Map [
        for metric in Metric.All do
            let score = Translate.score found metric
            // Where nobody knows when events start and end, there is nothing to keep.
            if not (System.Double.IsNaN score) then
                metric.Name, score
    ]

/// Trains the network of a specification and scores it. Training that was interrupted goes on from its last whole epoch.
let run
    (workspace: Workspace)
    (folder: string)
    (specification: Specification)
    (progress: EpochReport -> unit)
    (stop: CancellationToken)
    =
    let source = workspace.Source specification
    let manifest = source.Manifest

    let description =
        Network.describe source.Store.Frames source.Store.Bands manifest.Classes.Count specification.Network

    torch.random.manual_seed (int64 (RandomSource.SeedFor(int64 specification.Seed, "weights")))
    |> ignore

    use network = new SedNetwork(description)
    network.``to`` workspace.Device |> ignore

    use clips = clipSet source Sed.Core.Corpora.Split.Training
    use selectionClips = clipSet source (Translate.split specification.SelectOn)
    use scoredClips = clipSet source (Translate.split specification.ScoreOn)

    let evaluator clips =
        Evaluator(clips, source.Features.HopSeconds, Detection.options specification.Detection)

    let selection = evaluator selectionClips

    let monitor found =
        Monitor.value (Translate.score found) specification.Training.Monitor

    let trainer =
        Trainer(Translate.training manifest specification.Seed specification.Training, workspace.Device)

    let history =
        trainer.Train(
            network,
            clips,
            selection,
            monitor,
            progress,
            stop,
            TrainingFolder(folder, string source.Features, manifest.Hash)
        )

    let last = history[history.Count - 1]

    let evaluation =
        (evaluator scoredClips).Evaluate(network, workspace.Device, specification.Training.Batch)
    let result = {
        Specification = Specification.print specification
        Corpus = manifest.Corpus
        Data = manifest.Hash
        Classes = manifest.Classes.Count
        Scores = scores evaluation.Scores
        Epochs = last.Epoch
        BestEpoch = last.BestEpoch
        Parameters = network.ParameterCount
        Threads = Torch.Threads
        Device = workspace.Device.ToString()
        History = [
            for epoch in history ->
                {
                    Epoch = epoch.Epoch
                    Loss = epoch.Loss
                    Monitor = epoch.Monitor
                    Scores = scores epoch.Scores
                }
        ]
    }
    result, evaluation
