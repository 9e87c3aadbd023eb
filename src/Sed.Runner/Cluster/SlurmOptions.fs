namespace Sed.Runner

open System
open Sed

/// What a script asks Slurm for. Slurm itself reads the values; here they are only kept from being something else.
type SlurmOptions = {
    Partition: string option
    /// In Slurm's words, for example 4:00:00 or 1-12.
    Time: string option
    Gpus: int option
    Cpus: int option
    Account: string option
    /// Further options of sbatch, as they stand in a script after #SBATCH.
    More: string option
    /// Trials in a task, at least 1.
    BatchTrials: int
    /// Whether to stay and print the table when the jobs are over.
    Wait: bool
    /// Whether to print the script and to submit nothing.
    DryRun: bool
}

module internal SlurmOptions =
    /// The words that only Slurm knows, with the number of words that follow them.
    let words =
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

    let private inOneLine (text: string) = text.ReplaceLineEndings @"\n"

    let private oneWord option (value: string option) = [
        match value with
        | Some text when text = "" || Seq.exists (fun c -> Char.IsWhiteSpace c || Char.IsControl c) text ->
            Problem.at option $"'{inOneLine text}' is no single word" "give it as sbatch takes it"
        | _ -> ()
    ]

    let private positive option (value: int option) = [
        match value with
        | Some count when count < 1 -> Problem.at option $"{count} of them" "give at least 1"
        | _ -> ()
    ]

    /// Everything that Slurm could not be told in this way.
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
                $"'{inOneLine text}' are no options of sbatch"
                "give them in one line, for example --slurm \"--mem=16G --constraint=a100\""
        | _ -> ()
        yield! positive "--batch-trials" (Some options.BatchTrials)
    ]
