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

/// Pseudo strong labels: the row learns the frame probabilities of another row's trial with the same seed, for example
/// `pseudoLabelsFrom "weak labels" (Hard 0.5)`, or Soft for the probabilities themselves. Classes that a clip's own labels exclude stay
/// absent.
let pseudoLabelsFrom teacher frames =
    Others(PseudoLabels(ownRow teacher, frames, 1))

/// `pseudoLabelsFrom` in several rounds: in each further one, the student of the previous round is the teacher.
let pseudoLabelsInRounds rounds teacher frames =
    Others(PseudoLabels(ownRow teacher, frames, rounds))

/// `pseudoLabelsFrom` with a teacher of another experiment: `pseudoLabelsFromRowOf "pooling" "weak output attention" Soft`.
let pseudoLabelsFromRowOf experiment teacher frames =
    Others(PseudoLabels(rowOf experiment teacher, frames, 1))

/// Averages the probabilities of other rows' trials with the same seed, whatever their features; nothing is trained.
let ensembleOf rows = Others(Ensemble(List.map ownRow rows))
