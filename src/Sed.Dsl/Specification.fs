namespace Sed

open System
open System.Security.Cryptography
open System.Text

/// Everything that decides a trial's result, spelled out.
type Specification = {
    Corpus: Corpus
    /// Clips per split, where the corpus is mixed.
    Clips: Clips
    Features: LogMel
    Network: Network
    Training: Training
    Detection: Detection
    /// The split that early stopping watches.
    SelectOn: Split
    /// The split whose scores are reported.
    ScoreOn: Split
    /// Seed of the weights, the dropout and the order of the clips.
    Seed: int
}

/// One choice that a row of a table makes.
type Setting =
    | StrongWeight of float
    | WeakWeight of float
    | Dropout of float
    | Network of Network
    | Features of LogMel
    | Optimizer of Optimizer
    | Batch of int
    | Epochs of int
    | Patience of int
    | Threshold of float
    | Median of float<s>
    | TagsFrom of Tags
    | TrainingClips of int
    | TestingClips of int
    | EvaluationClips of int

module Setting =
    /// What a setting changes, as a table's heading.
    let axis setting =
        match setting with
        | StrongWeight _ -> "strong weight"
        | WeakWeight _ -> "weak weight"
        | Dropout _ -> "dropout"
        | Network _ -> "network"
        | Features _ -> "features"
        | Optimizer _ -> "optimizer"
        | Batch _ -> "batch"
        | Epochs _ -> "epochs"
        | Patience _ -> "patience"
        | Threshold _ -> "threshold"
        | Median _ -> "median"
        | TagsFrom _ -> "tags"
        | TrainingClips _ -> "training clips"
        | TestingClips _ -> "testing clips"
        | EvaluationClips _ -> "evaluation clips"

    /// The value of a setting, as a table's cell.
    let value setting =
        match setting with
        | StrongWeight value
        | WeakWeight value
        | Dropout value
        | Threshold value -> Text.number value
        | Median length -> $"{Text.number (float length)} s"
        | Network network -> network.Name
        | Features features -> LogMel.print features
        | Optimizer(Adam rate) -> $"Adam {Text.number rate}"
        | TagsFrom FromEvents -> "events"
        | TagsFrom FromWeakOutput -> "weak output"
        | Batch count
        | Epochs count
        | Patience count
        | TrainingClips count
        | TestingClips count
        | EvaluationClips count -> string count

    let apply (specification: Specification) setting =
        let training = specification.Training

        let withTraining training = {
            specification with
                Specification.Training = training
        }

        let withDetection detection = {
            specification with
                Detection = detection
        }

        let withClips clips = { specification with Clips = clips }

        match setting with
        | StrongWeight weight -> withTraining { training with StrongWeight = weight }
        | WeakWeight weight -> withTraining { training with WeakWeight = weight }
        | Optimizer optimizer -> withTraining { training with Optimizer = optimizer }
        | Batch count -> withTraining { training with Batch = count }
        | Epochs count -> withTraining { training with Epochs = count }
        | Patience count -> withTraining { training with Patience = count }
        | Dropout rate -> {
            specification with
                Network = {
                    specification.Network with
                        Dropout = rate
                }
          }
        | Network network -> { specification with Network = network }
        | Features features -> {
            specification with
                Features = features
          }
        | Threshold probability ->
            withDetection {
                specification.Detection with
                    Threshold = probability
            }
        | Median length ->
            withDetection {
                specification.Detection with
                    Median = length
            }
        | TagsFrom source ->
            withDetection {
                specification.Detection with
                    Tags = source
            }
        | TrainingClips count ->
            withClips {
                specification.Clips with
                    Training = count
            }
        | TestingClips count ->
            withClips {
                specification.Clips with
                    Testing = count
            }
        | EvaluationClips count ->
            withClips {
                specification.Clips with
                    Evaluation = count
            }

module Specification =
    /// A specification as lines of a name and a value: what a plan prints, what a trial's folder keeps and what its
    /// hash is made of, so that two specifications are equal exactly when these lines are.
    let lines (specification: Specification) = [
        "data", specification.Corpus.Name
        if specification.Corpus.IsMixed then
            let clips = specification.Clips
            "clips", $"{clips.Training} training, {clips.Testing} testing, {clips.Evaluation} evaluation"
        "features", LogMel.print specification.Features
        "network", Network.print specification.Network
        "training", Training.print specification.Training
        "strong weight", Text.number specification.Training.StrongWeight
        "weak weight", Text.number specification.Training.WeakWeight
        "detection", Detection.print specification.Detection
        "select on", string specification.SelectOn
        "score on", string specification.ScoreOn
        "seed", string specification.Seed
    ]

    let print specification =
        lines specification
        |> List.map (fun (name, value) -> $"{name}: {value}")
        |> String.concat "\n"

    /// Names the trial's folder together with what its data are: 16 hexadecimal digits.
    let hash (data: string) specification =
        let text = print specification + "\n" + data
        (text |> Encoding.UTF8.GetBytes |> SHA256.HashData |> Convert.ToHexString).Substring(0, 16).ToLowerInvariant()

    let problems (specification: Specification) =
        let clips = specification.Clips

        [
            yield! LogMel.problems specification.Features
            yield! Network.problems specification.Features.Bands specification.Network
            yield! Training.problems specification.Training
            yield! Detection.problems specification.Detection
            if specification.Corpus.IsMixed then
                for split, count in
                    [
                        "training", clips.Training
                        "testing", clips.Testing
                        "evaluation", clips.Evaluation
                    ] do
                    if count < 1 then
                        Problem.at "data" $"{count} {split} clips" "give at least one"
        ]
