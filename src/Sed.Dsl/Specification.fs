namespace Sed

open System
open Sed.Core.Training.Targets
open System.Security.Cryptography
open System.Text

/// Everything that decides a trial's result, spelled out.
type Specification = {
    Corpus: Corpus
    /// Clips per split, where the corpus is mixed.
    Clips: Clips
    Features: Features
    Network: Network
    Training: Training
    Detection: Detection
    /// Which training clips are kept from training.
    Holdout: Holdout
    /// The split that early stopping watches.
    SelectOn: Split
    /// The split whose scores are reported.
    ScoreOn: Split
    /// Seed of the weights, the dropout and the order of the clips.
    Seed: int
    /// Whose frames the strong output learns; None where it learns from labels alone.
    Teaching: Teaching option
    /// The trials whose probabilities are averaged; where there are any, nothing is trained.
    Members: Specification list
}

/// What a trial takes of another one, which is finished before it.
and Teaching = {
    Teacher: Specification
    Frames: FrameLabels
}

module Specification =
    let private digest (text: string) =
        (text |> Encoding.UTF8.GetBytes |> SHA256.HashData |> Convert.ToHexString).Substring(0, 16).ToLowerInvariant()

    let private asText lines =
        lines
        |> List.map (fun (name, value) -> $"{name}: {value}")
        |> String.concat "\n"

    /// The trials that have to be finished before this one begins.
    let needs (specification: Specification) = [
        yield! specification.Members
        for teaching in Option.toList specification.Teaching do
            teaching.Teacher
    ]

    /// What decides a training, as lines of a name and a value: what a trial's folder keeps and what its hash is made of, so
    /// that two trainings are the same exactly when these lines are. How probabilities become events, and which split is
    /// reported, is chosen afterwards. Other trials are named by a hash of their own lines.
    let rec trainingLines (specification: Specification) = [
        "data", specification.Corpus.Name
        if specification.Corpus.IsMixed then
            let clips = specification.Clips
            "clips", $"{clips.Training} training, {clips.Testing} testing, {clips.Evaluation} evaluation"
        let named other = digest (asText (trainingLines other))
        if specification.Members.IsEmpty then
            "features", Features.print specification.Features
            "network", Network.print specification.Network
            "training", Training.print specification.Training
            "strong weight", Text.number specification.Training.StrongWeight
            "weak weight", Text.number specification.Training.WeakWeight
            match specification.Teaching with
            | Some teaching -> "taught by", $"{named teaching.Teacher}, {OtherRows.printFrames teaching.Frames}"
            | None -> ()
        else
            "average of", specification.Members |> List.map named |> String.concat ", "
        if specification.Holdout <> Nothing then
            "held out", Holdout.print specification.Holdout
        "select on", string specification.SelectOn
        "seed", string specification.Seed
    ]

    /// A whole specification, as a plan prints it: two specifications are equal exactly when these lines are.
    let lines (specification: Specification) = [
        for name, value in trainingLines specification do
            if name = "select on" then
                "detection", Detection.print specification.Detection
            name, value
            if name = "select on" then
                "score on", string specification.ScoreOn
    ]

    let printTraining specification = asText (trainingLines specification)

    /// Names the trial's folder together with what its data are: 16 hexadecimal digits.
    let hash (data: string) specification =
        digest (printTraining specification + "\n" + data)

    /// The trial whose network figures look into: its own, or of an average the first one's.
    let rec withNetwork (specification: Specification) =
        match specification.Members with
        | [] -> specification
        | first :: _ -> withNetwork first

    /// Clips that are held out have weak labels only, where there are any.
    let private splitProblems specification = [
        for place, split in [ "select on", specification.SelectOn; "score on", specification.ScoreOn ] do
            if split = Validation && specification.Holdout = Nothing then
                Problem.at place "no clips are held out for validation" "say `validation 0.1` or `folds 5`"
        let strong =
            List.ofSeq specification.Training.Monitor.Metrics |> List.filter _.NeedsEvents
        if specification.SelectOn = Validation && not strong.IsEmpty then
            let names = strong |> List.map _.Name |> String.concat " and "
            Problem.at
                "training"
                $"the monitor has {names}, but validation clips have weak labels only"
                "watch weak scores, for example `monitor WeakF`, or select on a split with strong labels"
    ]

    /// Of what nothing is told, something else has to be learnt.
    let private unlabelledProblems specification = [
        match specification.Training.Labels with
        | :? Labels.Mixed as mixed when
            mixed.HasUnlabelled
            && specification.Training.MeanTeacher = None
            && specification.Teaching = None
            ->
            Problem.at
                "training"
                "nothing is told of some clips, and nobody else teaches them"
                "say `meanTeacher 0.999 2.0 50`, let the row be `taughtBy` another one, or leave Unlabelled out"
        | _ -> ()
    ]

    // More are a digit too many; as many soundscapes take a terabyte.
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
            yield! unlabelledProblems specification
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
