namespace Sed

open System
open System.IO

/// Overrides from the command line; None to keep the script's values.
type Choices = {
    Profile: string option
    Data: Corpus option
    Seeds: int list option
    /// Selects the rows whose label contains this text, ignoring case.
    Only: string option
}

module Choices =
    let none = {
        Profile = None
        Data = None
        Seeds = None
        Only = None
    }

/// An experiment after the profile and the command line have overridden its values.
type internal Chosen = {
    Experiment: Experiment
    Corpus: Corpus option
    Profile: Profile
    Seeds: int list
    /// Whether the profile is the one that runs without `--profile`.
    IsDefault: bool
    Variants: Variant list
    Search: Search option
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

    // Number of drawn rows in the built-in profile.
    let private smokeRows = 4

    /// The rows that the profile draws at random.
    let private drawn (experiment: Experiment) (profile: string) =
        match experiment.Sample with
        | None -> []
        | Some sample ->
            match List.tryFind (fst >> (=) profile) experiment.ProfileSamples with
            | Some(_, count) -> List.truncate count sample.Rows
            | None when profile = Profile.Smoke -> List.truncate smokeRows sample.Rows
            | None -> sample.Rows

    let private variants (experiment: Experiment) (profile: string) = [
        // Without `vary`, the rows are the drawn and the added rows alone. An axis without values is reported elsewhere;
        // it is ignored here, so that other problems are found.
        for settings in
            (if
                 experiment.Axes.IsEmpty
                 && not (experiment.Alongside.IsEmpty && experiment.Sample.IsNone)
             then
                 []
             else
                 product (List.filter (List.isEmpty >> not) experiment.Axes))
            @ drawn experiment profile do
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

    /// The profile's settings for single rows, by their labels (None for every row).
    let rowSettings (chosen: Chosen) = [
        for profile, row, settings in chosen.Experiment.ProfileRows do
            if profile = chosen.Profile.Name then
                row, settings
    ]

    /// All settings of a row, in the order in which they are applied. Recipes are replaced by their settings.
    let settings (chosen: Chosen) (variant: Variant) =
        chosen.Profile.Settings
        @ variant.Settings
        @ (rowSettings chosen
           |> List.collect (fun (row, settings) ->
               if row = None || row = Some variant.Label then
                   settings
               else
                   []))
        |> List.collect Setting.flattened

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

    /// The number of epochs of a row.
    let epochs (chosen: Chosen) (variant: Variant) =
        (specification chosen 0 Nothing (settings chosen variant)).Training.Options.Epochs

    /// The rows that the search uses. The number of rows that Hyperband uses depends on the number of epochs. Surplus
    /// rows of `vary` and `sample` are left out before rows of `addRow`, which are the last rows of the experiment.
    let private needed (chosen: Chosen) =
        match chosen.Search, chosen.Variants with
        | Some search, first :: _ when (Search.problems search).IsEmpty ->
            match Search.rowsNeeded search (epochs chosen first) with
            | Some count ->
                let added = chosen.Experiment.Alongside.Length
                let others, own = List.splitAt (chosen.Variants.Length - added) chosen.Variants
                List.truncate (max 0 (count - added)) others @ own |> List.truncate count
            | None -> chosen.Variants
        | _ -> chosen.Variants

    let private withProfile (choices: Choices) (experiment: Experiment) profile seeds isDefault =
        let chosen = {
            Experiment = experiment
            Corpus = Corpus.replacedBy choices.Data experiment.Data
            Profile = profile
            Seeds = defaultArg choices.Seeds seeds
            IsDefault = isDefault
            Variants = variants experiment profile.Name
            Search =
                // The built-in profile has 2 epochs, so the first rung has 1. With 2 epochs, Hyperband has several rows
                // only if eta is 2.
                match experiment.Search with
                | Some search when profile.Name = Profile.Smoke ->
                    Some {
                        search with
                            First = min 1 search.First
                            Eta = if search.IsHyperband then min 2 search.Eta else search.Eta
                    }
                | search -> search
        }
        { chosen with Variants = needed chosen }

    let private paper = { Name = PaperProfile; Settings = [] }

    /// The built-in profile, without settings that would be invalid for the features of any row, such as a hop longer
    /// than the window.
    let private smoke (choices: Choices) (experiment: Experiment) =
        let seeds = List.truncate 1 experiment.Seeds
        let fits setting =
            let profile = {
                Name = Profile.Smoke
                Settings = [ setting ]
            }
            let chosen = withProfile choices experiment profile seeds false
            chosen.Variants
            |> List.forall (fun variant ->
                let own = specification chosen 0 Nothing (settings chosen variant)
                (Features.problems own.Features).IsEmpty)
        {
            Name = Profile.Smoke
            Settings = List.filter fits Profile.smoke
        },
        seeds

    /// The experiment exactly as it is written.
    let written (choices: Choices) (experiment: Experiment) : Chosen =
        withProfile choices experiment paper experiment.Seeds false

    /// Applies the selected profile and the command line to an experiment. Returns the result, with a problem if the
    /// selected profile does not exist. Without `--profile`, an experiment on a synthesised or mixed corpus uses the
    /// first profile of the script, and an experiment on a collected corpus runs as it is written.
    let ofExperiment (choices: Choices) (experiment: Experiment) : Chosen * Problem list =
        let corpus = Corpus.replacedBy choices.Data experiment.Data
        let byDefault =
            match corpus, experiment.Profiles with
            | Some corpus, (first, _) :: _ when corpus.IsMixed -> first.Name
            | _ -> PaperProfile
        let declared =
            Map [ for profile, seeds in experiment.Profiles -> profile.Name, (profile, seeds) ]
        let chosen name (profile, seeds) =
            withProfile choices experiment profile seeds (name = byDefault), []
        match defaultArg choices.Profile byDefault with
        | name when declared.ContainsKey name -> chosen name declared[name]
        | Profile.Smoke -> chosen Profile.Smoke (smoke choices experiment)
        | PaperProfile -> chosen PaperProfile (paper, experiment.Seeds)
        | name ->
            let known =
                [ for profile, _ in experiment.Profiles -> profile.Name ]
                @ [ Profile.Smoke; PaperProfile ]
                |> List.distinct
                |> String.concat ", "
            withProfile choices experiment { Name = ""; Settings = [] } experiment.Seeds true,
            [
                Problem.at "--profile" $"there is no profile '{name}'" $"the profiles are {known}"
            ]

    /// The name of a corpus in file names: for recordings, the name of their folder.
    let rec private corpusWord (corpus: Corpus) =
        let folderName (folder: string) =
            let letters =
                string (Path.GetFileName folder)
                |> String.map (fun letter ->
                    if Char.IsLetterOrDigit letter || letter = '-' || letter = '_' then
                        letter
                    else
                        '-')
            if letters = "" then
                "data"
            else
                letters.Substring(0, min 30 letters.Length)
        match Corpus.atFullPath corpus with
        | SmartCars -> "smartCars"
        | Recordings folder -> $"soundscapes-{folderName folder}"
        | LikeDesed None -> "likeDesed"
        | LikeDesed(Some folder) -> $"likeDesed-{folderName folder}"
        | Collected(folder, _) -> folderName folder
        | Several corpora -> corpora |> List.map corpusWord |> String.concat "-"

    /// The suffix of file names for a corpus other than the script's own; empty for the script's own corpus.
    let corpusSuffix (choices: Choices) (experiment: Experiment) =
        match choices.Data, experiment.Data with
        | Some corpus, Some own when Corpus.atFullPath corpus = Corpus.atFullPath own -> ""
        | Some corpus, Some _ -> $"-{corpusWord corpus}"
        | _ -> ""

    /// The name of the table's files.
    let fileName (choices: Choices) (chosen: Chosen) =
        chosen.Experiment.Name
        + (if chosen.IsDefault then "" else $"-{chosen.Profile.Name}")
        + corpusSuffix choices chosen.Experiment
        + (if choices.Only.IsSome then "-part" else "")
