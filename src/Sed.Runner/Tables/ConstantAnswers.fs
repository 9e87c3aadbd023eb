/// What answers are worth that are the same for every clip: nothing, the most frequent classes, everything. A network that
/// diverged gives such an answer, and by some metric it may lead a table of weak networks: saying nothing has an error
/// rate of 1. What is no better has not shown that it listens.
module internal Sed.Runner.ConstantAnswers

open System
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Scoring

/// The best score of any constant answer, by the names of the metrics that tell such answers from a perfect one; recall is
/// none of them, since everything that is there is found by who says everything.
type Bounds = Map<string, float>

// More classes than so many are said all together; the best answers are near one end or the other.
let private mostSaid = 20

/// Whether a score is better than another, whichever way the metric runs.
let isBetter (metric: Metric) score than =
    if metric.LowerIsBetter then score < than else score > than

/// The classes, those of most training clips first.
let private byFrequency (manifest: Manifest) =
    let clips =
        manifest.IndicesOf Core.Corpora.Split.Training
        |> Seq.collect (fun index -> manifest.Clips[index].WeakLabels)
        |> Seq.countBy id
        |> dict
    let count label =
        match clips.TryGetValue label with
        | true, count -> count
        | _ -> 0
    Seq.toList manifest.Classes |> List.sortBy (fun label -> -(count label))

/// The clips of an answer that says the same classes of all of them, from their beginning to their end.
let private saying (classes: ClassList) (truth: ClipTruth) seconds (said: string list) =
    let answer = [| for label in classes -> if List.contains label said then 1.0f else 0.0f |]
    let all = Array.init truth.Names.Count (fun _ -> answer) |> Array.concat
    ScoredClips(truth, ClipScores(truth.Names, 1, seconds, all, all), Detection.options Detection.defaults)

/// The metrics by which a constant answer may look like something: those that are asked for, and those of decisions.
let private judged (metrics: Metric list) =
    Metric.All
    |> Seq.filter (fun metric -> metric.IsOfDecisions || List.contains metric metrics)
    |> Seq.toList

/// What constant answers are worth on clips of a corpus, by some metrics beside those of decisions.
let bounds (metrics: Metric list) (manifest: Manifest) (split: Core.Corpora.Split) : Bounds =
    let truth = ClipTruth.Of(manifest, manifest.IndicesOf split)
    let classes = byFrequency manifest
    let constant = [
        for said in List.distinct [ yield! [ 0 .. min mostSaid classes.Length ]; classes.Length ] do
            (saying manifest.Classes truth manifest.ClipSeconds (List.truncate said classes)).Once()
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

/// Whether a trial has shown that it listens: by one metric at least it is better than every constant answer.
let hasLearnt (bounds: Bounds) (scored: ScoredClips) =
    let once = scored.Once()
    judged []
    |> List.exists (fun metric ->
        match Map.tryFind metric.Name bounds with
        | Some bound -> isBetter metric (metric.Of once) bound
        | None -> false)
