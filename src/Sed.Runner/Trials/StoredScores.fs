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

/// Decision metrics at the default decoding. They are stored with the probabilities and identify them when they are
/// read.
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

/// The reference labels of the scored clips.
let private truth (manifest: Manifest) file (scores: ClipScores) =
    let known =
        dict [ for index, clip in Seq.indexed manifest.Clips -> clip.Name, index ]
    for name in scores.Names do
        if not (known.ContainsKey name) then
            raise (damaged file $"the clip {name} is not in the corpus")
    if scores.Classes <> manifest.Classes.Count then
        raise (damaged file $"it has {scores.Classes} classes, but the corpus has {manifest.Classes.Count}")
    ClipTruth.Of(manifest, [| for name in scores.Names -> known[name] |])

let private read (file: string) =
    if Directory.Exists file then
        raise (damaged file "it is a folder")
    try
        ClipScores.Read file
    with
    | :? FileNotFoundException -> raise (damaged file "it is missing")
    | :? InvalidDataException as broken -> raise (damaged file (broken.Message.Replace(file, "").Trim(':', ' ', '.')))

/// Computes the probabilities of a split with a trial's network (for an ensemble: their mean over its members), with
/// the paper's decoding.
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
        match known with
        | Some known when known <> decided usual ->
            let differs =
                known
                |> Map.tryFindKey (fun name value -> Map.tryFind name (decided usual) <> Some value)
                |> Option.defaultValue "value"
            raise (damaged folder $"the {differs} of its stored probabilities does not match its result")
        | _ -> usual
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
    | Open -> invalidOp $"{workspace.TrialFolder specification} has no result yet."

/// The split on which decoding is tuned: the held-out training clips or, if there are none, the clips that early
/// stopping monitors.
let tunedOn (specification: Specification) : Split =
    if specification.Holdout <> Nothing then
        Split.Validation
    else
        specification.SelectOn

let private saidOf workspace specification (result: TrialResult) split =
    saidAs result workspace specification split

let private decidedBy (specification: Specification) (saidOf: Split -> ScoredClips) =
    let options = Detection.options specification.Detection
    match specification.Detection.Tuned with
    | None -> options
    | Some tuning ->
        let said = saidOf (tunedOn specification)
        let choices: IReadOnlyList<DecodingStep> array = [|
            for steps in Detection.choices specification.Detection tuning -> List.toArray steps
        |]
        DetectionTuner.Tune(said.Truth, said.Scores, options, choices, Detection.objective tuning)

/// The decoding of a trial: the decoding of its specification, with the values that are tuned for each class.
let detection (workspace: Workspace) (specification: Specification) (result: TrialResult) : DetectionOptions =
    decidedBy specification (saidOf workspace specification result)

/// The decoding of the ensemble of a row's trials, tuned on the mean of their probabilities; None if each trial has its
/// own held-out clips.
let detectionOfMean (workspace: Workspace) (trials: Specification list) : DetectionOptions option =
    match trials.Head.Detection.Tuned, List.distinctBy _.Holdout trials with
    | None, _
    | _, [ _ ] ->
        let mean = { trials.Head with Members = trials }
        Some(decidedBy mean (ask workspace mean))
    | _ -> None

/// The scored clips of a specification, with its decoding.
let scored (workspace: Workspace) (specification: Specification) (result: TrialResult) : ScoredClips =
    let said = saidOf workspace specification result specification.ScoreOn
    ScoredClips(said.Truth, said.Scores, detection workspace specification result)
