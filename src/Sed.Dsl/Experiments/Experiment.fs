namespace Sed

/// The published scores of a table row, which is identified by its settings or by its label.
type PublishedRow = {
    /// All settings of the table's row; empty if the row is identified by its label.
    Settings: Setting list
    /// The label of the table's row; empty if the row is identified by its settings.
    Row: string
    Cells: (Metric * float) list
}

/// Named settings with which an experiment is run, for example a small size that suits a laptop. They are applied
/// before the settings of the rows.
type Profile = { Name: string; Settings: Setting list }

module Profile =
    /// The name of the profile that is built into every experiment.
    [<Literal>]
    let Smoke = "smoke"

    /// A minimal experiment that runs every step in seconds: 32 training clips, a hop of 40 ms and 2 epochs. The
    /// networks learn nothing.
    let smoke = [
        TrainingClips 32
        TestingClips 16
        EvaluationClips 16
        Hop 40.0<ms>
        Batch 16
        Epochs 2
    ]

/// The computational cost of a row, as a column of the table. Recorded results do not contain it, so `--verify` ignores
/// it.
type Column =
    /// Number of trainable parameters.
    | Parameters
    /// Multiply-accumulate operations of the network for each second of audio.
    | MultiplyAccumulates
    /// Training time on the machine that was used, mean over trials.
    | TrainingTime

/// Further results, shown below the table and in the report.
type Showing =
    /// For each row, a table of the weak and strong scores by class, with the reported metrics that are means over
    /// classes (such as FrameAuc and MeanAP) or PSDS, and with published weak F-scores if given.
    | PerClass of published: (string * string) list
    /// For each row, the F-score of each class with its 95 % interval, beside the F-scores of constant predictions. The
    /// probabilities are averaged over the seeds. Scores are segment-based (1 s), or clip-level if event times are
    /// unknown.
    | ClassF1
    /// A saliency map: how strongly each input value of an example clip affects the outputs for a class.
    | Saliency of label: string

/// An experiment: the settings that all rows share, the settings that vary, the seeds, the metrics, and published
/// results.
type Experiment = {
    Name: string
    Title: string
    /// The question that the table answers; may be empty.
    Question: string
    Data: Corpus option
    Clips: Clips
    Features: Features
    Network: Network
    Training: Training
    Detection: Detection
    Holdout: Holdout
    /// Number of folds of the training clips for cross-validation: each row is trained for each seed and fold, with
    /// that fold held out. 0 disables cross-validation.
    Folds: int
    /// Whether each row is also trained on all training clips, for its model file. Requires folds.
    Retrain: bool
    SelectOn: Split
    ScoreOn: Split
    /// For each setting that varies, the list of its values. Every combination of the values is a row.
    Axes: Setting list list
    /// Additional rows, each with a name and settings.
    Alongside: (string * Setting list) list
    /// Rows whose settings were drawn at random.
    Sample: Sample option
    /// The search that selects the rows to train to the end. None: all rows are trained to the end.
    Search: Search option
    Seeds: int list
    Report: Metric list
    Columns: Column list
    /// The metric for sorting rows (best first) and for grouping rows without significant differences; None for the
    /// script's order.
    Sorted: Metric option
    /// The label of the reference row for comparisons; None for the best row.
    Against: string option
    Showing: Showing list
    Published: PublishedRow list
    /// The source of the published scores.
    Source: string
    /// Published systems that are shown below the rows. Each has a name and scores.
    Others: (string * (Metric * float) list) list
    OthersSource: string
    Profiles: (Profile * int list) list
    /// Settings of a profile for one row or for every row: the name of the profile, the label of the row (None for
    /// every row), and the settings. They are applied after the row's own settings.
    ProfileRows: (string * string option * Setting list) list
    /// Pairs of the name of a profile and the number of rows that it draws.
    ProfileSamples: (string * int) list
    Declared: string list
}

module Experiment =
    let named name = {
        Name = name
        Title = ""
        Question = ""
        Data = None
        Clips = {
            Training = 2000
            Testing = 400
            Evaluation = 400
        }
        Features = Features.defaults
        Network = Network.candidate218k
        Training = Training.defaults
        Detection = Detection.defaults
        Holdout = Nothing
        Folds = 0
        Retrain = false
        SelectOn = Testing
        ScoreOn = Testing
        Axes = []
        Alongside = []
        Sample = None
        Search = None
        Seeds = []
        Report = []
        Columns = []
        Sorted = None
        Against = None
        Showing = []
        Published = []
        Source = ""
        Others = []
        OthersSource = ""
        Profiles = []
        ProfileRows = []
        ProfileSamples = []
        Declared = []
    }
