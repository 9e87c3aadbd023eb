/// Saliency maps: how strongly the outputs for a class depend on each input value, as in figure 2 of Adavanne and
/// Virtanen (2017).
module internal Sed.Runner.SaliencyFigures

open System
open System.IO
open MathNet.Numerics.Statistics
open Sed
open Sed.Core.Annotations
open Sed.Core.Networks
open TorchSharp

/// The number of noisy copies that a smoothed map averages.
let private noisyCopies = 16

/// A label in a form that is valid in a file name.
let slug (label: string) =
    String.concat
        "-"
        (label.ToLowerInvariant().Split([| ' '; ','; '('; ')'; '/' |], StringSplitOptions.RemoveEmptyEntries))

/// The events of a class that have an onset and an offset.
let private eventsOf (label: string) (events: SoundEvent seq) =
    events
    |> Seq.filter (fun sound -> sound.Label = label && not sound.IsUnlocated)
    |> Seq.toArray

/// The best example clip of a class. Clips in which all events of the class begin and end within the clip are
/// preferred. Among equally preferred clips, the best one has the largest difference between the mean probability of the
/// class during its events and in the other frames. None if no clip contains the class in only some of its frames.
/// Recordings longer than the network's input are not suitable.
let private bestExample (output: TrialOutput) (longest: int) (label: string) =
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
        if inside.IsEmpty || outside.IsEmpty || scores.Frames > longest then
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

/// The absolute values of a map of shape (frames, bands), transposed to (bands, frames).
let private transposed (map: float32[,]) = [|
    for band in 0 .. Array2D.length2 map - 1 ->
        [| for frame in 0 .. Array2D.length1 map - 1 -> float (abs map[frame, band]) |]
|]

/// Divides values by their 99.5th percentile and clips them to 1, so that a few extreme values do not leave the rest of
/// the map dark.
let private scaled (values: float[][]) =
    let sorted = values |> Array.concat |> Array.sort
    let high = max 1e-30 (SortedArrayStatistics.Quantile(sorted, 0.995))
    values |> Array.map (Array.map (fun value -> min 1.0 (value / high)))

/// The panel of a saliency map. `clip`: the index of the clip in `store`; `input`: the features of this clip.
let private map network store clip input label (options: SaliencyOptions) title seconds rules =
    let values =
        transposed (Saliency.Of(network, input, label, options))
        |> ClipFigures.meanOfSamples store
        |> ClipFigures.ofRecording store clip
        |> scaled
    ClipFigures.bandPanel title "" (Some(0.0, 1.0)) seconds values [ Mark.Rules rules ]

/// The figure of a class: the network's input, and the saliency of the strong and of the weak output. Dashed lines mark
/// the reference onsets and offsets.
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
    let stored = output.Clips[clip]
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
            $"The network's input for a clip. Below: how strongly each input value affects the probability of {label}, first between the reference onset and offset, then in the whole clip. Dashed lines mark onset and offset."
        Reading =
            "The probability depends most on the bright places in the lower panels. They should lie between the dashed lines."
        X = Axis.within 0.0 seconds "time / s"
        Legend = []
        Panels = [
            ClipFigures.inputPanel store seconds stored [ Mark.Rules rules ]
            map network store stored input k strong "Saliency of the strong output" seconds rules
            map network store stored input k weak "Saliency of the weak output" seconds rules
        ]
    }

/// The class with the most reference events; None if event times are unknown or there are no events.
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

/// The figures of a class for a trial's network, with plain and with smoothed gradients. Empty if no clip is suitable.
let make (workspace: Workspace) (trial: Trial) (output: TrialOutput) (label: string) = [
    let specification = Specification.withNetwork trial.Specification
    let longest = (TrialNetwork.description workspace specification).OutputFrames
    match bestExample output longest label with
    | None -> ()
    | Some(clip, events) ->
        use _ = torch.NewDisposeScope()
        use network = TrialNetwork.load workspace specification
        use clips = TrialNetwork.clips workspace specification trial.Specification.ScoreOn
        let features = clips.FeaturesOf(clip, workspace.Device)
        let store = (workspace.Source specification).Store
        for copies in [ 0; noisyCopies ] do
            figure network features store output label (clip, events) copies
]

/// The classes of the saliency figures that an experiment requests.
let requested (experiment: Experiment) =
    experiment.Showing
    |> List.choose (fun showing ->
        match showing with
        | Saliency label -> Some label
        | PerClass _
        | ClassF1 -> None)
