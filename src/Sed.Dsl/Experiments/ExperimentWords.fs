namespace Sed

/// experiment "table2" { title "..."; data Soundscapes.smartCars; vary StrongWeight [ 0.002; 1.0 ]; seeds [ 1 .. 5 ] }
type ExperimentBuilder(name: string) =
    inherit Block<Experiment>()

    let given keyword (experiment: Experiment) = {
        experiment with
            Declared = experiment.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Experiment.named name

    /// What the table shows, as its caption.
    [<CustomOperation "title">]
    member _.Title(experiment: Experiment, caption: string) =
        { experiment with Title = caption } |> given "title"

    /// What the table is to answer, for example "Is 1/1 best?".
    [<CustomOperation "question">]
    member _.Question(experiment: Experiment, sentence: string) =
        { experiment with Question = sentence } |> given "question"

    /// Where recordings and labels come from, for example `Soundscapes.smartCars`; `--data` names another corpus.
    [<CustomOperation "data">]
    member _.Data(experiment: Experiment, corpus: Corpus) =
        { experiment with Data = Some corpus } |> given "data"

    /// Clips per split, where the corpus is mixed: training, testing, evaluation.
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

    /// How waveforms become frames, for example `logMel { bands 40 }` or `samples { frame 729 }`.
    [<CustomOperation "features">]
    member _.Features(experiment: Experiment, features: Features) =
        { experiment with Features = features } |> given "features"

    /// The network, for example `crnn { dropout 0.15 }`.
    [<CustomOperation "network">]
    member _.Network(experiment: Experiment, network: Network) =
        { experiment with Network = network } |> given "network"

    /// How the network is trained, for example `training { epochs 1000; patience 100 }`.
    [<CustomOperation "train">]
    member _.Train(experiment: Experiment, training: Training) =
        { experiment with Training = training } |> given "train"

    /// How probabilities become events, for example `detection { threshold 0.5 }`.
    [<CustomOperation "detect">]
    member _.Detect(experiment: Experiment, detection: Detection) =
        {
            experiment with
                Detection = detection
        }
        |> given "detect"

    /// Keeps a share of the training clips from training, for `selectOn Validation`. Every class has its share of them.
    [<CustomOperation "validation">]
    member _.Validation(experiment: Experiment, share: float) =
        {
            experiment with
                Holdout = Share share
        }
        |> given "validation"

    /// Divides the training clips in so many folds; every row and seed is trained once without each of them.
    [<CustomOperation "folds">]
    member _.Folds(experiment: Experiment, count: int) =
        { experiment with Folds = count } |> given "folds"

    /// The split that early stopping watches: Testing (the default, as in the paper), Evaluation or Validation.
    [<CustomOperation "selectOn">]
    member _.SelectOn(experiment: Experiment, split: Split) =
        { experiment with SelectOn = split } |> given "selectOn"

    /// The split whose scores are reported. Default Testing.
    [<CustomOperation "scoreOn">]
    member _.ScoreOn(experiment: Experiment, split: Split) =
        { experiment with ScoreOn = split } |> given "scoreOn"

    /// What varies, and over which values; given several times, the rows are the product.
    [<CustomOperation "vary">]
    member _.Vary(experiment: Experiment, setting: 'value -> Setting, values: 'value list) = {
        experiment with
            Axes = experiment.Axes @ [ List.map setting values ]
    }

    /// A row of its own, with its name and what it changes; beside what `vary` gives, or alone where nothing varies.
    [<CustomOperation "addRow">]
    member _.Alongside(experiment: Experiment, name: string, settings: Setting list) = {
        experiment with
            Alongside = experiment.Alongside @ [ name, settings ]
    }

    /// Several rows of their own, each with its name and what it changes.
    [<CustomOperation "addRows">]
    member _.Rows(experiment: Experiment, rows: (string * Setting list) list) = {
        experiment with
            Alongside = experiment.Alongside @ rows
    }

    /// The seeds; every row is trained once with each.
    [<CustomOperation "seeds">]
    member _.Seeds(experiment: Experiment, seeds: int list) =
        { experiment with Seeds = seeds } |> given "seeds"

    /// The columns of the table.
    [<CustomOperation "report">]
    member _.Report(experiment: Experiment, metrics: Metric list) =
        { experiment with Report = metrics } |> given "report"

    /// What a training takes, as columns behind the metrics, for example `columns [ Parameters; MultiplyAccumulates; TrainingTime ]`.
    [<CustomOperation "columns">]
    member _.Columns(experiment: Experiment, columns: Column list) =
        { experiment with Columns = columns } |> given "columns"

    /// Orders the rows by a reported metric, best first, and tells which of them cannot be told apart by it.
    [<CustomOperation "sortBy">]
    member _.Sorted(experiment: Experiment, metric: Metric) =
        { experiment with Sorted = Some metric } |> given "sortBy"

    /// The row that the others are compared with, by its label. Default, and where that row is no better than a constant answer:
    /// the best one, metric by metric.
    [<CustomOperation "compareWith">]
    member _.Against(experiment: Experiment, label: string) =
        { experiment with Against = Some label } |> given "compareWith"

    /// What is shown below the table, for example `showing [ PerClass [] ]`.
    [<CustomOperation "figures">]
    member _.Showing(experiment: Experiment, showing: Showing list) =
        { experiment with Showing = showing } |> given "figures"

    /// What was published, and where: rows of settings and known cells.
    [<CustomOperation "published">]
    member _.Published(experiment: Experiment, source: string, rows: PublishedRow list) =
        {
            experiment with
                Published = rows
                Source = source
        }
        |> given "published"

    /// Systems of others, and where they were published: names and known cells, below the table's own rows.
    [<CustomOperation "otherSystems">]
    member _.Others(experiment: Experiment, source: string, systems: (string * (Metric * float) list) list) =
        {
            experiment with
                Others = systems
                OthersSource = source
        }
        |> given "otherSystems"

    /// A way to run the experiment with other settings and seeds, chosen by `--profile`.
    [<CustomOperation "profile">]
    member _.Profile(experiment: Experiment, name: string, seeds: int list, settings: Setting list) = {
        experiment with
            Profiles = experiment.Profiles @ [ { Name = name; Settings = settings }, seeds ]
    }

    /// What one row of a profile wants besides, by its label; for example a network that wants more epochs than others.
    [<CustomOperation "profileRow">]
    member _.ProfileRow(experiment: Experiment, name: string, row: string, settings: Setting list) = {
        experiment with
            ProfileRows = experiment.ProfileRows @ [ name, Some row, settings ]
    }

    /// What every row of a profile wants besides, whatever it says itself; for example networks of other papers at a smaller
    /// width. Settings of `profileRow` come after it.
    [<CustomOperation "profileRows">]
    member _.ProfileRows(experiment: Experiment, name: string, settings: Setting list) = {
        experiment with
            ProfileRows = (name, None, settings) :: experiment.ProfileRows
    }
