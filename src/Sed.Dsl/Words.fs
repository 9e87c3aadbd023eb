/// The keywords that start a block or a value in a script.
[<AutoOpen>]
module Sed.Words

/// An experiment and its name, which is also the name of its table and files.
let experiment name = ExperimentBuilder name

/// Log-mel energies. The defaults are the settings of the DCASE 2017 baseline.
let logMel = LogMelBuilder()

/// The waveform in frames of a fixed number of samples, for networks that learn from the waveform.
let samples = SamplesBuilder()

/// The vectors (embeddings) of a pretrained network in an ONNX file.
let encoder path = EncoderBuilder path

/// One of several feature sources of a network, for `features [ named "mel" (logMel { bands 64 }); ... ]`.
let named name features : NamedFeatures = { Name = name; Features = features }

/// Several feature sources, for the setting Features of a row: `Features(combined [ named "mel" ...; named "mn" ... ])`.
let combined sources = Features.combined sources

/// A convolutional recurrent network as in Adavanne and Virtanen (2017). The defaults have about 218,000 parameters.
let crnn = CrnnBuilder()

/// A network with the given name: a stack of layers, listed from input to output.
let layers name = LayersBuilder name

/// The network of the DCASE 2017 baseline: a context of 5 frames and two dense layers of 50 units.
let mlp = Network.baseline

/// How a network is trained. The defaults are the settings of Adavanne and Virtanen (2017).
let training = TrainingBuilder()

/// How frame probabilities are decoded into events and tags.
let detection = DetectionBuilder()

/// Successive halving (Jamieson and Talwalkar 2016), for `search`: all rows are trained for a few epochs, then the best
/// of them for more epochs, and so on. The training of a row is resumed where it was paused, so no epoch is trained
/// twice.
let halving = HalvingBuilder false

/// Hyperband (Li et al. 2018), for `search`: several brackets of successive halving, from many rows that start with few
/// epochs to few rows that are all trained to the end. It has the keywords of `halving`. The number of epochs determines how
/// many rows of the table are used; drawn rows beyond this number are left out.
let hyperband = HalvingBuilder true

/// A published row: the settings that identify a row of the table, and its published scores.
let row settings cells : PublishedRow = {
    Settings = settings
    Row = ""
    Cells = cells
}

/// The published scores of the row with this label, regardless of the row's settings.
let publishedAs label cells : PublishedRow = {
    Settings = []
    Row = label
    Cells = cells
}

let private ownRow name : RowName = { Experiment = ""; Row = name }

let private rowOf experiment name : RowName = { Experiment = experiment; Row = name }

/// Pseudo strong labels: clips without strong labels are trained on the frame probabilities of another row's trial with
/// the same seed, for example `pseudoLabelsFrom "weak labels" (Hard 0.5)`, or Soft for the probabilities themselves. A
/// class that is absent from a clip's own labels stays absent. The other row can be an ensemble, and its features and
/// the length of its frames can differ, for example if it uses an encoder. With `pseudoWeight`, all clips are trained
/// on the teacher's probabilities and also on their own labels.
let pseudoLabelsFrom teacher frames =
    Others(PseudoLabels(ownRow teacher, frames, 1))

/// `pseudoLabelsFrom` in several rounds. From the second round on, the teacher is the student of the previous round.
let pseudoLabelsInRounds rounds teacher frames =
    Others(PseudoLabels(ownRow teacher, frames, rounds))

/// `pseudoLabelsFrom` with a teacher from another experiment:
/// `pseudoLabelsFromRowOf "pooling" "weak output attention" Soft`.
let pseudoLabelsFromRowOf experiment teacher frames =
    Others(PseudoLabels(rowOf experiment teacher, frames, 1))

/// An ensemble: the mean of the probabilities of other rows' trials with the same seed. Nothing is trained. The rows
/// may have different features.
let ensembleOf rows = Others(Ensemble(List.map ownRow rows))
