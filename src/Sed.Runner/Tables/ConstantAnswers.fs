/// What answers are worth that are the same for every clip: nothing, the most frequent classes, everything. A network that
/// diverged gives such an answer, and by some metric it may lead a table of weak networks: saying nothing has an error
/// rate of 1. What is no better has not shown that it listens.
module internal Sed.Runner.ConstantAnswers

open System
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Metrics
open Sed.Core.Training

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

/// The scores of an answer on clips, given its classes for each.
let private scored (manifest: Manifest) (clips: int array) (events: EventList | null) (tags: int -> string seq) whole =
    let tagged (labels: int -> string seq) =
        TagList.Of [
            for index in clips -> struct (manifest.Clips[index].Name, Seq.toArray (labels index) :> _)
        ]
    let truth = tagged (fun index -> manifest.Clips[index].WeakLabels)
    let segments =
        match events with
        | null -> null
        | known ->
            let said =
                if whole then
                    EventList.Of [
                        for index in clips do
                            let clip = manifest.Clips[index]
                            let length = min clip.DurationSeconds manifest.ClipSeconds
                            let own = [| for label in tags index -> SoundEvent(0.0, length, label) |]
                            struct (clip.Name, own :> _)
                    ]
                else
                    known
            SegmentBased.Count(EventPairs.Of(manifest.Classes, known, said))
    Scores(Tagging.Count(manifest.Classes, truth, tagged tags), segments)

/// What constant answers are worth on clips of a corpus.
let bounds (manifest: Manifest) (split: Core.Corpora.Split) : Bounds =
    let clips = manifest.IndicesOf split
    let events = manifest.EventsOf clips
    let classes = byFrequency manifest
    let perfect =
        scored manifest clips events (fun index -> manifest.Clips[index].WeakLabels) false
    let constant = [
        for said in List.distinct [ yield! [ 0 .. min mostSaid classes.Length ]; classes.Length ] do
            scored manifest clips events (fun _ -> List.truncate said classes) true
    ]
    Map [
        for metric in Metric.all do
            let best =
                [ for scores in constant -> Translate.score scores metric ]
                |> List.reduce (fun best score -> if isBetter metric score best then score else best)
            if not (Double.IsNaN best) && isBetter metric (Translate.score perfect metric) best then
                metric.Name, best
    ]

/// Whether a trial has shown that it listens: by one metric at least it is better than every constant answer.
let hasLearnt (bounds: Bounds) (result: TrialResult) =
    Metric.all
    |> List.exists (fun metric ->
        match Map.tryFind metric.Name bounds, Map.tryFind metric.Name result.Scores with
        | Some bound, Some score -> isBetter metric score bound
        | _ -> false)
