/// What the outputs for a class depend on, after figure 2 of Adavanne and Virtanen (2017).
module internal Sed.Runner.SaliencyFigures

open System
open System.IO
open Sed
open Sed.Core.Annotations
open Sed.Core.Networks
open TorchSharp

/// Noisy copies behind a smoothed map.
let private copies = 16

/// A label as part of a file's name.
let slug (label: string) =
    String.concat
        "-"
        (label.ToLowerInvariant().Split([| ' '; ','; '('; ')'; '/' |], StringSplitOptions.RemoveEmptyEntries))

/// The events of a class in a clip that have times.
let private eventsOf (label: string) (events: SoundEvent seq) =
    events
    |> Seq.filter (fun sound -> sound.Label = label && not sound.IsUnlocated)
    |> Seq.toArray

/// The clip that shows a class best: it begins and ends within the clip if there is such a clip, and while it is heard the
/// network is surest of it compared with the rest. None where the class is nowhere heard in a part of a clip.
let private clearest (output: TrialOutput) (label: string) =
    let k = output.Classes.IndexOf label
    let contrast (reference: EventList) clip =
        let scores = output.Frames[clip]
        let events =
            eventsOf label (reference.EventsOf(output.Frames.Files[clip]).ToArray())
        let inside, outside =
            Seq.zip (scores.Borders.ToArray()) (scores.Of(k).ToArray())
            |> Seq.toList
            |> List.partition (fun (time, _) ->
                events |> Array.exists (fun sound -> sound.Onset <= time && time < sound.Offset))
        if inside.IsEmpty || outside.IsEmpty then
            None
        else
            let isWhole =
                events
                |> Array.forall (fun sound -> sound.Onset > 0.0 && sound.Offset < scores.Borders[scores.Frames])
            Some(clip, events, (isWhole, List.averageBy snd inside - List.averageBy snd outside))
    match output.Reference with
    | Some reference when k >= 0 ->
        match List.choose (contrast reference) [ 0 .. output.Frames.Files.Length - 1 ] with
        | [] -> None
        | some ->
            let clip, events, _ = some |> List.maxBy (fun (_, _, contrast) -> contrast)
            Some(clip, events)
    | _ -> None

/// The map's absolute values, band after band.
let private turned (map: float32[,]) = [|
    for band in 0 .. Array2D.length2 map - 1 ->
        [| for frame in 0 .. Array2D.length1 map - 1 -> float (abs map[frame, band]) |]
|]

/// As parts of a value that few lie above: only where a map is large says something, and a few extreme values would leave all
/// others dark.
let private relative (values: float[][]) =
    let sorted = values |> Array.concat |> Array.sort
    let high = max 1e-30 sorted[int (0.995 * float (sorted.Length - 1))]
    values |> Array.map (Array.map (fun value -> min 1.0 (value / high)))

let private map network store clip label (options: SaliencyOptions) title seconds rules =
    let values =
        relative (ClipFigures.asDrawn store (turned (Saliency.Of(network, clip, label, options))))
    ClipFigures.bandPanel title "" (Some(0.0, 1.0)) seconds values [ Mark.Rules rules ]

/// What the network sees of a clip above what the strong and the weak output for a class depend on; dashed lines at the reference's
/// onsets and offsets.
let private figure
    (network: SedNetwork)
    (input: torch.Tensor)
    store
    (output: TrialOutput)
    label
    (clip, events: SoundEvent[])
    copies
    =
    let k = output.Classes.IndexOf label
    let scores = output.Frames[clip]
    let seconds = scores.Borders[scores.Frames]
    let frame (time: float) =
        Math.Clamp(int (time / seconds * float scores.Frames), 0, scores.Frames)
    let first = events |> Seq.map _.Onset |> Seq.min |> frame
    let last =
        max (first + 1) (events |> Seq.map (fun (sound: SoundEvent) -> sound.Offset) |> Seq.max |> frame)
    let rules = [|
        for sound in events do
            sound.Onset
            sound.Offset
    |]
    let kind = if copies = 0 then "plain" else "smoothed"
    let strong =
        SaliencyOptions(FromFrame = first, ToFrame = last, Averaged = true, Copies = copies)
    let weak = SaliencyOptions(Output = SaliencyOutput.Weak, Copies = copies)
    {
        Figure.Name = $"saliency-{slug label}-{kind}"
        Title = $"{label} in {output.Frames.Files[clip]}, {kind} gradients"
        Alt =
            $"What the network sees of a clip, and below it how much each of them changes the probability of {label} between the reference's onset and offset, and in the clip as a whole. Dashed lines stand at onset and offset."
        X = Axis.within 0.0 seconds "time / s"
        Panels = [
            ClipFigures.seenPanel store seconds output.Clips[clip] [ Mark.Rules rules ]
            map network store input k strong "What the strong output depends on" seconds rules
            map network store input k weak "What the weak output depends on" seconds rules
        ]
    }

/// The class that the reference has most often, where nobody asked for another one.
let mostFrequent (output: TrialOutput) =
    match output.Reference with
    | None -> None
    | Some reference ->
        let sounds = [
            for file in 0 .. reference.Files.Length - 1 do
                yield! reference.EventsAt(file).ToArray()
        ]
        if sounds.IsEmpty then
            None
        else
            sounds |> List.countBy _.Label |> List.maxBy snd |> fst |> Some

/// Figures of a class as a trial's network sees it, plain and smoothed; none where no clip shows it.
let make (workspace: Workspace) (trial: Trial) (output: TrialOutput) (label: string) = [
    match clearest output label with
    | None -> ()
    | Some(clip, events) ->
        use _ = torch.NewDisposeScope()
        let specification = Specification.withNetwork trial.Specification
        use network = TrialNetwork.load workspace specification
        use clips =
            TrialNetwork.clips workspace specification (Translate.split trial.Specification.ScoreOn)
        let features = clips.FeaturesOf(clip, workspace.Device)
        let store = (workspace.Source specification).Store
        for copies in [ 0; copies ] do
            figure network features store output label (clip, events) copies
]

/// The classes that an experiment asks figures of.
let asked (experiment: Experiment) =
    experiment.Showing
    |> List.choose (fun showing ->
        match showing with
        | Saliency label -> Some label
        | PerClass _ -> None)
