/// One trial, from its specification to its result.
module internal Sed.Runner.TrialRun

open System.Threading
open Sed
open Sed.Core.Networks
open Sed.Core.Runtime
open Sed.Core.Training
open TorchSharp

/// Trains the network of a specification and scores it. Training that was interrupted goes on from its last whole epoch.
let run
    (workspace: Workspace)
    (folder: string)
    (specification: Specification)
    (progress: EpochReport -> unit)
    (stop: CancellationToken)
    : TrialResult =
    let source = workspace.Source specification
    let manifest = source.Manifest
    let description = TrialNetwork.description workspace specification

    torch.random.manual_seed (int64 (RandomSource.SeedFor(int64 specification.Seed, "weights")))
    |> ignore

    use network = new SedNetwork(description)
    network.``to`` workspace.Device |> ignore

    use clips =
        TrialNetwork.clips workspace specification Sed.Core.Corpora.Split.Training
    use selection =
        TrialNetwork.clips workspace specification (Translate.split specification.SelectOn)

    // Decisions are chosen after training, so what early stopping watches is decided in one way for all.
    let evaluator =
        Evaluator(selection, source.Features.HopSeconds, Detection.options Detection.defaults)

    let trainer =
        Trainer(
            Translate.training manifest workspace.Threads specification.Seed specification.Training,
            workspace.Device
        )

    let history =
        trainer.Train(
            network,
            clips,
            evaluator,
            specification.Training.Monitor,
            progress,
            stop,
            TrainingFolder(folder, source.Features.Describe(), manifest.Hash)
        )

    let last = history[history.Count - 1]
    let split = Translate.split specification.ScoreOn
    let scored = TrialNetwork.ask workspace specification network split
    {
        Specification = Specification.printTraining specification
        Corpus = manifest.Corpus
        Data = manifest.Hash
        Classes = manifest.Classes.Count
        Scores = Map [ string split, Kept.write folder split scored ]
        Epochs = last.Epoch
        BestEpoch = last.BestEpoch
        Parameters = network.ParameterCount
        MultiplyAccumulates = description.MultiplyAccumulates
        Threads = Torch.Threads
        Device = workspace.Device.ToString()
        History = [
            for epoch in history ->
                {
                    Epoch = epoch.Epoch
                    Loss = epoch.Loss
                    Monitor = epoch.Monitor
                    Scores = Map [ for score in epoch.Scores -> score.Key, score.Value ]
                }
        ]
    }
