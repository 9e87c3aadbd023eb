namespace Sed

/// experiment "table2" { title "..."; data Soundscapes.smartCars; vary StrongWeight [ 0.002; 1.0 ]; seeds [ 1 .. 5 ] }
type ExperimentBuilder(name: string) =
    inherit Block<Experiment>()

    let given keyword (experiment: Experiment) = {
        experiment with
            Declared = experiment.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Experiment.named name

    /// The caption of the table.
    [<CustomOperation "title">]
    member _.Title(experiment: Experiment, caption: string) =
        { experiment with Title = caption } |> given "title"

    /// The question that the table answers, for example "Are equal weights best?".
    [<CustomOperation "question">]
    member _.Question(experiment: Experiment, sentence: string) =
        { experiment with Question = sentence } |> given "question"

    /// The corpus, for example `Soundscapes.smartCars`. The option `--data` replaces it.
    [<CustomOperation "data">]
    member _.Data(experiment: Experiment, corpus: Corpus) =
        { experiment with Data = Some corpus } |> given "data"

    /// Several corpora as one. Their classes are matched by name. If a corpus does not annotate a class, the class
    /// counts as unknown in its clips and is neither trained nor scored there.
    [<CustomOperation "data">]
    member _.Data(experiment: Experiment, corpora: Corpus list) =
        {
            experiment with
                Data = Some(Several corpora)
        }
        |> given "data"

    /// Number of training, testing and evaluation clips of a synthesised or mixed corpus. Default 2000, 400 and 400.
    [<CustomOperation "clips">]
    member _.Clips(experiment: Experiment, training: int, testing: int, evaluation: int) =
        {
            experiment with
                Clips = {
                    Training = training
                    Testing = testing
                    Evaluation = evaluation
                }
        }
        |> given "clips"

    /// The features, for example `logMel { bands 40 }` or `samples { frame 729 }`.
    [<CustomOperation "features">]
    member _.Features(experiment: Experiment, features: Features) =
        { experiment with Features = features } |> given "features"

    /// Several feature sources, aligned to the frames of the first one:
    /// `features [ named "mel" (logMel { bands 64 }); named "mn" (encoder "mn.onnx" { output "embedding" }) ]`.
    [<CustomOperation "features">]
    member _.Features(experiment: Experiment, sources: NamedFeatures list) =
        {
            experiment with
                Features = Features.combined sources
        }
        |> given "features"

    /// The network, for example `crnn { dropout 0.15 }`.
    [<CustomOperation "network">]
    member _.Network(experiment: Experiment, network: Network) =
        { experiment with Network = network } |> given "network"

    /// The training, for example `training { epochs 1000; patience 100 }`.
    [<CustomOperation "train">]
    member _.Train(experiment: Experiment, training: Training) =
        { experiment with Training = training } |> given "train"

    /// The decoding of frame probabilities into events, for example `detection { threshold 0.5 }`.
    [<CustomOperation "detect">]
    member _.Detect(experiment: Experiment, detection: Detection) =
        {
            experiment with
                Detection = detection
        }
        |> given "detect"

    /// Holds out a fraction of the training clips, stratified by class, for example for `selectOn Validation`. Default
    /// none.
    [<CustomOperation "validation">]
    member _.Validation(experiment: Experiment, share: float) =
        {
            experiment with
                Holdout = Share share
        }
        |> given "validation"

    /// Number of folds for cross-validation: each row is trained for each seed and fold, with that fold of the training
    /// clips held out. With `scoreOn Validation`, the held-out clips of all folds of a seed are scored together. Default
    /// none.
    [<CustomOperation "folds">]
    member _.Folds(experiment: Experiment, count: int) =
        { experiment with Folds = count } |> given "folds"

    /// Whether each row is also trained on all training clips after cross-validation, once for each seed. The model
    /// file of `--export-model` then contains these networks, with the decoding that is tuned on the held-out clips of
    /// the folds. Requires `folds` and `keepLast true`. Default false.
    [<CustomOperation "retrain">]
    member _.Retrain(experiment: Experiment, yes: bool) =
        { experiment with Retrain = yes } |> given "retrain"

    /// The split that early stopping monitors: Testing (the default, as in Adavanne and Virtanen 2017), Evaluation or
    /// Validation.
    [<CustomOperation "selectOn">]
    member _.SelectOn(experiment: Experiment, split: Split) =
        { experiment with SelectOn = split } |> given "selectOn"

    /// The split whose scores are reported. Default Testing.
    [<CustomOperation "scoreOn">]
    member _.ScoreOn(experiment: Experiment, split: Split) =
        { experiment with ScoreOn = split } |> given "scoreOn"

    /// A setting and its values; each value becomes a row. Several `vary` lines give one row for each combination of
    /// their values.
    [<CustomOperation "vary">]
    member _.Vary(experiment: Experiment, setting: 'value -> Setting, values: 'value list) = {
        experiment with
            Axes = experiment.Axes @ [ List.map setting values ]
    }

    /// An additional row: its name and its settings. Without `vary`, the table contains only the added rows and those of
    /// `sample`.
    [<CustomOperation "addRow">]
    member _.Alongside(experiment: Experiment, name: string, settings: Setting list) = {
        experiment with
            Alongside = experiment.Alongside @ [ name, settings ]
    }

    /// Several additional rows, each with its name and its settings.
    [<CustomOperation "addRows">]
    member _.Rows(experiment: Experiment, rows: (string * Setting list) list) = {
        experiment with
            Alongside = experiment.Alongside @ rows
    }

    /// Rows with settings that are drawn at random: their number, and the settings with their values, for example
    /// `sample 60 [ draw LearningRate (logUniform 1e-4 1e-2); draw Filters (among [ 8; 16; 32 ]) ]`. All rows are
    /// different. The first rows stay the same if more rows are drawn.
    [<CustomOperation "sample">]
    member _.Sample(experiment: Experiment, rows: int, axes: DrawnAxis list) =
        {
            experiment with
                Sample = Some(Sample.draw 1 rows axes)
        }
        |> given "sample"

    /// As `sample`, but with the given seed instead of 1, so that different rows are drawn. The arguments are the seed,
    /// the number of rows, and the settings with their values.
    [<CustomOperation "sampleSeeded">]
    member _.SampleSeeded(experiment: Experiment, seed: int, rows: int, axes: DrawnAxis list) =
        {
            experiment with
                Sample = Some(Sample.draw seed rows axes)
        }
        |> given "sample"

    /// Trains only the best rows to the end: `search (halving { first 3; eta 3 })` or `search (hyperband { eta 3 })`.
    /// Rows are compared by the early-stopping monitor on the clips of `selectOn`, averaged over seeds. Default: all rows
    /// are trained to the end.
    [<CustomOperation "search">]
    member _.Search(experiment: Experiment, search: Search) =
        { experiment with Search = Some search } |> given "search"

    /// The seeds. Each row is trained once with each seed.
    [<CustomOperation "seeds">]
    member _.Seeds(experiment: Experiment, seeds: int list) =
        { experiment with Seeds = seeds } |> given "seeds"

    /// The metrics to report, one column each.
    [<CustomOperation "report">]
    member _.Report(experiment: Experiment, metrics: Metric list) =
        { experiment with Report = metrics } |> given "report"

    /// Computational costs of each row, as columns after the metrics, for example
    /// `columns [ Parameters; MultiplyAccumulates; TrainingTime ]`.
    [<CustomOperation "columns">]
    member _.Columns(experiment: Experiment, columns: Column list) =
        { experiment with Columns = columns } |> given "columns"

    /// Sorts the rows by a reported metric, best first, and groups the rows that do not differ significantly by it.
    [<CustomOperation "sortBy">]
    member _.Sorted(experiment: Experiment, metric: Metric) =
        { experiment with Sorted = Some metric } |> given "sortBy"

    /// The label of the reference row, with which all other rows are compared. Default: for each metric, the best row.
    /// The best row is also used if the named row is no better than a constant prediction.
    [<CustomOperation "compareWith">]
    member _.Against(experiment: Experiment, label: string) =
        { experiment with Against = Some label } |> given "compareWith"

    /// Further results below the table, for example `figures [ PerClass [] ]`.
    [<CustomOperation "figures">]
    member _.Showing(experiment: Experiment, showing: Showing list) =
        { experiment with Showing = showing } |> given "figures"

    /// Published scores of the table's rows: their source, and one `row` or `publishedAs` for each row.
    [<CustomOperation "published">]
    member _.Published(experiment: Experiment, source: string, rows: PublishedRow list) =
        {
            experiment with
                Published = rows
                Source = source
        }
        |> given "published"

    /// Published systems, shown below the rows: their source, and the name and scores of each system.
    [<CustomOperation "otherSystems">]
    member _.Others(experiment: Experiment, source: string, systems: (string * (Metric * float) list) list) =
        {
            experiment with
                Others = systems
                OthersSource = source
        }
        |> given "otherSystems"

    /// A profile: a named set of seeds and settings that replace those of the experiment. `--profile` selects it.
    /// Without this option, an experiment on a synthesised or mixed corpus uses the first profile of the script. On
    /// other corpora, and if the script has no profile, the experiment runs as written. Before the training, the
    /// settings that the profile changes are printed with their new values. The profile `smoke` is built in.
    [<CustomOperation "profile">]
    member _.Profile(experiment: Experiment, name: string, seeds: int list, settings: Setting list) = {
        experiment with
            Profiles = experiment.Profiles @ [ { Name = name; Settings = settings }, seeds ]
    }

    /// Settings of a profile for one row: the name of the profile, the label of the row, and the settings, for example
    /// more epochs for one network.
    [<CustomOperation "profileRow">]
    member _.ProfileRow(experiment: Experiment, name: string, row: string, settings: Setting list) = {
        experiment with
            ProfileRows = experiment.ProfileRows @ [ name, Some row, settings ]
    }

    /// Settings of a profile that are applied after the settings of every row, for example narrower networks. Settings
    /// of `profileRow` are applied after these.
    [<CustomOperation "profileRows">]
    member _.ProfileRows(experiment: Experiment, name: string, settings: Setting list) = {
        experiment with
            ProfileRows = (name, None, settings) :: experiment.ProfileRows
    }

    /// The number of rows that a profile draws, at most the number that `sample` states. The profile `smoke` draws 4
    /// rows.
    [<CustomOperation "profileSample">]
    member _.ProfileSample(experiment: Experiment, name: string, rows: int) = {
        experiment with
            ProfileSamples = experiment.ProfileSamples @ [ name, rows ]
    }
