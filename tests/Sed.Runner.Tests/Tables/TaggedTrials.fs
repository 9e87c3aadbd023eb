/// Rows of trials with tags, and their statistics by weak recall.
module internal Sed.Runner.Tests.TaggedTrials

open Sed
open Sed.Runner

/// A trial that tags the first `hits` of `clips` clips correctly; all clips contain a car.
let tagged hits clips =
    SyntheticScores.clips [ "Car"; "Train" ] 1 false [
        for index in 0 .. clips - 1 ->
            let car: SyntheticScores.Event = 0.0, 1.0, "Car"
            $"{index + 1}.wav", [ car ], (if index < hits then [ car ] else [])
    ]

let isNeverConstant _ _ _ = false

let weak rows =
    Statistics.ofRows List.singleton isNeverConstant [ WeakR ] None None rows
    |> List.exactlyOne

/// Trials whose number of correct tags differs by `spread` between neighbours; each trial misses other clips.
let trials count middle spread clips = [
    for index in 0 .. count - 1 ->
        let hits = middle + spread * (index - (count - 1) / 2)
        SyntheticScores.clips [ "Car"; "Train" ] 1 false [
            for clip in 0 .. clips - 1 ->
                let car: SyntheticScores.Event = 0.0, 1.0, "Car"
                let isHit = (clip * 37 + 53 * index) % clips < hits
                $"{clip + 1}.wav", [ car ], (if isHit then [ car ] else [])
        ]
]
