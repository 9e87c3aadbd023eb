/// The F-score of each class, computed from the mean output of a row's networks and compared with constant predictions.
module internal Sed.Runner.ClassF1

open System
open System.Globalization
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

/// How the F-score of a class compares with the better of two constant predictions: always present and never present.
type private Standing =
    | Better
    /// The F-score is higher, but the difference is not significant at 5 % or could not be tested. `why` is the reason
    /// why it could not be tested.
    | Unclear of why: string option
    | NotBetter

/// The result of a class.
type private ClassResult = {
    Label: string
    /// The number of scored clips that contain the class.
    Clips: int
    F: Rate
    Limits: Result<float * float, string>
    /// The F-score of the prediction that the class is always present.
    Always: float
    Standing: Standing
}

/// The counts of each class for each clip, segment-based (1 s) or, if event times are unknown, clip-level.
let private countsPerClip (ofSegments: bool) (scored: ScoredClips) : BinaryCounts array array =
    let weights = Array.zeroCreate scored.Names.Count
    [|
        for clip in 0 .. weights.Length - 1 do
            Array.fill weights 0 weights.Length 0
            weights[clip] <- 1
            let own = scored.Weighted(Array.copy weights)
            [|
                for index in 0 .. scored.Classes.Count - 1 ->
                    if ofSegments then
                        own.Segments[index]
                    else
                        own.Tagging[index]
            |]
    |]

let private fOf (counts: BinaryCounts array array) (weights: int array) index =
    let mutable positives, all = 0L, 0L
    for clip in 0 .. weights.Length - 1 do
        let own = counts[clip][index]
        let weight = int64 weights[clip]
        positives <- positives + weight * own.TruePositives
        all <- all + weight * (own.Reference + own.Estimated)
    if all = 0L then
        Rate.Undefined "the class is neither annotated nor detected"
    else
        Rate(2.0 * float positives / float all)

let private limits (low: Rate) (high: Rate) =
    if low.IsDefined && high.IsDefined then
        Ok(low.Value, high.Value)
    else
        Error(nonNull low.Why)

let private standing (f: Rate) (always: Rate) (difference: PairedDifference) =
    // The prediction that the class is never present has an F-score of 0.
    if not f.IsDefined || f.Value <= 0.0 || always.IsDefined && f.Value <= always.Value then
        NotBetter
    else
        match limits difference.Low difference.High with
        | Ok(low, _) when low > 0.0 -> Better
        | Ok _ -> Unclear None
        | Error why -> Unclear(Some why)

/// The results of all classes. `scored`: the held-out clips of each fold, or the clips that all folds score; `always`: the
/// same clips with all classes predicted.
let private results ofSegments (scored: ScoredClips list) (always: ScoredClips list) : ClassResult list =
    let joinedCounts parts =
        parts |> List.map (countsPerClip ofSegments) |> Array.concat
    let own, constant = joinedCounts scored, joinedCounts always
    let classes = List.ofSeq scored.Head.Classes
    let units =
        SamplingUnits.Of [|
            for part in scored do
                yield! part.Truth.Units |> Option.ofObj |> Option.defaultValue part.Names
        |]
    let measures counts =
        let ofWeights weights : Collections.Generic.IReadOnlyList<Measure> = [|
            for index, label in List.indexed classes -> Measure(label, fOf counts weights index)
        |]
        Bootstrap.Resample(units, Func<_, _> ofWeights, BootstrapOptions())
    let ofOwn, ofConstant = measures own, measures constant
    let once = Array.create own.Length 1
    [
        for (index, label), interval, difference in
            Seq.zip3 (List.indexed classes) (ofOwn.Intervals()) (ofOwn.DifferencesFrom ofConstant) do
            let always = fOf constant once index
            {
                Label = label
                Clips = constant |> Seq.filter (fun clip -> clip[index].Reference > 0L) |> Seq.length
                F = interval.Value
                Limits = limits interval.Low interval.High
                Always = if always.IsDefined then always.Value else 0.0
                Standing = standing interval.Value always difference
            }
    ]

let private words (own: ClassResult) =
    match own.Standing with
    | Better -> "yes"
    | Unclear _ -> "higher, not significantly"
    | NotBetter -> "○ no"

let private named (classes: ClassResult list) =
    [ for own in classes -> own.Label ] |> String.concat ", "

/// Sentences on the classes that are better than constant predictions, and on those that are not.
let private sentences (row: string) (classes: ClassResult list) = [
    let like pick = classes |> List.filter pick
    let settled = like (fun own -> own.Standing = Better)
    if settled.Length = classes.Length then
        $"{row}: every class is significantly better than every constant prediction."
    elif not settled.IsEmpty then
        $"{row}: significantly better than every constant prediction: {named settled}."
    for why, unclear in
        classes
        |> List.choose (fun own ->
            match own.Standing with
            | Unclear why -> Some(why, own)
            | Better
            | NotBetter -> None)
        |> List.groupBy fst do
        let reason =
            match why with
            | Some why -> $" ({why})"
            | None -> ""
        $"{row}: higher than every constant prediction, but not significantly{reason}: {named (List.map snd unclear)}. Annotate more recordings for a clearer result."
    match like (fun own -> own.Standing = NotBetter) with
    | [] -> ()
    | failed ->
        $"{row}: ○ no better than a constant prediction: {named failed}. Do not rely on detections of these classes; annotate more recordings with and without them."
]

/// A sentence on how the scores were computed. `averaged`: the networks whose probabilities are averaged.
let private method ofSegments (averaged: string) (scored: ScoredClips list) =
    let clips = scored |> List.sumBy _.Names.Count
    let held =
        match scored.Length with
        | 1 -> $"{clips} clips"
        | folds -> $"{clips} clips, each held out by one of {folds} folds"
    let what =
        if ofSegments then
            "segment-based, segments of 1 s"
        else
            "clip-level, because event times are unknown"
    $"F1: {what}; mean of the probabilities of all {averaged}; scored on {held}. Interval: 95 %%, bootstrap over recordings or groups. Always: F1 if the class is predicted all the time; the F1 of never predicting it is 0."

/// A table of the classes of one row, and sentences on it. `averaged`: the networks whose probabilities are averaged, for
/// example "seeds"; `scored`: the held-out clips of each fold, or the clips that all folds score; `always`: the same clips
/// with all classes predicted.
let ofScored
    (row: string)
    (averaged: string)
    (scored: ScoredClips list)
    (always: ScoredClips list)
    : TableView * string list =
    let ofSegments = scored |> List.forall _.HasEvents
    let classes = results ofSegments scored always
    {
        TableView.Plain with
            Title = $"F1 by class: {row}"
            Headings = [
                Heading.TextColumn "class"
                Heading.NumberColumn "clips with it"
                Heading.NumberColumn "F1"
                Heading.NumberColumn "95 % interval"
                Heading.NumberColumn "always"
                Heading.TextColumn "better than constant"
            ]
            Rows = [
                for own in classes ->
                    [
                        own.Label
                        string own.Clips
                        (if own.F.IsDefined then Text.score own.F.Value else "-")
                        (match own.Limits with
                         | Ok(low, high) -> $"{Text.score low} to {Text.score high}"
                         | Error _ -> "-")
                        Text.score own.Always
                        words own
                    ]
            ]
            Notes = [ method ofSegments averaged scored ]
    },
    sentences row classes

/// The table of a row from its finished trials.
let view (workspace: Workspace) (plan: Plan) (row: string) (trials: Specification list) : TableView * string list =
    let perHoldout = trials |> List.groupBy _.Holdout |> List.map snd
    let averaged, parts =
        if perHoldout.Length = 1 || Plan.isScoredOnFold plan trials.Head then
            "seeds", perHoldout
        else
            "seeds and folds", [ trials ]
    let scored = [ for own in parts -> StoredScores.scoredOfMean workspace plan own ]
    ofScored row averaged scored [
        for own, clips in List.zip parts scored -> ConstantPredictions.allClasses (workspace.Manifest own.Head) clips
    ]
