/// Problems of a plan that are known only after its corpora have been read, before anything is trained.
module internal Sed.Runner.CorpusProblems

open System
open Sed
open Sed.Core.Corpora
open Sed.Core.Networks.Weights
open Sed.Core.Training
open Sed.Core.Training.Targets

/// Problems of the weights that the network starts from (`startFrom`), if they do not fit the network. The network is
/// built for the corpus's classes and clip length. Prints a summary of the weights that will be loaded.
let private unloadable (workspace: Workspace) (plan: Plan) (specification: Specification) : Problem list =
    match specification.Network.StartFrom with
    | None -> []
    | Some weights -> [
        let manifest = workspace.Whole specification
        let features = Features.at manifest.SampleRate specification.Features
        let frames =
            features.FramesOf(int (round (manifest.ClipSeconds * float features.SampleRate)))
        let network =
            Network.describe
                features.HopSeconds
                frames
                features.Bands
                (Features.inputParts features)
                manifest.Classes.Count
                specification.Network
        if network.Problems().Count = 0 then
            let sayMatch (found: WeightMatch) = workspace.SayOnce found.Summary
            for problem in weights.Problems(network, manifest.Classes, sayMatch) do
                problem.Within $"{plan.Experiment.Name}, network"
      ]

/// Problems of settings that cannot be used with training recordings longer than a clip.
let private untrainable (workspace: Workspace) (plan: Plan) (specification: Specification) : Problem list = [
    let manifest = workspace.Manifest specification
    let options = specification.Training.Options
    let lengths = [
        for clip in manifest.IndicesOf Split.Training -> manifest.Clips[clip].DurationSeconds
    ]
    if manifest.HopSeconds.HasValue && not lengths.IsEmpty then
        let longest = List.max lengths
        let remedy =
            FormattableString.Invariant
                $"use clips as long as the longest recording, for example `clip {ceil (longest * 10.0) / 10.0:F1}<s>`"
        if longest > manifest.ClipSeconds && (options.Labels :? Labels.WeakOnly) then
            match options.Augmentations |> Seq.tryFind _.CombinesClips with
            | Some combining ->
                Problem.at
                    plan.Experiment.Name
                    $"{combining.Summary} is not possible with weakly labelled recordings that are longer than a clip, such as those of {manifest.Corpus}"
                    remedy
            | None -> ()
        let isMixedWithWeak =
            match options.Labels with
            | :? Labels.Mixed as mixed when mixed.IsAnnotated ->
                manifest.IndicesOf Split.Training
                |> Array.exists (fun index ->
                    let clip = manifest.Clips[index]
                    isNull clip.KnownEvents && clip.DurationSeconds > manifest.ClipSeconds)
            // Subsets are drawn from all recordings.
            | :? Labels.Mixed as mixed ->
                longest > manifest.ClipSeconds
                && mixed.Shares |> Seq.exists (fun share -> share.Kind :? Labels.WeakOnly)
            | _ -> false
        if isMixedWithWeak then
            Problem.at
                plan.Experiment.Name
                $"mixed labels are not possible with weakly labelled recordings that are longer than a clip, such as some of {manifest.Corpus}"
                remedy
        // Pseudo-labels are stored for whole recordings, but training uses windows, which have other names.
        if specification.Teaching.IsSome && longest > manifest.ClipSeconds then
            Problem.at
                plan.Experiment.Name
                (FormattableString.Invariant
                    $"pseudo-labels need clips as long as the longest training recording, but the longest one of {manifest.Corpus} lasts {longest:G4} s and the clip length is {manifest.ClipSeconds:G4} s")
                remedy
]

/// Problems of the features at the corpus's sampling rate, and of saliency maps for classes that the corpus does not
/// have.
let private unfitting (workspace: Workspace) (plan: Plan) : Problem list = [
    for trial in plan.Trials do
        let manifest = workspace.Whole trial.Specification
        yield!
            (Features.at manifest.SampleRate trial.Specification.Features).ProblemsInPlans()
            |> Seq.map (Problem.within $"{plan.Experiment.Name}, features of {manifest.Corpus}")
        for showing in plan.Experiment.Showing do
            match showing with
            // With a corpus other than the script's, figures of classes that the corpus does not have are left out.
            | Saliency label when
                plan.Experiment.Data = Some trial.Specification.Corpus
                && not (Seq.contains label manifest.Classes)
                ->
                let classes = String.concat "; " manifest.Classes
                Problem.at
                    plan.Experiment.Name
                    $"there is no class '{label}' for a saliency map"
                    $"{manifest.Corpus} has {classes}"
            | _ -> ()
]

/// Problems of the splits, labels, weights and features of the plan's trials.
let ofPlan (workspace: Workspace) (plan: Plan) : Problem list =
    [
        for trial in plan.Trials do
            let specification = trial.Specification
            let manifest = workspace.Manifest specification
            for purpose, split in
                [
                    "for training", Split.Training
                    "for early stopping", specification.SelectOn
                    "for scoring", specification.ScoreOn
                ] do
                if Array.isEmpty (manifest.IndicesOf split) then
                    Problem.at
                        plan.Experiment.Name
                        $"{manifest.Corpus} has no {split.ToString().ToLowerInvariant()} clips {purpose}"
                        "add such clips with their labels, or choose other splits with `selectOn` and `scoreOn`"
            if
                Plan.isScoredOnFold plan specification
                && (workspace.Whole specification).IndicesOf(Split.Validation).Length > 0
            then
                Problem.at
                    plan.Experiment.Name
                    $"{manifest.Corpus} has validation clips of its own, which would be scored with every fold"
                    "make them training clips, or choose the scored split with `scoreOn`"
            let selection = manifest.IndicesOf specification.SelectOn
            let monitor = specification.Training.Options.Monitor
            if
                selection.Length > 0
                && isNull (manifest.EventsOf selection)
                && monitor.Metrics |> Seq.exists _.NeedsEvents
            then
                Problem.at
                    plan.Experiment.Name
                    $"the early-stopping monitor, {monitor}, needs strong labels, but some early-stopping clips of {manifest.Corpus} have none"
                    "monitor clip-level metrics, for example `monitor WeakF`, or set `selectOn` to a split with strong labels"
            if specification.Members.IsEmpty then
                yield!
                    TrainingTargets.Problems(specification.Training.Options.Labels, manifest)
                    |> Seq.map (Problem.within plan.Experiment.Name)
                yield! untrainable workspace plan specification
                yield! unloadable workspace plan specification
        yield! unfitting workspace plan
    ]
    |> List.distinct
