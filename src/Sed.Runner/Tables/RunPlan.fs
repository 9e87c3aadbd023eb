namespace Sed.Runner

open System
open System.IO
open System.Text.Json
open Sed.Core.Runtime
open Sed

/// A trial of a run.
type PlannedTrial = {
    Name: string
    Seed: int
    /// The name of the trial's folder under `trials`.
    Folder: string
    /// The maximum number of epochs.
    Epochs: int
    /// Whether the trial trains a network. False for an ensemble of other trials.
    IsTrained: bool
}

/// A row of a run's table.
type PlannedRow = {
    Label: string
    /// The name of the row in figures.
    Name: string
    /// Indices into the run's trials.
    Trials: int list
}

/// The rows and trials of a run. It is stored in the run's folder when the run begins, so that other programs can show
/// the progress without the script.
type RunPlan = {
    Title: string
    /// The question of the experiment; may be empty.
    Question: string
    Profile: string
    /// A description of the criterion of early stopping.
    Monitor: string
    /// The start of the run, in UTC.
    Began: DateTime
    Rows: PlannedRow list
    /// The trials of all rows and the trials that these depend on.
    Trials: PlannedTrial list
}

module internal RunPlan =
    let private options =
        JsonSerializerOptions(
            WriteIndented = true,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true
        )

    let private ending = ".plan.json"

    let private file runs name =
        Path.Combine(runs, "tables", name + ending)

    /// The file of a table's report.
    let reportFile (runs: string) (name: string) =
        Path.Combine(runs, "reports", name + ".html")

    /// The folder and the name of a run, given as "table2" or, for runs in another folder, as "elsewhere/table2".
    let locate (runs: string) (place: string) : string * string =
        let name = string (Path.GetFileName place)
        match Path.GetDirectoryName place with
        | null
        | "" -> runs, name
        | folder -> folder, name

    /// The folder of a trial.
    let folder (runs: string) (trial: PlannedTrial) =
        Path.Combine(runs, "trials", trial.Folder)

    /// Describes a plan. `folderOf` maps a trial to its folder.
    let ofPlan (folderOf: Specification -> string) (plan: Plan) : RunPlan =
        let trials = Plan.allTrials plan
        {
            Title = plan.Experiment.Title
            Question = plan.Experiment.Question
            Profile = plan.Profile
            Monitor = plan.Trials.Head.Specification.Training.Options.Monitor.Summary
            Began = DateTime.UtcNow
            Rows = [
                for variant, name in List.zip plan.Variants (Variant.names plan.Variants) do
                    {
                        Label = variant.Label
                        Name = name
                        Trials = [
                            for trial in plan.Trials do
                                if trial.Variant = variant then
                                    List.findIndex ((=) trial) trials
                        ]
                    }
            ]
            Trials = [
                for trial in trials do
                    {
                        Name = trial.Name
                        Seed = trial.Specification.Seed
                        Folder = string (Path.GetFileName(folderOf trial.Specification))
                        Epochs = trial.Specification.Training.Options.Epochs
                        IsTrained = trial.Specification.Members.IsEmpty
                    }
            ]
        }

    let isKept (runs: string) (name: string) = File.Exists(file runs name)

    let write (workspace: Workspace) (plan: Plan) =
        AtomicFile.Write(
            file workspace.Folder plan.FileName,
            JsonSerializer.Serialize(ofPlan workspace.TrialFolder plan, options) + "\n"
        )

    /// Reads the plan of a run; None if it has none.
    let read (runs: string) (name: string) : RunPlan option =
        let file = file runs name
        if not (File.Exists file) then
            None
        else
            try
                match JsonSerializer.Deserialize<RunPlan>(File.ReadAllText file, options) with
                | null -> raise (JsonException "it is empty")
                | plan -> Some plan
            with :? JsonException as broken ->
                raise (
                    InvalidDataException $"{file} is damaged ({broken.Message}). Remove it and run the script again."
                )

    /// The names of the runs that have a plan.
    let names (runs: string) = [
        let tables = Path.Combine(runs, "tables")
        if Directory.Exists tables then
            for file in Directory.GetFiles(tables, "*" + ending) |> Array.sort do
                let name = string (Path.GetFileName file)
                name.Substring(0, name.Length - ending.Length)
    ]
