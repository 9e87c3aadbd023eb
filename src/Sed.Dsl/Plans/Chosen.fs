namespace Sed

/// The choices of the command line; None for those of the script.
type Choices = {
    Profile: string option
    Data: Corpus option
    Seeds: int list option
    /// Selects the rows whose label contains this text, in any case.
    Only: string option
}

module Choices =
    let none = {
        Profile = None
        Data = None
        Seeds = None
        Only = None
    }

/// An experiment with the choices of the profile and the command line.
type internal Chosen = {
    Experiment: Experiment
    Corpus: Corpus option
    Profile: Profile
    Seeds: int list
    /// Whether this is the default profile.
    IsDefault: bool
    Variants: Variant list
}

module internal Chosen =
    /// The profile that runs an experiment exactly as it is written.
    [<Literal>]
    let PaperProfile = "paper"

    let private product (axes: Setting list list) =
        List.foldBack
            (fun values rows -> [
                for value in values do
                    for row in rows -> value :: row
            ])
            axes
            [ [] ]

    let private variants (experiment: Experiment) = [
        // Without `vary`, the rows are the added rows alone. An axis without values is ignored here, so that other
        // problems are found; it is reported elsewhere.
        for settings in
            (if experiment.Axes.IsEmpty && not experiment.Alongside.IsEmpty then
                 []
             else
                 product (List.filter (List.isEmpty >> not) experiment.Axes)) do
            {
                Coordinates = [ for setting in settings -> Setting.axis setting, Setting.value setting ]
                Name = ""
                Settings = settings
            }
        for name, settings in experiment.Alongside do
            {
                Coordinates = []
                Name = name
                Settings = settings
            }
    ]

    /// An experiment with its chosen profile, and the problems of the choice.
    let ofExperiment (choices: Choices) (experiment: Experiment) : Chosen * Problem list =
        let corpus = choices.Data |> Option.orElse experiment.Data
        let paper = { Name = PaperProfile; Settings = [] }, experiment.Seeds
        let profiles = experiment.Profiles @ [ paper ]
        // The default is the first profile for soundscapes and the script as written for collected corpora.
        let byDefault =
            match corpus with
            | Some(corpus: Corpus) when corpus.IsMixed -> fst profiles.Head
            | _ -> fst paper
        let name = defaultArg choices.Profile byDefault.Name
        let chosen profile seeds isDefault = {
            Experiment = experiment
            Corpus = corpus
            Profile = profile
            Seeds = defaultArg choices.Seeds seeds
            IsDefault = isDefault
            Variants = variants experiment
        }
        match profiles |> List.tryFind (fun (profile, _) -> profile.Name = name) with
        | Some(profile, seeds) -> chosen profile seeds (name = byDefault.Name), []
        | None ->
            let known = [ for profile, _ in profiles -> profile.Name ] |> String.concat ", "
            chosen { Name = ""; Settings = [] } experiment.Seeds true,
            [ Problem.at "--profile" $"there is no profile '{name}'" $"there are {known}" ]

    /// The profile's settings for single rows, by their labels (None for every row).
    let rowSettings (chosen: Chosen) = [
        for profile, row, settings in chosen.Experiment.ProfileRows do
            if profile = chosen.Profile.Name then
                row, settings
    ]

    /// All settings of a row, in the order in which they are applied.
    let settings (chosen: Chosen) (variant: Variant) =
        chosen.Profile.Settings
        @ variant.Settings
        @ (rowSettings chosen
           |> List.collect (fun (row, settings) ->
               if row = None || row = Some variant.Label then
                   settings
               else
                   []))

    /// The experiment's specification with the given settings, without teachers and ensemble members.
    let specification (chosen: Chosen) seed holdout (settings: Setting list) =
        let experiment = chosen.Experiment
        let plain = {
            Corpus = defaultArg chosen.Corpus SmartCars
            Clips = experiment.Clips
            Features = experiment.Features
            Network = experiment.Network
            Training = experiment.Training
            Detection = experiment.Detection
            Holdout = holdout
            SelectOn = experiment.SelectOn
            ScoreOn = experiment.ScoreOn
            Seed = seed
            Teaching = None
            Members = []
        }
        List.fold Setting.apply plain settings
