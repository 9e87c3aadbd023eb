namespace Sed.Runner

open System
open System.IO
open System.Text.Json
open Sed

/// A trial that a run is going to have a result of.
type PlannedTrial = {
    Name: string
    Seed: int
    /// Its folder's name under trials.
    Folder: string
    /// It takes at most so many.
    Epochs: int
    /// False for what is made of others' results, in no time.
    IsTrained: bool
}

/// A row of the table that a run is to fill.
type PlannedRow = {
    Label: string
    /// What it is called in figures.
    Name: string
    /// Positions among the trials.
    Trials: int list
}

/// What a run is to come to, kept in its folder from its beginning, so that others can watch it: the plan itself is known to
/// its script alone.
type RunPlan = {
    Title: string
    /// May be empty.
    Question: string
    Profile: string
    /// What early stopping watches, in words.
    Monitor: string
    /// In universal time.
    Began: DateTime
    Rows: PlannedRow list
    /// Those of the rows, and what they need.
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

    /// Where the report of a table is kept.
    let reportFile (runs: string) (name: string) =
        Path.Combine(runs, "reports", name + ".html")

    /// The folder of a trial.
    let folder (runs: string) (trial: PlannedTrial) =
        Path.Combine(runs, "trials", trial.Folder)

    /// A plan, with the folders of its trials as they are known by now.
    let ofPlan (folderOf: Specification -> string) (plan: Plan) : RunPlan =
        let trials = Plan.allTrials plan
        {
            Title = plan.Experiment.Title
            Question = plan.Experiment.Question
            Profile = plan.Profile
            Monitor = plan.Trials.Head.Specification.Training.Monitor.Summary
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
                        Epochs = trial.Specification.Training.Epochs
                        IsTrained = trial.Specification.Members.IsEmpty
                    }
            ]
        }

    let isKept (runs: string) (name: string) = File.Exists(file runs name)

    let write (workspace: Workspace) (plan: Plan) =
        AtomicFile.write
            (file workspace.Folder plan.FileName)
            (JsonSerializer.Serialize(ofPlan workspace.TrialFolder plan, options) + "\n")

    /// The plan of a run; None where there is none.
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
                    InvalidDataException
                        $"{file} is damaged ({broken.Message}). Remove it; the run's script writes it again."
                )

    /// What there are plans of.
    let names (runs: string) = [
        let tables = Path.Combine(runs, "tables")
        if Directory.Exists tables then
            for file in Directory.GetFiles(tables, "*" + ending) |> Array.sort do
                let name = string (Path.GetFileName file)
                name.Substring(0, name.Length - ending.Length)
    ]
