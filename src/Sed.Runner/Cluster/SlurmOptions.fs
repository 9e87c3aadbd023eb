namespace Sed.Runner

open System
open Sed

/// The options for a submission to Slurm. Most values are passed to sbatch unchanged, after a check that they cannot inject
/// other options.
type SlurmOptions = {
    Partition: string option
    /// A time limit in Slurm's format, for example 4:00:00 or 1-12.
    Time: string option
    Gpus: int option
    Cpus: int option
    Account: string option
    /// Further sbatch options, as in a script after #SBATCH.
    More: string option
    /// Trials for each task, at least 1.
    BatchTrials: int
    /// Whether to wait for the jobs and then print the table.
    Wait: bool
    /// Whether to print the submission script instead of submitting.
    DryRun: bool
}

module internal SlurmOptions =
    /// The command-line options for Slurm, with the number of their values.
    let arity =
        Map [
            "--partition", 1
            "--time", 1
            "--gpus", 1
            "--cpus", 1
            "--account", 1
            "--slurm", 1
            "--batch-trials", 1
            "--wait", 0
            "--dry-run", 0
        ]

    let private escaped (text: string) = text.ReplaceLineEndings @"\n"

    let private oneWord option (value: string option) = [
        match value with
        | Some text when text = "" || Seq.exists (fun c -> Char.IsWhiteSpace c || Char.IsControl c) text ->
            Problem.at option $"'{escaped text}' is not a single word" "give a value that sbatch accepts"
        | _ -> ()
    ]

    let private positive option (value: int option) = [
        match value with
        | Some count when count < 1 -> Problem.at option $"{count} is too few" "give at least 1"
        | _ -> ()
    ]

    /// All problems of the options.
    let problems (options: SlurmOptions) : Problem list = [
        yield! oneWord "--partition" options.Partition
        yield! oneWord "--time" options.Time
        yield! positive "--gpus" options.Gpus
        yield! positive "--cpus" options.Cpus
        yield! oneWord "--account" options.Account
        match options.More with
        | Some text when not (text.TrimStart().StartsWith '-') || Seq.exists Char.IsControl text ->
            Problem.at
                "--slurm"
                $"'{escaped text}' is not a line of sbatch options"
                "give all options in one line, for example --slurm \"--mem=16G --constraint=a100\""
        | _ -> ()
        yield! positive "--batch-trials" (Some options.BatchTrials)
    ]
