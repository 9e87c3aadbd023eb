/// Scores of constant predictions, which are the same for every clip: empty, the most frequent classes, or all classes.
/// A network that diverged outputs a constant prediction. Some metrics reward it: the empty prediction has an error
/// rate of 1, which is better than the error rate of a weak network. A trial that is no better than a constant
/// prediction has learnt nothing.
module internal Sed.Runner.ConstantPredictions

open System
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Scoring

/// The best score of any constant prediction, by the name of the metric. Undefined metrics are missing. Metrics for
/// which a constant prediction reaches the perfect score are missing, too: an example is recall, which is 1 if all
/// classes are predicted.
type Bounds = Map<string, float>

// Predictions of the most frequent classes are tried up to this number of classes. The best predictions have few classes or
// all of them.
let private mostClasses = 20

/// Whether a score is better than another, for metrics of either direction.
let isBetter (metric: Metric) score than =
    if metric.LowerIsBetter then score < than else score > than

/// The classes in descending order of their numbers of training clips.
let private byFrequency (manifest: Manifest) =
    let clips =
        manifest.IndicesOf Split.Training
        |> Seq.collect (fun index -> manifest.Clips[index].WeakLabels)
        |> Seq.countBy id
        |> dict
    let count label =
        match clips.TryGetValue label with
        | true, count -> count
        | _ -> 0
    Seq.toList manifest.Classes |> List.sortBy (fun label -> -(count label))

/// The duration (s) of the frames of constant predictions for recordings of different lengths.
let private frameSeconds = 0.1

/// The scored clips for the prediction that the classes `predicted` are present during the whole of every clip.
/// `seconds`: the lengths of the clips.
let private predictionOf (classes: ClassList) (truth: ClipTruth) (seconds: float array) (predicted: string list) =
    let prediction = [|
        for label in classes -> if List.contains label predicted then 1.0f else 0.0f
    |]
    let repeated count =
        Array.init count (fun _ -> prediction) |> Array.concat
    let hop, lengths =
        if Array.forall ((=) seconds[0]) seconds then
            seconds[0], Array.create seconds.Length 1
        else
            frameSeconds, [| for length in seconds -> max 1 (int (Math.Round(length / frameSeconds))) |]
    let scores =
        ClipScores.OfLengths(truth.Names, lengths, hop, repeated (Array.sum lengths), repeated truth.Names.Count)
    ScoredClips(truth, scores, Detection.options Detection.defaults)

/// The metrics to compare with constant predictions: `metrics` and the decision metrics (of decoded events and tags).
let private judged (metrics: Metric list) =
    Metric.All
    |> Seq.filter (fun metric -> metric.IsOfDecisions || List.contains metric metrics)
    |> Seq.toList

/// The lengths (s) of scored clips.
let private lengths (manifest: Manifest) (scored: ScoredClips) =
    if manifest.HopSeconds.HasValue then
        let known = dict [ for clip in manifest.Clips -> clip.Name, clip.DurationSeconds ]
        [| for name in scored.Names -> known[name] |]
    else
        Array.create scored.Names.Count manifest.ClipSeconds

/// The same scored clips for the prediction that all classes are present, all the time.
let allClasses (manifest: Manifest) (scored: ScoredClips) =
    predictionOf manifest.Classes scored.Truth (lengths manifest scored) (List.ofSeq manifest.Classes)

/// The best scores of constant predictions on scored clips of a corpus, by the decision metrics and by `metrics`.
let bounds (metrics: Metric list) (manifest: Manifest) (scored: ScoredClips) : Bounds =
    let truth = scored.Truth
    let seconds = lengths manifest scored
    let classes = byFrequency manifest
    let constant = [
        for count in List.distinct [ yield! [ 0 .. min mostClasses classes.Length ]; classes.Length ] do
            (predictionOf manifest.Classes truth seconds (List.truncate count classes)).Once()
    ]
    Map [
        for metric in judged metrics do
            let best =
                [ for clips in constant -> metric.Of clips ]
                |> List.reduce (fun best score -> if isBetter metric score best then score else best)
            let perfect = if metric.LowerIsBetter then 0.0 else 1.0
            if not (Double.IsNaN best) && isBetter metric perfect best then
                metric.Name, best
    ]

/// Whether a trial is better than every constant prediction in at least one decision metric.
let hasLearnt (bounds: Bounds) (scored: ScoredClips) =
    let once = scored.Once()
    judged []
    |> List.exists (fun metric ->
        match Map.tryFind metric.Name bounds with
        | Some bound -> isBetter metric (metric.Of once) bound
        | None -> false)
