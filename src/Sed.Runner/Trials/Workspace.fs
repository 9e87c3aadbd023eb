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
open Sed.Core.Runtime
open Sed.Core.Runtime.Keys
open Sed.Core.Training
open TorchSharp

/// A corpus, read, with the features that an experiment wants of it.
type internal Source = {
    Manifest: Manifest
    Features: FeatureSource
    Store: FeatureStore
    Statistics: BandStatistics
}

/// The format of a run folder: results of one format are found under the same keys.
module internal RunFolder =
    let private format = "2"

    /// Marks a new run folder with its format, and refuses one of another format. Nothing in it is changed or deleted.
    let openFor (folder: string) =
        let file = Path.Combine(folder, "format")
        let refuse found =
            raise (
                InvalidDataException
                    $"{folder} was written by another version of SedDsl (run folder format {found}; this version uses {format}). Nothing in it was changed; choose another folder with --out."
            )
        if File.Exists file then
            match File.ReadAllText(file).Trim() with
            | found when found <> format -> refuse found
            | _ -> ()
        elif Directory.Exists(Path.Combine(folder, "trials")) then
            refuse "1"
        else
            try
                Directory.CreateDirectory folder |> ignore
                AtomicFile.Write(file, format + "\n")
            with
            | :? IOException
            | :? UnauthorizedAccessException -> () // whatever is written next says why the folder cannot be written

/// Where everything that experiments make is kept: corpora, features, trials and tables, each in a folder.
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
    let stores = Dictionary<string, FeatureStore>()
    let sources = Dictionary<struct (string * Holdout), Source>()

    /// What is known for a key, or else what is made now.
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

    /// A collected corpus, checked before anything is computed from it.
    let checkedCorpus (folder: string) =
        if not (Directory.Exists folder || File.Exists folder) then
            raise (
                CorpusException(
                    folder,
                    "there is no such folder",
                    "name the folder of a corpus, or say smartCars or soundscapes:DIR"
                )
            )
        let checks = within "checks"
        let preflight =
            Preflight.Check(folder, checks, progress "Checking the corpus", stop)
        let csv = Path.Combine(checks, "findings.csv")
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

        match corpus with
        | SmartCars -> Soundscapes.SmartCars(within "corpora", options, progress "Mixing soundscapes", stop)
        | Recordings recordings ->
            Soundscapes.FromFolders(recordings, within "corpora", options, progress "Mixing soundscapes", stop)
        | Collected folder -> checkedCorpus folder

    // The same clips are held out whatever a trial's own seed is, so that rows and seeds differ in nothing else.
    let holdOut holdout (manifest: Manifest) =
        match holdout with
        | Nothing -> manifest
        | Share share -> Stratification.CarveValidation(manifest, share, 1L)
        | Fold(fold, folds) -> Stratification.WithFold(manifest, Stratification.Folds(manifest, folds, 1L)[fold - 1])

    /// Trials that are trained at once.
    member val Jobs = 1 with get, set

    /// Threads that each training takes; 0 for one for each processor.
    member val Threads = 0 with get, set

    /// Threads that kernels may take now, asked after every epoch.
    member val KernelThreads = (fun () -> Sed.Core.Runtime.Torch.KernelThreads) with get, set

    member _.Folder = folder
    member _.Device = device

    member _.Tables = within "tables"

    /// The whole corpus of a trial, made or read once, with nothing held out.
    member _.Whole(specification: Specification) =
        once manifests (specification.Corpus, specification.Clips) (fun () ->
            make specification.Corpus specification.Clips)

    /// The corpus of a trial, in which what is held out is the validation split.
    member workspace.Manifest(specification: Specification) =
        let whole = workspace.Whole specification
        once held (struct (whole.Hash, specification.Holdout)) (fun () -> holdOut specification.Holdout whole)

    /// The splits that a plan's trials need and of which their corpora have no clips.
    member workspace.Lacking(plan: Plan) : Problem list =
        [
            for trial in plan.Trials do
                let specification = trial.Specification
                let manifest = workspace.Manifest specification
                for purpose, split in
                    [
                        "to learn from", Split.Training
                        "to select on", specification.SelectOn
                        "to be scored on", specification.ScoreOn
                    ] do
                    if Array.isEmpty (manifest.IndicesOf split) then
                        Problem.at
                            plan.Experiment.Name
                            $"{manifest.Corpus} has no {split.ToString().ToLowerInvariant()} clips {purpose}"
                            "add their audio and labels, or choose other splits with `selectOn` and `scoreOn`"
                if specification.Members.IsEmpty then
                    yield!
                        TrainingTargets.Problems(specification.Training.Options.Labels, manifest)
                        |> Seq.map (Problem.within plan.Experiment.Name)
            yield! workspace.Unfitting plan
        ]
        |> List.distinct

    /// What a plan asks for that its corpora cannot give: frequencies that they do not have, classes that they do not know.
    member private workspace.Unfitting(plan: Plan) : Problem list = [
        for trial in plan.Trials do
            let manifest = workspace.Whole trial.Specification
            yield!
                (trial.Specification.Features.Source.At manifest.SampleRate).Problems()
                |> Seq.map (Problem.within $"{plan.Experiment.Name}, features of {manifest.Corpus}")
            for showing in plan.Experiment.Showing do
                match showing with
                // Another corpus than the script's own may have other classes; its figure is left out.
                | Saliency label when
                    plan.Experiment.Data = Some trial.Specification.Corpus
                    && not (Seq.contains label manifest.Classes)
                    ->
                    let classes = String.concat "; " manifest.Classes
                    Problem.at
                        plan.Experiment.Name
                        $"there is no class '{label}' whose saliency could be shown"
                        $"{manifest.Corpus} has {classes}"
                | _ -> ()
    ]

    /// The folder of a trial.
    member workspace.TrialFolder(specification: Specification) =
        let hash = Specification.hash (workspace.Whole specification).Hash specification
        Path.Combine(folder, "trials", hash)

    /// The corpus of a trial with its features, computed or read once.
    member workspace.Source(specification: Specification) =
        let whole = workspace.Whole specification
        let features = specification.Features.Source.At whole.SampleRate
        let key = whole.Hash + CanonicalKey.Text specification.Features.Source

        // Clips stay where they are when some are held out, so all holdouts share one store.
        let store =
            once stores key (fun () -> FeatureStore.Open(whole, features, within "features", device, extraction, stop))

        once sources (struct (key, specification.Holdout)) (fun () ->
            let manifest = workspace.Manifest specification

            {
                Manifest = manifest
                Features = features
                Store = store
                Statistics = BandStatistics.Fit(store, manifest.IndicesOf Split.Training)
            })

    interface IDisposable with
        member _.Dispose() =
            for store in stores.Values do
                store.Dispose()
