/// What a finished trial's network says of the clips of a split: kept in the trial's folder, split by split, so that
/// thresholds, smoothing and metrics are chosen afterwards and nothing is trained again, and so that other trials can learn
/// from it.
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

/// The metrics of decisions, by which kept scores are known again.
let private decided (scored: ScoredClips) =
    let once = scored.Once()
    Map [
        for metric in Metric.All do
            let score = metric.Of once
            if metric.IsOfDecisions && not (Double.IsNaN score) then
                metric.Key, score
    ]

let private damaged = TrialFolder.damaged

/// Keeps what was said of a split, and what it is worth by the usual decisions.
let write folder split (scored: ScoredClips) =
    scored.Scores.Write(fileOf folder split)
    decided scored

/// What is true of the clips that were scored.
let private truth (manifest: Manifest) file (scores: ClipScores) =
    let known =
        dict [ for index, clip in Seq.indexed manifest.Clips -> clip.Name, index ]
    for name in scores.Names do
        if not (known.ContainsKey name) then
            raise (damaged file $"the clip {name} is not in the corpus")
    if scores.Classes <> manifest.Classes.Count then
        raise (damaged file $"it has {scores.Classes} classes, the corpus {manifest.Classes.Count}")
    ClipTruth.Of(manifest, [| for name in scores.Names -> known[name] |])

let private read (file: string) =
    if Directory.Exists file then
        raise (damaged file "it is a folder")
    try
        ClipScores.Read file
    with
    | :? FileNotFoundException -> raise (damaged file "it is gone")
    | :? InvalidDataException as broken -> raise (damaged file (broken.Message.Replace(file, "").Trim(':', ' ', '.')))

/// What a trial's network says of a split, or of an average the mean of what its members say, decided on as the paper does.
let rec ask (workspace: Workspace) (specification: Specification) split : ScoredClips =
    match specification.Members with
    | [] ->
        use network = TrialNetwork.load workspace specification
        TrialNetwork.ask workspace specification network split
    | members ->
        let scores =
            ClipScores.Average [| for one in members -> (saidBy workspace one split).Scores |]
        let truth = truth (workspace.Manifest specification) "the average" scores
        ScoredClips(truth, scores, Detection.options Detection.defaults)

/// The same, read back where it is kept and kept where it is not; that of the split which a result tells of has to be what
/// the result says.
and private saidAs (result: TrialResult) (workspace: Workspace) (specification: Specification) split : ScoredClips =
    let folder = workspace.TrialFolder specification
    let file = fileOf folder split
    let known = Map.tryFind (CanonicalKey.Of split) result.Scores
    if result.Key <> CanonicalKey.Text(Specification.key specification) then
        raise (damaged folder "its result is that of another trial")
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
            raise (damaged folder $"what it detected has another {differs} than its result")
        | _ -> usual
    else
        let said = ask workspace specification split
        (try
            said.Scores.Write file
         with
         | :? IOException
         | :? UnauthorizedAccessException -> ()) // storage that cannot be written is asked again the next time
        said

/// What a finished trial says of a split.
and saidBy (workspace: Workspace) (specification: Specification) (split: Split) : ScoredClips =
    match TrialFolder.state (workspace.TrialFolder specification) with
    | Finished result -> saidAs result workspace specification split
    | Failed _
    | Open -> invalidOp $"{workspace.TrialFolder specification} has no result yet."

/// The split that decoding is tuned on: clips that are held out from training, or else those that early stopping watches.
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
        DetectionTuner.Tune(said.Truth, said.Scores, options, choices)

/// How a trial's probabilities become events: as its specification says, with what is tuned for each class.
let detection (workspace: Workspace) (specification: Specification) (result: TrialResult) : DetectionOptions =
    decidedBy specification (saidOf workspace specification result)

/// The same of the mean of several trials of one row, tuned on what that says; None where each has held-out clips of its own.
let detectionOfMean (workspace: Workspace) (trials: Specification list) : DetectionOptions option =
    match trials.Head.Detection.Tuned, List.distinctBy _.Holdout trials with
    | None, _
    | _, [ _ ] ->
        let mean = { trials.Head with Members = trials }
        Some(decidedBy mean (ask workspace mean))
    | _ -> None

/// The clips of the split that a specification is scored on, decided on as it says.
let scored (workspace: Workspace) (specification: Specification) (result: TrialResult) : ScoredClips =
    let said = saidOf workspace specification result specification.ScoreOn
    ScoredClips(said.Truth, said.Scores, detection workspace specification result)
