/// Stored frame probabilities of a trial's network, one file for each split, in the trial's folder. They allow decoding
/// and metrics to be changed without training again, and they are the pseudo-labels of other trials.
module internal Sed.Runner.StoredScores

open System
open System.Collections.Generic
open System.IO
open Sed
open Sed.Core.Corpora
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Runtime.Keys
open Sed.Core.Scoring

let private fileOf folder (split: Split) =
    Path.Combine(folder, $"scores-{CanonicalKey.Of split}.npz")

/// Decision metrics at the default decoding. They are stored in the trial's result. When the probabilities are read, their
/// metrics must equal the stored ones.
let private decided (scored: ScoredClips) =
    let once = scored.Once()
    Map [
        for metric in Metric.All do
            let score = metric.Of once
            if metric.IsOfDecisions && not (Double.IsNaN score) then
                metric.Key, score
    ]

let private damaged = TrialFolder.damaged

/// Writes the probabilities of a split. Returns their metrics at the default decoding.
let write folder split (scored: ScoredClips) =
    scored.Scores.Write(fileOf folder split)
    decided scored

/// The reference labels of the clips in `scores`. These clips are found by name among `clips`, which are indices into
/// the clips of the corpus.
let private truthAmong (manifest: Manifest) (clips: int seq) file (scores: ClipScores) =
    let known = dict [ for index in clips -> manifest.Clips[index].Name, index ]
    for name in scores.Names do
        if not (known.ContainsKey name) then
            raise (damaged file $"the clip {name} is not in the corpus")
    if scores.Classes <> manifest.Classes.Count then
        raise (damaged file $"it has {scores.Classes} classes, but the corpus has {manifest.Classes.Count}")
    ClipTruth.Of(manifest, [| for name in scores.Names -> known[name] |])

/// The reference labels of the clips in `scores`, which are found by name among all clips of the corpus.
let private truth (manifest: Manifest) file (scores: ClipScores) =
    truthAmong manifest (seq { 0 .. manifest.Clips.Count - 1 }) file scores

let private read (file: string) =
    if Directory.Exists file then
        raise (damaged file "it is a folder")
    try
        ClipScores.Read file
    with
    | :? FileNotFoundException -> raise (damaged file "it is missing")
    | :? InvalidDataException as broken -> raise (damaged file (broken.Message.Replace(file, "").Trim(':', ' ', '.')))

/// Computes the probabilities of a split with a trial's network; for an ensemble, the mean of its members' probabilities.
/// The result has the default decoding (threshold 0.5, no smoothing).
let rec ask (workspace: Workspace) (specification: Specification) split : ScoredClips =
    match specification.Members with
    | [] ->
        use network = TrialNetwork.load workspace specification
        TrialNetwork.ask workspace specification network split
    | members ->
        let scores =
            ClipScores.Average [| for one in members -> (saidBy workspace one split).Scores |]
        let truth = truth (workspace.Manifest specification) "the ensemble" scores
        ScoredClips(truth, scores, Detection.options Detection.defaults)

/// The probabilities of a split: read if they are stored, otherwise computed and stored. Stored probabilities must have
/// the metrics that the trial's result gives for the split.
and private saidAs (result: TrialResult) (workspace: Workspace) (specification: Specification) split : ScoredClips =
    let folder = workspace.TrialFolder specification
    let file = fileOf folder split
    let known = Map.tryFind (CanonicalKey.Of split) result.Scores
    if result.Key <> CanonicalKey.Text(Specification.key specification) then
        raise (damaged folder "its result belongs to a different trial")
    if Path.Exists file || Option.isSome known then
        let scores = read file
        let usual =
            ScoredClips(
                truth (workspace.Manifest specification) file scores,
                scores,
                Detection.options Detection.defaults
            )
        // A result of an earlier version lacks metrics that were added later.
        let decided = decided usual
        match
            known
            |> Option.bind (Map.tryFindKey (fun name value -> Map.tryFind name decided <> Some value))
        with
        | Some differs ->
            raise (damaged folder $"its result contains a different {differs} than its stored probabilities give")
        | None -> usual
    else
        let said = ask workspace specification split
        (try
            said.Scores.Write file
         with
         | :? IOException
         | :? UnauthorizedAccessException -> ()) // read-only storage: computed again the next time
        said

/// The probabilities of a finished trial for a split.
and saidBy (workspace: Workspace) (specification: Specification) (split: Split) : ScoredClips =
    match TrialFolder.state (workspace.TrialFolder specification) with
    | Finished result -> saidAs result workspace specification split
    | Failed _
    | Stopped _
    | Open -> invalidOp $"{workspace.TrialFolder specification} has no result yet."

/// The split on which decoding is tuned: the held-out training clips or, if there are none, the clips that early
/// stopping monitors.
let tunedOn (specification: Specification) : Split =
    if specification.Holdout <> Nothing then
        Split.Validation
    else
        specification.SelectOn

/// The specification with the given fold held out, also in its teachers and ensemble members.
let rec private atFold fold (specification: Specification) : Specification = {
    specification with
        Holdout =
            match specification.Holdout with
            | Fold(_, folds) -> Fold(fold, folds)
            | other -> other
        Members = List.map (atFold fold) specification.Members
        Teaching =
            specification.Teaching
            |> Option.map (fun teaching -> {
                teaching with
                    Teacher = atFold fold teaching.Teacher
            })
}

/// The specifications that differ only in the held-out fold, one for each other fold. Empty if no fold is held out.
let private atOtherFolds (specification: Specification) =
    match specification.Holdout with
    | Fold(own, folds) -> [
        for fold in 1..folds do
            if fold <> own then
                atFold fold specification
      ]
    | Nothing
    | Share _ -> []

/// The held-out clips of several folds with their labels and probabilities.
let private joined (workspace: Workspace) (folds: (Specification * ScoredClips) list) =
    let whole = workspace.Whole(fst folds.Head)
    let scores = ClipScores.Concatenate [| for _, said in folds -> said.Scores |]
    truthAmong whole (whole.IndicesOf Split.Training) "the folds" scores, scores

/// The decoding of a specification. Its calibration, if any, is fitted on the clips that `clips` returns; then its
/// parameters are tuned on the calibrated probabilities of the same clips.
let private tune (specification: Specification) (clips: unit -> ClipTruth * ClipScores) =
    let detection = specification.Detection
    let options = Detection.options detection
    if not (Detection.isFitted detection) then
        options
    else
        let truth, scores = clips ()
        match detection.Calibrated with
        | Some calibrating -> options.Calibrated(CalibrationFitter.Fit(truth, scores, Detection.method calibrating))
        | None -> options
        |> fun options ->
            match detection.Tuned with
            | None -> options
            | Some tuning ->
                let choices: IReadOnlyList<DecodingStep> array = [|
                    for steps in Detection.choices detection tuning -> List.toArray steps
                |]
                DetectionTuner.Tune(
                    truth,
                    scores,
                    options,
                    choices,
                    Detection.objective tuning,
                    Detection.gates detection tuning
                )

/// The clips that decoding is tuned on, with the probabilities for them. `saidOf` gives the probabilities of a
/// specification for a split. If the plan has folds and their held-out clips are scored, the decoding of a fold is tuned
/// on the held-out clips of the other folds; folds without a result are left out.
let private tuningClips workspace plan specification isFinished (saidOf: Specification -> Split -> ScoredClips) () =
    let others =
        if Plan.isScoredOnFold plan specification then
            List.filter isFinished (atOtherFolds specification)
        else
            []
    match others with
    | [] ->
        let said = saidOf specification (tunedOn specification)
        said.Truth, said.Scores
    | folds -> joined workspace [ for fold in folds -> fold, saidOf fold Split.Validation ]

/// Whether all training runs of a specification are finished.
let private isFinished (workspace: Workspace) (specification: Specification) =
    let trials =
        match specification.Members with
        | [] -> [ specification ]
        | members -> members
    trials
    |> List.forall (fun trial -> (TrialFolder.state (workspace.TrialFolder trial)).IsFinished)

/// The decoding of a trial: the decoding of its specification, with the fitted calibration and the tuned values.
let detection
    (workspace: Workspace)
    (plan: Plan)
    (specification: Specification)
    (result: TrialResult)
    : DetectionOptions =
    let saidOf (other: Specification) split =
        if other = specification then
            saidAs result workspace other split
        else
            saidBy workspace other split
    tune specification (tuningClips workspace plan specification (isFinished workspace) saidOf)

/// The mean of trials with different seeds, as the specification of an ensemble.
let private meanOf (trials: Specification list) = { trials.Head with Members = trials }

/// The decoding of the ensemble of a row's trials, tuned on the mean of their probabilities. If the held-out clips of the
/// folds are scored, it is tuned on the held-out clips of all folds. None if trials have different held-out clips that are
/// not scored.
let detectionOfMean (workspace: Workspace) (plan: Plan) (trials: Specification list) : DetectionOptions option =
    match Detection.isFitted trials.Head.Detection, List.groupBy _.Holdout trials with
    | false, _
    | _, [ _ ] ->
        let mean = meanOf trials
        Some(tune mean (tuningClips workspace plan mean (isFinished workspace) (ask workspace)))
    | _, perFold when perFold |> List.forall (snd >> List.forall (Plan.isScoredOnFold plan)) ->
        let folds () = [
            for _, trials in perFold do
                let mean = meanOf trials
                mean, ask workspace mean Split.Validation
        ]
        Some(tune trials.Head (fun () -> joined workspace (folds ())))
    | _ -> None

/// The mean of the probabilities of trials with the same scored clips, with the decoding of `detectionOfMean`. If this
/// is None, the decoding is tuned for the trials that have the same held-out clips as the first trial.
let scoredOfMean (workspace: Workspace) (plan: Plan) (trials: Specification list) : ScoredClips =
    let mean = meanOf trials
    let said = ask workspace mean mean.ScoreOn
    let decoding =
        detectionOfMean workspace plan trials
        |> Option.orElseWith (fun () ->
            trials
            |> List.filter (fun other -> other.Holdout = mean.Holdout)
            |> detectionOfMean workspace plan)
    ScoredClips(said.Truth, said.Scores, Option.get decoding)

/// The scored clips of a specification, with its decoding.
let scored (workspace: Workspace) (plan: Plan) (specification: Specification) (result: TrialResult) : ScoredClips =
    let said = saidAs result workspace specification specification.ScoreOn
    ScoredClips(said.Truth, said.Scores, detection workspace plan specification result)

/// The held-out clips of folds as one set: every clip with the probabilities and the decoding of its fold.
let pooled (workspace: Workspace) (folds: (Specification * ScoredClips) list) : ScoredClips =
    let truth, _ = joined workspace folds
    ScoredClips.Pool(truth, [| for _, scored in folds -> scored |])
