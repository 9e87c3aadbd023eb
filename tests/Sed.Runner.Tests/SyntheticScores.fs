/// Network outputs for tests, written as events that begin and end at whole seconds.
module Sed.Runner.Tests.SyntheticScores

open Sed
open Sed.Core.Annotations
open Sed.Core.Scoring

/// Onset, offset and label.
type Event = float * float * string

let private eventsOf (events: Event list) = [| for onset, offset, label in events -> SoundEvent(onset, offset, label) |]

/// Clips of `seconds` s, each given by its name, its reference events and its detected events. The tags are the labels
/// of the events.
let clips (labels: string list) seconds areEventsKnown (rows: (string * Event list * Event list) list) : ScoredClips =
    let classes = ClassList labels
    let names = [| for name, _, _ in rows -> name |]
    let truth =
        ClipTruth(
            classes,
            names,
            [|
                for _, truth, _ in rows do
                    for label in labels -> truth |> List.exists (fun (_, _, own) -> own = label)
            |],
            (if areEventsKnown then
                 EventList.Of [ for name, truth, _ in rows -> struct (name, eventsOf truth :> _) ]
                 |> Some
             else
                 None)
            |> Option.toObj
        )
    let isDetected second label (_, _, detected) =
        detected
        |> List.exists (fun (onset, offset, own) -> own = label && onset <= float second && float second < offset)
    let probability yes = if yes then 0.9f else 0.1f
    let scores =
        ClipScores(
            names,
            seconds,
            1.0,
            [|
                for row in rows do
                    for second in 0 .. seconds - 1 do
                        for label in labels -> probability (isDetected second label row)
            |],
            [|
                for row in rows do
                    for label in labels ->
                        probability (List.exists (fun second -> isDetected second label row) [ 0 .. seconds - 1 ])
            |]
        )
    ScoredClips(truth, scores, Detection.options Detection.defaults)
