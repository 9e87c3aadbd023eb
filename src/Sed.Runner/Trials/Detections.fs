namespace Sed.Runner

open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Metrics.Pairs
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Training

/// What a finished trial detected, counted clip by clip against the reference.
type internal ClipCounts = {
    Clips: string list
    Tags: TaggingCounts array
    /// Empty where nobody knows when events start and end.
    Segments: SegmentCounts array
} with

    /// The scores of all clips, each as often as its weight says.
    member counts.Weighted() : int array -> Scores =
        let tags = WeightedSum<TaggingCounts> counts.Tags
        if Array.isEmpty counts.Segments then
            fun weights -> Scores(tags.Of weights, null)
        else
            let segments = WeightedSum<SegmentCounts> counts.Segments
            fun weights -> Scores(tags.Of weights, segments.Of weights)

/// The events and tags that a finished trial keeps in its folder.
module internal Detections =
    let private eventsFile folder = Path.Combine(folder, "events.tsv")
    let private tagsFile folder = Path.Combine(folder, "tags.tsv")

    let private damaged file cause =
        InvalidDataException $"{file}: {cause}. Remove its folder to train the trial again."

    // What cannot be read or counted there was changed since it was written.
    let private refusing file found =
        try
            found ()
        with :? AnnotationException as altered ->
            let first = altered.Problems[0]
            raise (damaged file $"it was altered (line {first.Line}: {first.Cause})")

    let private reading file (read: string -> 'found) =
        if not (File.Exists file) then
            raise (damaged file "it is gone")
        refusing file (fun () -> read file)

    let events folder =
        reading (eventsFile folder) EventListFile.Read
    let tags folder =
        reading (tagsFile folder) TagListFile.Read

    let private countAll (manifest: Manifest) (clips: int array) tags folder : ClipCounts =
        let truth =
            TagList.Of [
                for index in clips do
                    let clip = manifest.Clips[index]
                    struct (clip.Name, Seq.toArray clip.WeakLabels :> _)
            ]
        {
            Clips = [ for index in clips -> manifest.Clips[index].Name ]
            Tags =
                refusing (tagsFile folder) (fun () -> Tagging.CountEach(manifest.Classes, truth, tags) |> Seq.toArray)
            Segments =
                match manifest.EventsOf clips with
                | null -> [||]
                | known ->
                    let found = events folder
                    refusing (eventsFile folder) (fun () -> EventPairs.Of(manifest.Classes, known, found))
                    |> SegmentBased.CountEach
                    |> Seq.toArray
        }

    /// Counts of the clips of a split, in the order in which they are kept. What is kept has to be what was scored.
    let count (manifest: Manifest) (split: Core.Corpora.Split) (folder: string) (result: TrialResult) : ClipCounts =
        let tags = tags folder
        let known =
            dict [ for index in manifest.IndicesOf split -> manifest.Clips[index].Name, index ]
        for clip in tags.Files do
            if not (known.ContainsKey clip) then
                raise (damaged (tagsFile folder) $"the clip {clip} is not in the corpus")
        let counts =
            countAll manifest [| for clip in tags.Files -> known[clip] |] tags folder
        let scores = counts.Weighted () (Array.create counts.Clips.Length 1)
        for metric in Metric.All do
            match Map.tryFind metric.Name result.Scores with
            | Some kept when Translate.score scores metric <> kept ->
                raise (damaged folder $"what it detected has another {metric.Name} than its result")
            | _ -> ()
        counts
