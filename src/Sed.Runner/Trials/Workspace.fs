namespace Sed.Runner

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Sed
open Sed.Core.Corpora
open Sed.Core.Corpora.Checks
open Sed.Core.Corpora.Synthesis
open Sed.Core.Features
open Sed.Core.Features.Store
open Sed.Core.Networks.Weights
open Sed.Core.Runtime
open Sed.Core.Runtime.Keys
open Sed.Core.Training
open Sed.Core.Training.Targets
open TorchSharp

/// A corpus with the features of an experiment.
type internal Source = {
    Manifest: Manifest
    Features: FeatureSource
    Store: IFeatureReader
    Statistics: BandStatistics
}

/// The run folder with its subfolders: corpora, features, trials and tables.
type internal Workspace
    (
        folder: string,
        device: torch.Device,
        say: string -> unit,
        report: string -> int -> int -> unit,
        stop: CancellationToken
    ) =
    let manifests = Dictionary<Corpus * Clips, Manifest>()
    let held = Dictionary<struct (string * Holdout), Manifest>()
    let stores = Dictionary<string, IFeatureReader>()
    let sources = Dictionary<struct (string * Holdout), Source>()
    let said = HashSet<string>()

    /// The cached value of a key, which is created on first use.
    let once (known: Dictionary<'key, 'value>) key make =
        match known.TryGetValue key with
        | true, value -> value
        | _ ->
            let value = make ()
            known[key] <- value
            value

    let within name = Path.Combine(folder, name)

    let progress what = {
        new IProgress<struct (int * int)> with
            member _.Report(struct (finished, all)) = report what finished all
    }

    let extraction = {
        new IProgress<ExtractionProgress> with
            member _.Report(state) =
                let what =
                    $"Computing features, {state.ClipsPerSecond:F0} clips/s, {ceil state.Left.TotalSeconds:F0} s left"

                report what state.Done state.All
    }

    /// Reads and checks a corpus of recordings.
    let checkedCorpus suffix (folder: string) (options: RecordingOptions) =
        if not (Directory.Exists folder || File.Exists folder) then
            raise (
                CorpusException(
                    folder,
                    "there is no such folder",
                    "name the folder of a corpus, or give smartCars, likeDesed, soundscapes:DIR or likeDesed:DIR"
                )
            )
        let checks = within "checks"
        let preflight =
            Preflight.Check(folder, checks, progress "Checking the corpus", stop, RecordingOptions.toCore options)
        let csv = Path.Combine(checks, $"findings{suffix}.csv")
        Directory.CreateDirectory checks |> ignore
        preflight.WriteCsv csv
        say (preflight.ToText())
        say $"Every finding: {csv}"
        preflight.ToManifest()

    let make (corpus: Corpus) (clips: Clips) =
        let options =
            SoundscapeOptions(
                TrainingClips = clips.Training,
                TestingClips = clips.Testing,
                EvaluationClips = clips.Evaluation
            )
        let synthesised options =
            Soundscapes.SmartCars(within "corpora", options, progress "Mixing soundscapes", stop)
        let mixedFrom folder options =
            Soundscapes.FromFolders(folder, within "corpora", options, progress "Mixing soundscapes", stop)

        match corpus with
        | SmartCars -> synthesised options
        | Recordings recordings -> mixedFrom recordings options
        | LikeDesed None -> synthesised (options.WithKind SoundscapeKind.Desed)
        | LikeDesed(Some recordings) -> mixedFrom recordings (options.WithKind SoundscapeKind.Desed)
        | corpus ->
            let manifest =
                Corpus.parts corpus
                |> List.mapi (fun index part ->
                    match part with
                    | Collected(folder, options) ->
                        checkedCorpus (if index = 0 then "" else $"-{index + 1}") folder options
                    | other -> invalidOp $"{other.Name} cannot be one of several corpora.")
                |> List.toArray
                |> CorpusUnion.Of
            match KnownShares.Describe manifest with
            | "" -> ()
            | known -> say known
            manifest

    // Held-out clips do not depend on the trial's seed, so that rows and seeds are compared on the same split.
    let holdOut holdout (manifest: Manifest) =
        match holdout with
        | Nothing -> manifest
        | Share share -> Stratification.CarveValidation(manifest, share, 1L)
        | Fold(fold, folds) -> Stratification.WithFold(manifest, Stratification.Folds(manifest, folds, 1L)[fold - 1])

    /// The number of trials that are trained at the same time.
    member val Jobs = 1 with get, set

    /// Number of threads of each training run; 0 for one per processor.
    member val Threads = 0 with get, set

    /// The number of kernel threads for the next epoch; called after every epoch.
    member val KernelThreads = (fun () -> Sed.Core.Runtime.Torch.KernelThreads) with get, set

    member _.Folder = folder
    member _.Device = device

    member _.Tables = within "tables"

    /// The whole corpus of a trial without held-out clips. It is synthesised or read once.
    member _.Whole(specification: Specification) =
        once manifests (specification.Corpus, specification.Clips) (fun () ->
            make specification.Corpus specification.Clips)

    /// The corpus of a trial; held-out training clips form the validation split.
    member workspace.Manifest(specification: Specification) =
        let whole = workspace.Whole specification
        once held (struct (whole.Hash, specification.Holdout)) (fun () -> holdOut specification.Holdout whole)

    /// Problems of splits that the plan's trials need and that have no clips.
    member workspace.Lacking(plan: Plan) : Problem list =
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
                            "add their audio and labels, or choose other splits with `selectOn` and `scoreOn`"
                if
                    Specification.isScoredOnFold specification
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
                    yield! workspace.Untrainable(plan, specification)
                    yield! workspace.Unloadable(plan, specification)
            yield! workspace.Unfitting plan
        ]
        |> List.distinct

    /// Problems of weights that do not fit the network for the corpus's classes and clip length. Prints what will be
    /// loaded.
    member private workspace.Unloadable(plan: Plan, specification: Specification) : Problem list =
        match specification.Network.StartFrom with
        | None -> []
        | Some weights -> [
            let manifest = workspace.Whole specification
            let features = Features.at manifest.SampleRate specification.Features
            let frames =
                features.FramesOf(int (round (manifest.ClipSeconds * float manifest.SampleRate)))
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

    /// Settings of a trial that cannot be used with training recordings longer or shorter than a clip.
    member private workspace.Untrainable(plan: Plan, specification: Specification) : Problem list = [
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
            if
                specification.Teaching.IsSome
                && (longest > manifest.ClipSeconds || longest < 0.98 * manifest.ClipSeconds)
            then
                Problem.at
                    plan.Experiment.Name
                    (FormattableString.Invariant
                        $"pseudo-labels need clips as long as the longest training recording, but the longest one of {manifest.Corpus} lasts {longest:G4} s and the clip length is {manifest.ClipSeconds:G4} s")
                    remedy
    ]

    /// Problems of the features at the corpus's sampling rate, and of classes that the corpus does not have.
    member private workspace.Unfitting(plan: Plan) : Problem list = [
        for trial in plan.Trials do
            let manifest = workspace.Whole trial.Specification
            yield!
                (Features.at manifest.SampleRate trial.Specification.Features).ProblemsInPlans()
                |> Seq.map (Problem.within $"{plan.Experiment.Name}, features of {manifest.Corpus}")
            for showing in plan.Experiment.Showing do
                match showing with
                // With a corpus other than the script's, figures of classes that it does not have are left out.
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

    /// Prints a line, unless it has been printed before.
    member _.SayOnce(line: string) =
        if said.Add line then
            say line

    /// The folder of a trial.
    member workspace.TrialFolder(specification: Specification) =
        let hash = Specification.hash (workspace.Whole specification).Hash specification
        Path.Combine(folder, "trials", hash)

    /// The corpus of a trial with its features, which are computed or opened once.
    member workspace.Source(specification: Specification) =
        let whole = workspace.Whole specification
        let features = Features.at whole.SampleRate specification.Features
        let keyOf (source: FeatureSource) =
            whole.ContentHash + CanonicalKey.Text source

        once sources (struct (keyOf features, specification.Holdout)) (fun () ->
            // Stored features are not standardised. Holding clips out does not change their order, so all holdouts
            // share one store.
            let stored = keyOf (features.WithStandardisation Standardisation.TrainingSet)
            let store =
                once stores stored (fun () ->
                    CombinedStore.Open(whole, features, within "features", device, extraction, stop))
            let manifest = workspace.Manifest specification
            {
                Manifest = manifest
                Features = features
                Store = store
                Statistics = BandStatistics.Fit(store, manifest.IndicesOf Split.Training, features.Standardisation)
            })

    interface IDisposable with
        member _.Dispose() =
            for store in stores.Values do
                match store with
                | :? IDisposable as opened -> opened.Dispose()
                | _ -> ()
