/// The words that start a block or a value in a script.
[<AutoOpen>]
module Sed.Words

/// A table to be, by its name.
let experiment name = ExperimentBuilder name

/// Log mel-band energies; what is not said is as in the DCASE 2017 baseline.
let logMel = LogMelBuilder()

/// The waveform itself, in frames of so many samples, for networks that learn from samples.
let samples = SamplesBuilder()

/// The paper's kind of network; what is not said is as in the 218k candidate.
let crnn = CrnnBuilder()

/// Any stack of layers, from the bottom up, by its name.
let layers name = LayersBuilder name

/// The DCASE 2017 baseline: 5 frames of context and two dense layers of 50 units.
let mlp = Network.baseline

/// How a network is trained; what is not said is as in the paper.
let training = TrainingBuilder()

/// How probabilities become events and tags.
let detection = DetectionBuilder()

/// Adam with a learning rate.
let adam learningRate = Adam learningRate

/// Adam with a learning rate and a weight decay that acts on the weights themselves.
let adamW learningRate weightDecay = AdamW(learningRate, weightDecay)

/// Gradient descent with a learning rate and momentum.
let sgd learningRate momentum = Sgd(learningRate, momentum)

/// A published row: the settings that name it, and the cells that are known.
let row settings cells : PublishedRow = {
    Settings = settings
    Row = ""
    Cells = cells
}

/// A published row that stands beside the table's row of this label, whatever that is run with.
let publishedAs label cells : PublishedRow = {
    Settings = []
    Row = label
    Cells = cells
}

let private ownRow name : RowName = { Experiment = ""; Row = name }

let private rowOf experiment name : RowName = { Experiment = experiment; Row = name }

/// The row learns the frames of another row's trial with the same seed (pseudo strong labels): `taughtBy "weak labels" (Hard
/// 0.5)`, or Soft for its probabilities. Classes that a clip's own labels exclude stay absent.
let taughtBy teacher frames =
    Others(TaughtBy(ownRow teacher, frames, 1))

/// `taughtBy` in so many rounds: in each further one the student of the round before is the teacher.
let taughtInRounds rounds teacher frames =
    Others(TaughtBy(ownRow teacher, frames, rounds))

/// `taughtBy` with a teacher of another experiment: `taughtByRowOf "pooling" "weak output attention" Soft`.
let taughtByRowOf experiment teacher frames =
    Others(TaughtBy(rowOf experiment teacher, frames, 1))

/// The row averages the probabilities of other rows' trials with the same seed, whatever their features; nothing is trained.
let averageOf rows = Others(AverageOf(List.map ownRow rows))
