namespace Sed

open System
open System.Collections.Generic
open System.Text.Json.Nodes
open Sed.Core.Networks.Layers
open Sed.Core.Runtime.Keys
open Sed.Core.Training.Clips
open Sed.Core.Training.Augmentations
open Sed.Core.Training.Targets

/// All settings that affect a trial's result.
type Specification = {
    Corpus: Corpus
    /// Clips per split, for corpora of soundscapes.
    Clips: Clips
    Features: Features
    Network: Network
    Training: Training
    Detection: Detection
    /// The training clips that are held out from training.
    Holdout: Holdout
    /// The split that early stopping monitors.
    SelectOn: Split
    /// The split whose scores are reported.
    ScoreOn: Split
    /// Seed of the weights, dropout, augmentations and the order of the clips.
    Seed: int
    /// The teacher of pseudo-labels; None without pseudo-labels.
    Teaching: Teaching option
    /// The members of an ensemble, whose probabilities are averaged; empty for a trial that is trained.
    Members: Specification list
}

/// The teacher of pseudo-labels, and how its probabilities become frame labels. The teacher's trial must be finished
/// before the student's trial begins.
and Teaching = {
    Teacher: Specification
    Frames: FrameLabels
}

module Specification =
    // Settings that gave a different result in earlier versions have a higher format. Since format 3, the weak output
    // leaves out padding whenever the strong loss does. For mixed corpora, this applies only if the script masks short
    // clips. Since format 4, mixed labels without strong labels ignore the labels of clips that count as unlabelled.
    // Since format 5, tags become unknown if a mask or a shift removes their known frames, and `order Balanced`
    // balances recordings longer than a clip; mixed corpora have neither partial annotations nor such recordings. Also
    // since format 5, fusion and padding masks are exact if the number of input frames per frame is a fraction.
    let private keyFormat (specification: Specification) =
        let options = specification.Training.Options
        let rec removesTags (augmentation: Augmentation) =
            match augmentation with
            | :? TimeMask -> true
            | :? TimeShift as shift -> shift.IsPadded
            | :? Sometimes as sometimes -> removesTags sometimes.Inner
            | _ -> false
        let isWhole (value: float) = value = Math.Round value
        let hasFractions =
            specification.Network.Layers
            |> Seq.scan (fun stride layer -> stride * layer.FrameStride(Shape(1, 1, 1))) 1.0
            |> Seq.exists (fun stride -> not (isWhole stride || isWhole (1.0 / stride)))
        let isMixed = specification.Corpus.IsMixed
        let mayBeWindows = not isMixed && not options.CountsPadding
        match options.Labels with
        | _ when hasFractions -> 5
        | _ when
            not isMixed
            && (options.Order = ClipOrder.Balanced
                || Seq.exists removesTags options.Augmentations)
            ->
            5
        | :? Labels.Mixed as mixed when
            specification.Teaching = None
            && not (mixed.Shares |> Seq.exists (fun share -> share.Kind :? Labels.Strong))
            ->
            4
        | _ when options.MaskShortClips || mayBeWindows -> 3
        | _ -> 2

    /// The trials that must be finished before this one begins.
    let needs (specification: Specification) = [
        yield! specification.Members
        for teaching in Option.toList specification.Teaching do
            teaching.Teacher
    ]

    let private value (value: 'value) : JsonNode | null = JsonValue.Create<'value> value

    let private fields (fields: (string * (JsonNode | null)) list) =
        JsonObject([ for name, node in fields -> KeyValuePair(name, node) ])

    let private ofHoldout holdout =
        match holdout with
        | Nothing -> []
        | Share share -> [ "holdoutShare", value share ]
        | Fold(fold, folds) -> [ "fold", value fold; "folds", value folds ]

    /// All settings that affect a training run. For the key of a row, the seed and the fold are left out.
    let rec private keyOf (ofRow: bool) (specification: Specification) : JsonObject =
        fields [
            "format", value (keyFormat specification)
            if not ofRow then
                "seed", value specification.Seed
            "selectOn", value (CanonicalKey.Of specification.SelectOn)
            match specification.Holdout with
            | Fold _ when ofRow -> ()
            | holdout -> yield! ofHoldout holdout
            if specification.Members.IsEmpty then
                "features", CanonicalKey.Node specification.Features.Source
                "network", Network.key specification.Network
                "training", Training.key specification.Training
                match specification.Teaching with
                | Some teaching ->
                    let threshold =
                        match teaching.Frames with
                        | Hard threshold -> [ "threshold", value threshold ]
                        | Soft -> []
                    "pseudoLabels", fields (("teacher", keyOf ofRow teaching.Teacher :> JsonNode | null) :: threshold)
                | None -> ()
            else
                "ensembleOf", JsonArray [| for one in specification.Members -> keyOf ofRow one :> JsonNode |]
        ]

    /// The canonical key of a trial's training, without its data. Decoding and the scored split are not part of it,
    /// because they are chosen after training; names of corpora, networks and rows are not part of it either.
    let key (specification: Specification) = keyOf false specification

    /// The key of a table's row in recorded results and random draws: 16 hexadecimal digits of a hash of the settings
    /// that its trials share, including decoding and scoring. It depends on none of the following: the row's label,
    /// seeds, folds and data.
    let rowKey (specification: Specification) =
        let whole = keyOf true specification
        whole["detection"] <- Detection.key specification.Detection
        whole["scoreOn"] <- CanonicalKey.Of specification.ScoreOn |> JsonValue.Create
        CanonicalKey.Hash(whole).Substring(0, 16)

    /// Identifies a training run within a script: its key, its corpus and the number of clips.
    let identity (specification: Specification) =
        let clips = specification.Clips
        let counts =
            if specification.Corpus.IsMixed then
                $"{clips.Training} {clips.Testing} {clips.Evaluation}"
            else
                ""
        $"{specification.Corpus.Description}\n{counts}\n{CanonicalKey.Text(key specification)}"

    /// 16 hexadecimal digits of a hash of `identity`.
    let identityKey specification =
        CanonicalKey.Hash(nonNull (value (identity specification))).Substring(0, 16)

    /// The name of the trial's folder: 16 hexadecimal digits of a hash of its key and of its data.
    let hash (data: string) specification =
        let whole = key specification
        whole["data"] <- JsonValue.Create data
        CanonicalKey.Hash(whole).Substring(0, 16)

    /// The specification as lines of name and value, as in printed plans.
    let lines (specification: Specification) = [
        "data", specification.Corpus.Description
        if specification.Corpus.IsMixed then
            let clips = specification.Clips
            "clips", $"{clips.Training} training, {clips.Testing} testing, {clips.Evaluation} evaluation"
        if specification.Members.IsEmpty then
            "features",
            (if specification.Corpus.IsMixed then
                 Features.print specification.Features
             else
                 Features.printBeforeReading specification.Features)
            "network", Network.print specification.Network
            "training", Training.print specification.Training
            "strong weight", Text.number specification.Training.Options.StrongWeight
            "weak weight", Text.number specification.Training.Options.WeakWeight
            match specification.Teaching with
            | Some teaching ->
                let teacher = CanonicalKey.Hash(key teaching.Teacher).Substring(0, 16)
                "pseudo-labels", $"{OtherRows.printFrames teaching.Frames}, of training run {teacher}"
            | None -> ()
        else
            let members = [
                for one in specification.Members -> CanonicalKey.Hash(key one).Substring(0, 16)
            ]
            "ensemble of", "training runs " + String.concat ", " members
        if specification.Holdout <> Nothing then
            "held out", Holdout.print specification.Holdout
        "detection", Detection.print specification.Detection
        "select on", string specification.SelectOn
        "score on", string specification.ScoreOn
        "seed", string specification.Seed
    ]

    /// The lines that affect the training run, as text.
    let printTraining specification =
        [
            for name, value in lines specification do
                if name <> "detection" && name <> "score on" then
                    $"{name}: {value}"
        ]
        |> String.concat "\n"

    /// The trial whose network is shown in figures: the trial itself or, for an ensemble, its first member.
    let rec withNetwork (specification: Specification) =
        match specification.Members with
        | [] -> specification
        | first :: _ -> withNetwork first

    /// Problems of the splits for early stopping and scoring. Held-out clips of mixed corpora have weak labels only.
    /// The labels of other corpora are not checked here, because they are known only after the corpora are read.
    let private splitProblems specification = [
        for place, split in [ "select on", specification.SelectOn; "score on", specification.ScoreOn ] do
            // Other corpora can have a validation list.
            if
                specification.Corpus.LacksValidation
                && split = Validation
                && specification.Holdout = Nothing
            then
                Problem.at place "no clips are held out for validation" "use `validation 0.1` or `folds 5`"
        let strong =
            List.ofSeq specification.Training.Options.Monitor.Metrics
            |> List.filter _.NeedsEvents
        if
            specification.Corpus.LacksValidation
            && specification.SelectOn = Validation
            && not strong.IsEmpty
        then
            let names = strong |> List.map _.Name |> String.concat " and "
            Problem.at
                "training"
                $"the monitor uses {names}, but validation clips have weak labels only"
                "monitor clip-level metrics, for example `monitor WeakF`, or set `selectOn` to a split with strong labels"
    ]

    /// Reports unlabelled clips that are not used: they need pseudo-labels or a mean teacher.
    let private unlabelledProblems specification = [
        match specification.Training.Options.Labels with
        | :? Labels.Mixed as mixed when
            mixed.HasUnlabelled
            && isNull specification.Training.Options.MeanTeacher
            && specification.Teaching = None
            ->
            Problem.at
                "training"
                "unlabelled clips are not used: there are neither pseudo-labels nor a mean teacher"
                "use `meanTeacher 0.999 2.0 50`, add `pseudoLabelsFrom` to the row, or leave out `Unlabelled`"
        | :? Labels.Mixed as mixed when
            specification.Teaching = None
            && mixed.Shares
               |> Seq.exists (fun share -> share.Kind :? Labels.Unlabelled && not share.HasConsistencyLoss)
            ->
            Problem.at
                "training"
                "unlabelled clips are not used: without pseudo-labels, only the consistency loss can use them"
                "add ConsistencyLoss to `inLosses`, add `pseudoLabelsFrom` to the row, or leave out `Unlabelled`"
        | _ -> ()
    ]

    /// Reports labelled clips that no loss uses. In mixed labels without pseudo-labels, only clips with strong labels
    /// have frame targets.
    let private unusedProblems specification = [
        let options = specification.Training.Options
        match options.Labels with
        | :? Labels.Mixed as mixed when specification.Teaching = None ->
            for share in mixed.Shares do
                let isLabelled = not (share.Kind :? Labels.Unlabelled)
                let hasLoss = share.HasStrongLoss || share.HasWeakLoss || share.HasConsistencyLoss
                let isUsed =
                    share.HasWeakLoss
                    || (share.HasStrongLoss && (share.Kind :? Labels.Strong))
                    || (share.HasConsistencyLoss && not (isNull options.MeanTeacher))
                if isLabelled && hasLoss && not isUsed then
                    Problem.at
                        "training"
                        $"clips with {share.Kind.Summary} are not used: none of the losses in `inLosses` applies to them"
                        "add another loss to `inLosses`, for example WeakLoss"
        | _ -> ()
    ]

    /// Reports `pseudoWeight` without pseudo-labels, which has no effect.
    let private pseudoProblems specification = [
        if
            specification.Training.Options.PseudoWeight.HasValue
            && specification.Teaching = None
            && specification.Members.IsEmpty
        then
            Problem.at
                "training"
                "`pseudoWeight` has no effect, because there are no pseudo-labels"
                "add `pseudoLabelsFrom` to the row, or set `PseudoWeight` only in rows with pseudo-labels"
    ]

    /// A share of `Mixed` can name its corpus only if there are several corpora. The names of corpora are known only
    /// after they are read.
    let private shareProblems specification = [
        match specification.Training.Options.Labels with
        | :? Labels.Mixed as mixed when (Corpus.parts specification.Corpus).Length < 2 ->
            for share in mixed.Shares do
                match Option.ofObj share.Part with
                | Some part ->
                    Problem.at
                        "training"
                        $"clips with {share.Kind.Summary} are taken from the corpus '{part}', but there is only one corpus"
                        "use several corpora, for example `data [ synthetic; real ]`, or replace `annotatedIn` by `annotated`"
                | None -> ()
        | _ -> ()
    ]

    /// Problems of augmentations that the features or the labels do not permit.
    let private augmentationProblems specification = [
        let options = specification.Training.Options
        for problem in options.FeatureProblems specification.Features.Source do
            problem.Within "training"
        if specification.Teaching.IsNone && (options.Labels :? Labels.WeakOnly) then
            for augmentation in options.Augmentations do
                if augmentation.NeedsFrameLabels then
                    Problem.at
                        "training"
                        $"{augmentation.Summary} has no effect, because training uses weak labels only"
                        "leave it out, use `specAugment` instead, or train with frame labels, for example `labels Strong`"
    ]

    /// Reports training settings that do not fit the network: `freeze` of unknown parts or of all parts, and
    /// `augmentNormalised` without `normBands` as the first layer.
    let private partProblems specification = [
        let network = Network.withSomeOutputs specification.Features specification.Network
        if network.Problems().Count = 0 then
            for problem in specification.Training.Options.NetworkProblems network do
                problem.Within "training"
    ]

    // A larger number is probably a typing error: a million soundscapes take a terabyte.
    let private mostClips = 1000000

    let private withFinite place part problems =
        problems @ Finite.problems place problems part

    let problems (specification: Specification) =
        let clips = specification.Clips

        [
            yield! withFinite "features" specification.Features (Features.problems specification.Features)
            yield!
                Network.problems specification.Features specification.Network
                |> withFinite "network" specification.Network
            yield! withFinite "training" specification.Training (Training.problems specification.Training)
            yield! withFinite "detection" specification.Detection (Detection.problems specification.Detection)
            yield! partProblems specification
            yield! augmentationProblems specification
            yield! unlabelledProblems specification
            yield! unusedProblems specification
            yield! pseudoProblems specification
            yield! shareProblems specification
            yield! Holdout.problems specification.Holdout
            yield! splitProblems specification
            if specification.Corpus.IsMixed then
                for split, count in
                    [
                        "training", clips.Training
                        "testing", clips.Testing
                        "evaluation", clips.Evaluation
                    ] do
                    if count < 1 then
                        Problem.at "data" $"{count} {split} clips" "give at least one"
                    if count > mostClips then
                        Problem.at "data" $"{count} {split} clips" $"give at most {mostClips}"
        ]
