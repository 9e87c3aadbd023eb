/// What a finished trial's network says of the clips that it is scored on: kept in the trial's folder, split by split, so that
/// thresholds, smoothing and metrics are chosen afterwards and nothing is trained again.
module internal Sed.Runner.Kept

open System
open System.IO
open Sed
open Sed.Core.Corpora
open Sed.Core.Scoring

let private fileOf folder (split: Split) =
    Path.Combine(folder, $"scores-{(string split).ToLowerInvariant()}.npz")

/// The metrics of decisions, by which kept scores are known again.
let private decided (scored: ScoredClips) =
    let once = scored.Once()
    Map [
        for metric in Metric.All do
            let score = metric.Of once
            if metric.IsOfDecisions && not (Double.IsNaN score) then
                metric.Name, score
    ]

let private damaged file (cause: string) =
    InvalidDataException $"{file} is damaged ({cause}). Remove its folder to train the trial again."

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
    try
        ClipScores.Read file
    with
    | :? FileNotFoundException -> raise (damaged file "it is gone")
    | :? InvalidDataException as broken -> raise (damaged file (broken.Message.Replace(file, "").Trim(':', ' ', '.')))

/// The clips of the split that a specification is scored on, decided on as it says. Kept scores are read back; they have to be
/// those that the result tells of. A split that was not asked about before is asked about now.
let scored (workspace: Workspace) (specification: Specification) (result: TrialResult) : ScoredClips =
    let folder = workspace.TrialFolder specification
    let split = Translate.split specification.ScoreOn
    let manifest = workspace.Manifest specification
    let decide scores file =
        let truth = truth manifest file scores
        let usual = ScoredClips(truth, scores, Detection.options Detection.defaults)
        match Map.tryFind (string split) result.Scores with
        | Some known when known <> decided usual ->
            let differs =
                known
                |> Map.tryFindKey (fun name value -> Map.tryFind name (decided usual) <> Some value)
                |> Option.defaultValue "value"
            raise (damaged folder $"what it detected has another {differs} than its result")
        | _ -> ScoredClips(truth, scores, Detection.options specification.Detection)
    let file = fileOf folder split
    if File.Exists file || result.Scores.ContainsKey(string split) then
        decide (read file) file
    else
        use network = TrialNetwork.load workspace specification
        let said = TrialNetwork.ask workspace specification network split
        (try
            said.Scores.Write file
         with
         | :? IOException
         | :? UnauthorizedAccessException -> ()) // storage that cannot be written is asked again the next time
        decide said.Scores file
