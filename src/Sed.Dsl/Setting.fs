namespace Sed

/// One choice that a row of a table makes.
type Setting =
    | StrongWeight of float
    | WeakWeight of float
    | Dropout of float
    | Network of Network
    | Features of LogMel
    | Optimizer of Optimizer
    | Schedule of Schedule
    | Batch of int
    | Order of Order
    | Epochs of int
    | Patience of int
    | Monitor of Monitor
    | PositiveWeight of PositiveWeight
    | Focal of float
    | MaskShort of bool
    | Mixup of float
    | SpecAugment of frames: int * bands: int
    | ClipNorm of float
    | AverageWeights of float
    | Precision of Precision
    | Weak of WeakOutput
    | Threshold of float
    | Median of float<s>
    | TagsFrom of Tags
    | TrainingClips of int
    | TestingClips of int
    | EvaluationClips of int
    | HeldOut of Holdout
    | SelectOn of Split
    | ScoreOn of Split

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
        | Schedule _ -> "learning rate"
        | Batch _ -> "batch"
        | Order _ -> "order"
        | Epochs _ -> "epochs"
        | Patience _ -> "patience"
        | Monitor _ -> "monitor"
        | PositiveWeight _ -> "positive weight"
        | Focal _ -> "focal"
        | MaskShort _ -> "padding"
        | Mixup _ -> "mixup"
        | SpecAugment _ -> "masks"
        | ClipNorm _ -> "clip norm"
        | AverageWeights _ -> "average"
        | Precision _ -> "precision"
        | Weak _ -> "weak output"
        | Threshold _ -> "threshold"
        | Median _ -> "median"
        | TagsFrom _ -> "tags"
        | TrainingClips _ -> "training clips"
        | TestingClips _ -> "testing clips"
        | EvaluationClips _ -> "evaluation clips"
        | HeldOut _ -> "held out"
        | SelectOn _ -> "select on"
        | ScoreOn _ -> "score on"

    /// The value of a setting, as a table's cell.
    let value setting =
        match setting with
        | StrongWeight value
        | WeakWeight value
        | Dropout value
        | Focal value
        | Mixup value
        | ClipNorm value
        | AverageWeights value
        | Threshold value -> Text.number value
        | Median length -> $"{Text.number (float length)} s"
        | Network network -> network.Name
        | Features features -> LogMel.print features
        | Optimizer optimizer -> Training.printOptimizer optimizer
        | Schedule schedule -> Training.printSchedule schedule
        | Order order -> string order
        | Monitor monitor -> Monitor.print monitor
        | PositiveWeight weight -> Training.printPositiveWeight weight
        | MaskShort true -> "left out"
        | MaskShort false -> "counts"
        | SpecAugment(frames, bands) -> Training.printSpecAugment (frames, bands)
        | Precision precision -> string precision
        | Weak output -> WeakOutput.print output
        | HeldOut holdout -> Holdout.print holdout
        | SelectOn split
        | ScoreOn split -> string split
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

        let withNetwork network = {
            specification with
                Specification.Network = network
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
        | Schedule schedule -> withTraining { training with Schedule = schedule }
        | Batch count -> withTraining { training with Batch = count }
        | Order order -> withTraining { training with Order = order }
        | Epochs count -> withTraining { training with Epochs = count }
        | Patience count -> withTraining { training with Patience = count }
        | Monitor monitor -> withTraining { training with Monitor = monitor }
        | PositiveWeight weight ->
            withTraining {
                training with
                    PositiveWeight = weight
            }
        | Focal exponent -> withTraining { training with Focal = exponent }
        | MaskShort yes -> withTraining { training with MaskShort = yes }
        | Mixup parameter -> withTraining { training with Mixup = parameter }
        | SpecAugment(frames, bands) ->
            withTraining {
                training with
                    SpecAugment = (frames, bands)
            }
        | ClipNorm norm -> withTraining { training with ClipNorm = Some norm }
        | AverageWeights past ->
            withTraining {
                training with
                    AverageWeights = Some past
            }
        | Precision precision -> withTraining { training with Precision = precision }
        | Weak output ->
            withNetwork {
                specification.Network with
                    Weak = output
            }
        | HeldOut holdout -> { specification with Holdout = holdout }
        | SelectOn split -> { specification with SelectOn = split }
        | ScoreOn split -> { specification with ScoreOn = split }
        | Dropout rate ->
            withNetwork {
                specification.Network with
                    Dropout = rate
            }
        | Network network -> withNetwork network
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
