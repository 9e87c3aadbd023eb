/// One trial, from its specification to its result.
module internal Sed.Runner.TrialRun

open System.IO
open System.Threading
open Sed
open Sed.Core.Networks
open Sed.Core.Runtime
open Sed.Core.Runtime.Keys
open Sed.Core.Scoring
open Sed.Core.Training
open Sed.Core.Training.Targets
open TorchSharp

/// A result with the fields that trained networks and ensembles have in common; the other fields are 0 or empty. Writes
/// the probabilities of the scored split.
let private resultOf
    (workspace: Workspace)
    (right: FolderLock)
    folder
    specification
    (scored: ScoredClips)
    : TrialResult =
    let manifest = workspace.Manifest specification
    let split = specification.ScoreOn
    right.ThrowIfLost()
    {
        Key = CanonicalKey.Text(Specification.key specification)
        Corpus = manifest.Corpus
        Data = manifest.Hash
        Classes = manifest.Classes.Count
        Scores = Map [ CanonicalKey.Of split, StoredScores.write folder split scored ]
        Epochs = 0
        BestEpoch = 0
        Parameters = 0L
        MultiplyAccumulates = 0L
        Threads = Torch.Threads
        Device = workspace.Device.ToString()
        History = []
    }

/// Frame targets from the teacher's probabilities for the training clips; null without a teacher.
let private pseudoLabels (workspace: Workspace) (specification: Specification) =
    match specification.Teaching with
    | None -> null
    | Some teaching ->
        let said = StoredScores.saidBy workspace teaching.Teacher Split.Training
        match teaching.Frames with
        | Hard threshold -> FrameTargets.FromScores(said.Scores, threshold)
        | Soft -> FrameTargets.FromScores said.Scores

/// How the run of a trial ended.
type TrialEnd =
    | Completed of TrialResult
    /// The training of the trial is not complete, so its network has not been scored.
    | Suspended of TrialPause

let private historyOf (reports: EpochReport seq) : EpochResult list = [
    for epoch in reports ->
        {
            Epoch = epoch.Epoch
            Loss = epoch.Loss
            Monitor = epoch.Monitor
            Scores = Map [ for score in epoch.Scores -> score.Key, score.Value ]
        }
]

/// Trains and scores the network of a specification, in a folder whose lock this process holds. An interrupted training
/// run resumes from its last completed epoch. `pauseAfter`: the epoch after which training pauses, if it is not complete.
let private train
    (workspace: Workspace)
    (right: FolderLock)
    (folder: string)
    (specification: Specification)
    (pauseAfter: int option)
    (progress: EpochReport -> unit)
    (stop: CancellationToken)
    : TrialEnd =
    let source = workspace.Source specification
    let manifest = source.Manifest
    let description = TrialNetwork.description workspace specification

    torch.random.manual_seed (int64 (RandomSource.SeedFor(int64 specification.Seed, "weights")))
    |> ignore

    use network = new SedNetwork(description)

    match specification.Network.StartFrom with
    | Some weights ->
        let found = weights.Load(network, manifest.Classes)
        workspace.SayOnce found.Summary
        AtomicFile.WriteIfChanged(Path.Combine(folder, "starting-weights.txt"), found.ToText())
    | None -> ()

    network.``to`` workspace.Device |> ignore

    use clips = TrialNetwork.trainingClips workspace specification
    use selection = TrialNetwork.clips workspace specification specification.SelectOn

    // Decoding is chosen after training, so early stopping uses the default decoding for all rows.
    let evaluator =
        Evaluator(selection, source.Features.HopSeconds, Detection.options Detection.defaults)

    let trainer =
        Trainer(
            specification.Training.Options.WithThreads(workspace.Threads).WithSeed(int64 specification.Seed),
            workspace.Device
        )

    let progress report =
        Torch.KernelThreads <- workspace.KernelThreads()
        progress report

    let targets =
        TrainingTargets.Of(
            specification.Training.Options.Labels,
            clips,
            source.Features.HopSeconds,
            pseudoLabels workspace specification
        )

    let history =
        trainer.Train(
            network,
            clips,
            evaluator,
            progress,
            stop,
            TrainingFolder(folder, CanonicalKey.Text source.Features, manifest.Hash, Right = right),
            targets,
            Option.toNullable pauseAfter
        )

    if trainer.IsComplete history then
        let last = history[history.Count - 1]
        let scored = TrialNetwork.ask workspace specification network specification.ScoreOn
        let result: TrialResult = {
            resultOf workspace right folder specification scored with
                Epochs = last.Epoch
                BestEpoch = last.BestEpoch
                Parameters = network.ParameterCount
                MultiplyAccumulates = description.MultiplyAccumulates
                History = historyOf history
        }
        Completed result
    else
        right.ThrowIfLost()
        Suspended {
            Key = CanonicalKey.Text(Specification.key specification)
            Parameters = network.ParameterCount
            MultiplyAccumulates = description.MultiplyAccumulates
            History = historyOf history
        }

/// Scores an ensemble, whose probabilities are the mean of its members' probabilities. All members must be finished.
/// The history of the result has one epoch, with the ensemble's scores on the split that early stopping monitors and
/// the mean loss of the members' best epochs.
let private average
    (workspace: Workspace)
    (right: FolderLock)
    (folder: string)
    (specification: Specification)
    : TrialResult =
    let members = [
        for one in specification.Members do
            match TrialFolder.state (workspace.TrialFolder one) with
            | Finished result -> result
            | Failed _
            | Stopped _
            | Open -> invalidOp $"{workspace.TrialFolder one} has no result yet."
    ]
    let ask split =
        StoredScores.ask workspace specification split
    let scored = ask specification.ScoreOn
    let watched =
        if specification.SelectOn = specification.ScoreOn then
            scored
        else
            ask specification.SelectOn
    let selection = watched.Once()
    let monitor = specification.Training.Options.Monitor
    let scores =
        Map [
            for metric in Seq.append [ WeakF; StrongF; StrongER ] monitor.Metrics |> Seq.distinct do
                metric.Key, metric.Of selection
        ]
    {
        resultOf workspace right folder specification scored with
            Epochs = 1
            BestEpoch = 1
            Parameters = List.sumBy _.Parameters members
            MultiplyAccumulates = List.sumBy _.MultiplyAccumulates members
            History = [
                {
                    Epoch = 1
                    Loss =
                        members
                        |> List.averageBy (fun result -> result.History[result.BestEpoch - 1].Loss)
                    Monitor = monitor.Of(fun metric -> scores[metric.Key])
                    Scores = scores |> Map.filter (fun _ score -> not (System.Double.IsNaN score))
                }
            ]
    }

/// Runs a trial whose dependencies are finished: trains its network, up to the epoch `pauseAfter` if it is given, or scores
/// its ensemble.
let run workspace right folder (specification: Specification) pauseAfter progress stop =
    if specification.Members.IsEmpty then
        train workspace right folder specification pauseAfter progress stop
    else
        Completed(average workspace right folder specification)
