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
    let contents = Dictionary<struct (string * Holdout), string>()
    let stores = Dictionary<string, IFeatureReader>()
    let sources = Dictionary<struct (string * Holdout), Source>()
    let said = HashSet<string>()

    /// The cached value of `key`, which `make` computes on first use.
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
            Soundscapes.Synthesised(within "corpora", options, progress "Mixing soundscapes", stop)
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

    /// Prints how many clips are left out of training and scoring, and the reason for the first of these clips.
    let sayBroken (manifest: Manifest) (store: IFeatureReader) =
        match List.ofSeq store.Broken with
        | [] -> ()
        | first :: others ->
            let verb = if others.IsEmpty then "is" else "are"
            say (
                OneLine.Of
                    $"{others.Length + 1} of {manifest.Clips.Count} clips {verb} left out of training and scoring, because the audio could not be read. {first.Name}: {first.Reason}"
            )

    /// The number of trials that are trained at the same time.
    member val Jobs = 1 with get, set

    /// Number of threads of each training run; 0 for one per processor.
    member val Threads = 0 with get, set

    /// Returns the number of threads that the CPU compute kernels use in the next epoch. It is called after every
    /// epoch.
    member val KernelThreads = (fun () -> Sed.Core.Runtime.Torch.KernelThreads) with get, set

    member _.Folder = folder
    member _.Device = device

    member _.Tables = within "tables"

    /// The corpus of a trial before training clips are held out. It is synthesised or read once.
    member _.Whole(specification: Specification) =
        once manifests (specification.Corpus, specification.Clips) (fun () ->
            make specification.Corpus specification.Clips)

    /// The corpus of a trial; held-out training clips form the validation split.
    member workspace.Manifest(specification: Specification) =
        let whole = workspace.Whole specification
        once held (struct (whole.Hash, specification.Holdout)) (fun () -> holdOut specification.Holdout whole)

    /// Prints a line, unless it has been printed before.
    member _.SayOnce(line: string) =
        if said.Add line then
            say line

    /// The hash that identifies the clips of a trial together with its holdout. It is the hash of the whole corpus. If
    /// unlabelled clips leave training because their source is held out, it is the hash of the corpus after the
    /// holdout. A suffix follows if the hop is not a whole number of samples, because earlier versions, which computed
    /// times with the nominal hop, stored different results under the hash alone.
    member workspace.Content(specification: Specification) =
        let whole = workspace.Whole specification
        let clips =
            once contents (struct (whole.Hash, specification.Holdout)) (fun () ->
                let own = workspace.Manifest specification
                let leaves (before: Clip) (after: Clip) =
                    before.Split <> after.Split && not before.IsTagged
                if Seq.exists2 leaves whole.Clips own.Clips then
                    own.Hash
                else
                    whole.Hash)
        let rec hasRoundedHop (trained: Specification) =
            (Features.at (workspace.Whole trained).SampleRate trained.Features).HasRoundedHop
            || List.exists hasRoundedHop (Specification.needs trained)
        if hasRoundedHop specification then
            clips + " whole-sample hop"
        else
            clips

    /// The folder of a trial.
    member workspace.TrialFolder(specification: Specification) =
        Path.Combine(folder, "trials", Specification.hash (workspace.Content specification) specification)

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
                    let opened =
                        CombinedStore.Open(whole, features, within "features", device, extraction, stop)
                    sayBroken whole opened
                    opened)
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
