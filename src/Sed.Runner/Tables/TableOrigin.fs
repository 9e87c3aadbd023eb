namespace Sed.Runner

open System.IO
open System.Text.Json
open Sed.Core.Runtime
open Sed

/// The origin of a table in a run folder. It is stored beside the table, so that a table of a different origin does not
/// replace it.
type TableOrigin = {
    /// The full path of the script, or of the folder that a command trains on.
    Script: string
    Experiment: string
    Profile: string
    /// The name of the corpus as in `--data`; empty for the script's own corpus.
    Corpus: string
    /// The key of the table's training runs; null in files of earlier versions.
    Plan: string | null
}

module internal TableOrigin =
    let private file runs (plan: Plan) =
        Path.Combine(runs, "tables", plan.FileName + ".origin.json")

    let private ofPlan (script: string) (plan: Plan) = {
        Script = Path.GetFullPath script
        Experiment = plan.Experiment.Name
        Profile = plan.Profile
        Corpus =
            if plan.RecordedName = plan.Experiment.Name then
                ""
            else
                match plan.Trials with
                | trial :: _ -> (Corpus.atFullPath trial.Specification.Corpus).Name
                | [] -> ""
        Plan = Sed.Plan.key [ plan ]
    }

    // A damaged file is ignored.
    let private read runs plan : TableOrigin option =
        try
            match JsonSerializer.Deserialize<TableOrigin>(File.ReadAllText(file runs plan)) with
            | null -> None
            | origin -> Some origin
        with
        | :? JsonException
        | :? IOException
        | :? System.UnauthorizedAccessException -> None

    /// A problem if the plan's table would replace a table of a different origin; otherwise empty. A table whose script
    /// no longer exists can be replaced, because the script was probably renamed or moved.
    let problems (runs: string) (script: string) (plan: Plan) : Problem list = [
        let own = ofPlan script plan
        let refuse what =
            Problem.at
                plan.Experiment.Name
                $"the table '{plan.FileName}' in {runs} {what}"
                $"rename one of the experiments, or choose another folder with --out; if the old table is no longer needed, delete {file runs plan}"
        match read runs plan with
        // For a command, `Script` is a folder. A command can replace a table that has the same training runs.
        | Some other when Directory.Exists own.Script && other.Plan = own.Plan -> ()
        | Some other when other.Script <> own.Script && File.Exists other.Script ->
            refuse $"belongs to the experiment '{other.Experiment}' of {other.Script}, and this script is {own.Script}"
        | Some other when other.Experiment <> own.Experiment ->
            refuse $"belongs to the experiment '{other.Experiment}' with profile {other.Profile}"
        | Some other when other.Corpus <> own.Corpus ->
            refuse $"has results of the corpus {other.Corpus}, and this run uses {own.Corpus}"
        | _ -> ()
    ]

    let write (runs: string) (script: string) (plan: Plan) =
        AtomicFile.WriteIfChanged(file runs plan, JsonSerializer.Serialize(ofPlan script plan) + "\n")
