namespace Sed

/// A row that was published: the settings or the label that name it, and the cells that are known.
type PublishedRow = {
    /// All that the row changes; empty where it is named by its label.
    Settings: Setting list
    /// The label of the table's row beside which it stands, whatever that is run with; empty where settings name it.
    Row: string
    Cells: (Metric * float) list
}

/// The settings of one way to run an experiment, for example sized for a laptop, applied before the rows' own.
type Profile = { Name: string; Settings: Setting list }

/// What a row's training takes, as a column of the table. None of it is recorded or verified.
type Column =
    /// Weights of the network.
    | Parameters
    /// Multiply-accumulates of the network for a second of audio.
    | MultiplyAccumulates
    /// How long the training took on the machine that did it, the mean over trials.
    | TrainingTime

/// What is shown below a table.
type Showing =
    /// Weak and strong scores of every class, the best and the worst named, beside the published weak F where it is known.
    | PerClass of published: (string * string) list
    /// Which time and frequency move the outputs of a class, above the log-mel and the reference events of a clip.
    | Saliency of label: string

/// A table to be: what is the same for every row, what varies, over which seeds, and what was published.
type Experiment = {
    Name: string
    Title: string
    /// What the table is to answer; may be empty.
    Question: string
    Data: Corpus option
    Clips: Clips
    Features: Features
    Network: Network
    Training: Training
    Detection: Detection
    Holdout: Holdout
    /// Folds of the training clips, each held out once per row and seed; 0 for none.
    Folds: int
    SelectOn: Split
    ScoreOn: Split
    /// What varies; the rows are the product of the axes.
    Axes: Setting list list
    /// Rows of their own beside the product, each with its name.
    Alongside: (string * Setting list) list
    Seeds: int list
    Report: Metric list
    Columns: Column list
    /// The metric by which rows are ordered, best first, and told from each other; None for the order of the script.
    Sorted: Metric option
    /// The row that the others are compared with; the best one where none is named.
    Against: string option
    Showing: Showing list
    Published: PublishedRow list
    /// Where the published cells stand.
    Source: string
    /// Systems of others, which stand below the rows with what was published of them.
    Others: (string * (Metric * float) list) list
    OthersSource: string
    Profiles: (Profile * int list) list
    /// What a row of a profile wants besides: the profile, the row's label (None: every row), settings that are applied after
    /// the row's own.
    ProfileRows: (string * string option * Setting list) list
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
        SelectOn = Testing
        ScoreOn = Testing
        Axes = []
        Alongside = []
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
        Declared = []
    }
