namespace Sed.Runner

open System
open System.Globalization
open System.Text.RegularExpressions
open Sed

/// The options for a submission to Slurm. Most values are passed to sbatch unchanged, after a check that they cannot
/// inject other options.
type SlurmOptions = {
    Partition: string option
    /// A time limit in Slurm's format, for example 4:00:00 or 1-12.
    Time: string option
    Gpus: int option
    Cpus: int option
    Account: string option
    /// Additional sbatch options of all jobs, in the form in which they follow #SBATCH in a script.
    More: string option
    /// Additional sbatch options of the job that prepares corpora and features.
    MoreForPreparation: string option
    /// Additional sbatch options of the tasks that train trials.
    MoreForTrials: string option
    /// Shell commands that each job runs first, for example `module load cuda`.
    Setup: string list
    /// Number of trials for each task, at least 1.
    BatchTrials: int
    /// Number of trials that a task trains at the same time on its processors and GPUs, at least 1.
    ParallelTrials: int
    /// The maximum number of tasks that run at the same time.
    MaxTasks: int option
    /// Whether to wait for the jobs and then print the table.
    Wait: bool
    /// Whether to print the submission script instead of submitting.
    DryRun: bool
}

module internal SlurmOptions =
    /// Seconds before a task's time limit at which Slurm signals it to stop.
    let secondsBeforeLimit = 60

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

    let private sbatchLine option example (value: string option) = [
        match value with
        | Some text when not (text.TrimStart().StartsWith '-') || Seq.exists Char.IsControl text ->
            Problem.at
                option
                $"'{escaped text}' is not a line of sbatch options"
                $"give all options in one line, for example {option} \"{example}\""
        | _ -> ()
    ]

    /// A time limit in seconds; None if it is unlimited or not in one of sbatch's formats: minutes, minutes:seconds,
    /// hours:minutes:seconds, days-hours, days-hours:minutes, days-hours:minutes:seconds.
    let seconds (limit: string) : int64 option =
        let numbers (text: string) = [
            for part in text.Split ':' -> Int64.Parse(part, CultureInfo.InvariantCulture)
        ]
        let matched = Regex.Match(limit, @"^(?:(\d{1,6})-)?(\d{1,9}(?::\d{1,9}){0,2})$")
        if not matched.Success then
            None
        else
            match matched.Groups[1].Success, numbers matched.Groups[2].Value with
            | false, [ minutes ] -> Some(60L * minutes)
            | false, [ minutes; seconds ] -> Some(60L * minutes + seconds)
            | false, [ hours; minutes; seconds ] -> Some(3600L * hours + 60L * minutes + seconds)
            | _, (hours :: rest) ->
                let days = Int64.Parse(matched.Groups[1].Value, CultureInfo.InvariantCulture)
                let minutes = rest |> List.tryItem 0 |> Option.defaultValue 0L
                let seconds = rest |> List.tryItem 1 |> Option.defaultValue 0L
                Some(86400L * days + 3600L * hours + 60L * minutes + seconds)
            | _ -> None

    /// All problems of the options.
    let problems (options: SlurmOptions) : Problem list = [
        yield! oneWord "--partition" options.Partition
        yield! oneWord "--time" options.Time
        match options.Time |> Option.bind seconds with
        | Some seconds when seconds > 0L && seconds <= int64 secondsBeforeLimit ->
            Problem.at
                "--time"
                $"a limit of {seconds} s leaves no time to train, because tasks are stopped {secondsBeforeLimit} s before their limit"
                "give several minutes"
        | _ -> ()
        yield! positive "--gpus" options.Gpus
        yield! positive "--cpus" options.Cpus
        yield! oneWord "--account" options.Account
        yield! sbatchLine "--slurm" "--mem=16G --constraint=a100" options.More
        yield! sbatchLine "--slurm-prepare" "--mem=64G" options.MoreForPreparation
        yield! sbatchLine "--slurm-trials" "--constraint=a100" options.MoreForTrials
        for line in options.Setup do
            if Seq.exists Char.IsControl line then
                Problem.at "--setup" $"'{escaped line}' has more than one line" "use a separate --setup for each line"
        yield! positive "--batch-trials" (Some options.BatchTrials)
        yield! positive "--parallel-trials" (Some options.ParallelTrials)
        yield! positive "--max-tasks" options.MaxTasks
    ]

    /// Warnings about valid options that are probably unintended.
    let warnings (options: SlurmOptions) : string list = [
        match options.Time |> Option.bind seconds with
        | Some seconds when seconds < 300L ->
            $"warning: --time: with a limit of {seconds} s a task trains for at most {seconds - int64 secondsBeforeLimit} s, because it is stopped {secondsBeforeLimit} s before its limit. A task that completes no epoch in that time is given up after three starts."
        | _ -> ()
        if options.ParallelTrials > 1 && options.BatchTrials < options.ParallelTrials then
            $"warning: --parallel-trials {options.ParallelTrials} is greater than --batch-trials {options.BatchTrials}, so --batch-trials {options.ParallelTrials} is used instead."
    ]

    /// Divides trials into tasks. A task has `--batch-trials` trials, but at least `--parallel-trials`. It has more if
    /// the cluster's maximum number of tasks would otherwise be exceeded.
    let tasks (maximum: int) (options: SlurmOptions) (trials: 'trial list) : 'trial list list =
        let needed = (trials.Length + maximum - 1) / max 1 maximum
        List.chunkBySize (List.max [ 1; options.BatchTrials; options.ParallelTrials; needed ]) trials
