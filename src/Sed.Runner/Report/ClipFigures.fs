/// Figures of example clips: reference and detected events, the network's probabilities and its input.
module internal Sed.Runner.ClipFigures

open System
open Sed.Core.Annotations
open Sed.Core.Scoring
open Sed.Core.Corpora
open Sed.Core.Features

let private referenceSeries = {
    Name = "reference"
    Colour = Series.Grey
}

let private mostLines = 8

/// The maximum number of values per frame in a figure. If there are more, as with encoders, groups of values are
/// averaged.
let private mostRows = 128

/// Consecutive frames of a clip's features from the lowest band up, shape (bands, frames).
let private values (store: IFeatureReader) (clip: int) first frames =
    let values = Array.zeroCreate<float32>(frames * store.Bands)
    store.Read(clip, first, Span values)
    [|
        for band in 0 .. store.Bands - 1 ->
            [| for frame in 0 .. frames - 1 -> float values[frame * store.Bands + band] |]
    |]

/// Averages the values of each frame, to a single row, if the features are audio samples. Returns other features
/// unchanged.
let meanOfSamples (store: IFeatureReader) (rows: float[][]) =
    if store.IsUniform then
        [| Array.transpose rows |> Array.map Array.average |]
    else
        rows

/// The maximum number of columns of a heat map, which keeps the page small. If a clip has more frames, groups of frames
/// are averaged.
let private mostColumns = 320

/// The first frame and the number of frames of each column of a heat map.
let private columns (frames: int) = [|
    let count = min frames mostColumns
    let start column =
        int (int64 column * int64 frames / int64 count)
    for column in 0 .. count - 1 -> start column, start (column + 1) - start column
|]

let private fewerColumns (values: float[][]) =
    let columns = columns values[0].Length
    [|
        for row in values ->
            [|
                for first, frames in columns -> Array.average row[first .. first + frames - 1]
            |]
    |]

/// The columns of a clip's heat map, which covers the whole recording; shape (rows, columns). `rows` computes the rows
/// of the heat map from the values of some frames, shape (bands, frames).
let private columnsOf (store: IFeatureReader) clip (rows: float[][] -> float[][]) =
    [|
        for first, frames in columns (store.FramesOf clip) ->
            rows (values store clip first frames) |> Array.map Array.average
    |]
    |> Array.transpose

/// The part of a map of the network's input that belongs to the recording: frames after the end of the recording are
/// left out.
let ofRecording (store: IFeatureReader) clip (rows: float[][]) =
    rows |> Array.map (Array.truncate (store.FramesOf clip))

/// A panel with a heat map over time and bands.
let bandPanel title legend range (seconds: float) (values: float[][]) (above: Mark list) = {
    Panel.Title = title
    Y = Axis.within 0.0 (float values.Length) (if values.Length = 1 then "" else "band")
    Marks =
        Mark.Heat {
            Columns = 0.0, seconds
            Rows = 0.0, float values.Length
            Values = fewerColumns values
            Range = range
            Title = legend
        }
        :: above
    Height = 150
}

/// The features of a whole recording: the log-mel energies, or the level of the samples.
let inputPanel (store: IFeatureReader) seconds clip above =
    if store.IsUniform then
        let level power = 10.0 * log10 (power + 1e-10)
        let levels (values: float[][]) =
            meanOfSamples store (values |> Array.map (Array.map (fun sample -> sample * sample)))
            |> Array.map (Array.map level)
        bandPanel "Sample level / dB" "" None seconds (columnsOf store clip levels) above
    else
        let group = (store.Bands + mostRows - 1) / mostRows
        let means (values: float[][]) = [|
            for rows in Array.chunkBySize group values -> Array.transpose rows |> Array.map Array.average
        |]
        let rows = columnsOf store clip means
        let title =
            if group = 1 then
                store.Title
            else
                $"{store.Title}, means of {group} values"
        bandPanel title "" None seconds rows above

let private reference (output: TrialOutput) (name: string) =
    match output.Reference with
    | Some reference -> reference.EventsOf(name).ToArray()
    | None -> [||]

let private spans (classes: string list) offset (events: SoundEvent[]) = [|
    for sound in events do
        match List.tryFindIndex ((=) sound.Label) classes with
        | Some line when not sound.IsUnlocated -> sound.Onset, sound.Offset, float line + offset
        | _ -> ()
|]

/// The classes to show, in the corpus's order: classes that are in the reference or are detected by a row. If there are
/// too many, classes of the reference are preferred, then classes that the best row detects.
let private involved (classes: ClassList) truth found (foundByOthers: SoundEvent[]) (scores: FrameScores) =
    let isIn (events: SoundEvent[]) k =
        events |> Array.exists (fun sound -> sound.Label = classes[k])
    let mean k = Seq.average (scores.Of(k).ToArray())
    [ 0 .. classes.Count - 1 ]
    |> List.filter (fun k -> isIn truth k || isIn foundByOthers k)
    |> List.sortByDescending (fun k -> isIn truth k, isIn found k, isIn foundByOthers k, mean k)
    |> List.truncate mostLines
    |> List.sort

/// Draws the event roll. In the line of each class, the reference is at the top, above the detections of each row. If
/// there are several rows, the reference is twice as thick.
let private roll lines (truth: SoundEvent[]) (rows: (Series * SoundEvent[]) list) =
    let top = min 2 rows.Length
    let step = 0.84 / float (top + rows.Length)
    let centre slots = -0.42 + step * slots
    [
        Mark.Spans(referenceSeries, spans lines (centre (float top / 2.0)) truth, 0.9 * step * float top)
        for index, (series, found) in List.indexed rows do
            Mark.Spans(series, spans lines (centre (float (top + index) + 0.5)) found, 0.9 * step)
    ]

/// Makes the figure of one clip: an event roll with the reference above the events that each row detects, the
/// probabilities of one row, and the network's input.
let private clip
    (store: IFeatureReader)
    (output: TrialOutput)
    (rows: (Series * TrialOutput) list)
    (best: Series)
    rank
    index
    title
    =
    let classes = output.Classes
    let name = output.Frames.Files[index]
    let truth = reference output name
    let foundBy (output: TrialOutput) =
        output.Scored.Events.EventsOf(name).ToArray()
    let found = [ for series, own in rows -> series, foundBy own ]
    let scores = output.Frames[index]
    let shown =
        match involved classes truth (foundBy output) (found |> Seq.collect snd |> Seq.toArray) scores with
        | [] -> [ 0 ]
        | some -> some
    let short = Figure.shortNames classes
    let lines = [ for k in shown -> classes[k] ]
    let names = Axis.names "" [ for k in shown -> short[k] ]
    let seconds = scores.Borders[scores.Frames]
    {
        Figure.Name = $"clip-{rank}"
        Title = title
        Alt =
            $"{title}. For each class, the reference events above the events detected by each row of the table. Below: the probabilities by {best.Name} and the network's input over time."
        Reading =
            "A correct detection overlaps the grey bar of its class. The probabilities below show why an event was detected or missed."
        X = Axis.within 0.0 seconds "time / s"
        Legend = []
        Panels = [
            {
                Panel.Title = "Reference (top) and detected events"
                Y = names
                Marks = roll lines truth found
                Height = shown.Length * max 34 (min 90 (14 + 8 * rows.Length))
            }
            {
                Panel.Title =
                    if rows.Length > 1 then
                        $"Probability by {best.Name}"
                    else
                        "Probability"
                Y = names
                Marks = [
                    Mark.Heat {
                        Columns = 0.0, seconds
                        Rows = -0.5, float shown.Length - 0.5
                        Values = [| for k in shown -> scores.Of(k).ToArray() |]
                        Range = Some(0.0, 1.0)
                        Title = ""
                    }
                ]
                Height = max 70 (24 * shown.Length)
            }
            inputPanel store seconds output.Clips[index] []
        ]
    }

/// The names and F-scores of the clips by decreasing F-score: segment-based or, if event times are unknown, clip-level.
/// Clips without reference events are left out.
let private ranked (scored: ScoredClips) =
    [
        for clip, name in Seq.indexed scored.Names do
            let all = scored.CountsOf clip
            match PerClass.fMeasure all with
            | Some f when all.Reference > 0L -> name, f
            | _ -> ()
    ]
    |> List.sortByDescending (fun (name, f) -> f, name)

/// The best clip, the worst clip and clips evenly spaced between them by rank, with their F-scores.
let choose (scored: ScoredClips) wanted =
    match ranked scored with
    | [] -> []
    | ranked ->
        let last = ranked.Length - 1
        [ for step in 0 .. wanted - 1 -> ranked[step * last / max 1 (wanted - 1)] ]
        |> List.distinct

/// Figures of example clips, from the clip with the highest F-score to the clip with the lowest. The F-scores are
/// computed from `output`, the outputs of the best row. Each figure is returned with its clip and with a label that
/// contains the clip's classes and F-score.
let make
    (manifest: Manifest)
    (store: IFeatureReader)
    (rows: (Series * TrialOutput) list)
    (best: Series)
    (output: TrialOutput)
    = [
    for rank, (name, f) in List.indexed (choose output.Scored 6) do
        let index = output.Frames.IndexOf name
        let own = manifest.Clips[output.Clips[index]]
        let labels = own.WeakLabels |> Figure.shortNames |> String.concat ", "
        let label = FormattableString.Invariant $"{rank + 1}. {labels}: F {f:F2}"
        label, clip store output rows best (rank + 1) index $"{label} ({name})", own
]
