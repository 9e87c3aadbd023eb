/// What a network might have said, written down as events of whole seconds.
module Sed.Runner.Tests.Said

open Sed
open Sed.Core.Annotations
open Sed.Core.Scoring

/// Onset, offset and label.
type Sound = float * float * string

let private eventsOf (sounds: Sound list) = [| for onset, offset, label in sounds -> SoundEvent(onset, offset, label) |]

/// Clips of so many seconds, each with its name, what is true of it and what was said; tags are the labels of the events.
let clips (labels: string list) seconds areEventsKnown (rows: (string * Sound list * Sound list) list) : ScoredClips =
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
    let sounds second label (_, _, said) =
        said
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
                        for label in labels -> probability (sounds second label row)
            |],
            [|
                for row in rows do
                    for label in labels ->
                        probability (List.exists (fun second -> sounds second label row) [ 0 .. seconds - 1 ])
            |]
        )
    ScoredClips(truth, scores, Detection.options Detection.defaults)
