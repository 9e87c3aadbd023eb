/// The bash script that submits two jobs to Slurm: one that prepares corpora and features, and an array job that trains the trials
/// once the first one has succeeded. The script can be read, stored and run by hand.
module internal Sed.Runner.SlurmScript

open System
open System.Text.RegularExpressions

/// A word quoted for bash.
let private quoted (word: string) =
    if Regex.IsMatch(word, @"^[\w./:=,%+@-]+$") then
        word
    else
        "'" + word.Replace("'", @"'\''") + "'"

let private commandLine (words: string list) =
    words |> List.map quoted |> String.concat " "

/// The options of both jobs.
let private shared (options: SlurmOptions) = [
    for option, value in
        [
            "partition", options.Partition
            "time", options.Time
            "account", options.Account
        ] do
        match value with
        | Some value -> $"#SBATCH --{option}={value}"
        | None -> ()
    match options.Cpus with
    | Some count -> $"#SBATCH --cpus-per-task={count}"
    | None -> ()
    // A requeued task appends to its log.
    "#SBATCH --open-mode=append"
    "#SBATCH --requeue"
    match options.More with
    | Some more -> $"#SBATCH {more.Trim()}"
    | None -> ()
]

/// Seconds before a task's time limit at which Slurm signals it to stop.
let private secondsBeforeLimit = 60

/// The maximum number of times that a task is queued again. Without a limit, a task whose epochs exceed its time limit would be
/// queued forever.
let private mostRestarts = 100

/// The submission script.
/// name: the name of the jobs. logs: the folder for their output. command: the command line of the F# script.
/// parts: the trial numbers of each task.
let text (options: SlurmOptions) (name: string) (logs: string) (command: string list) (parts: int list list) =
    let name = Regex.Replace(name, @"[^\w.-]", "-")
    let log suffix =
        quoted (logs + "/%x-" + suffix + ".out")
    let numbers = [ for part in parts -> part |> List.map string |> String.concat "," ]
    [
        "#!/usr/bin/env bash"
        "# Submits two jobs to Slurm. Run this script in the folder that its paths are relative to."
        "set -euo pipefail"
        $"mkdir -p {quoted logs}"
        ""
        "# Prepares corpora and features, which all trials share."
        "prepare=$(sbatch --parsable <<'END_OF_JOB'"
        "#!/usr/bin/env bash"
        $"#SBATCH --job-name={name}-prepare"
        $"""#SBATCH --output={log "%j"}"""
        yield! shared options
        $"exec {commandLine command} --prepare"
        "END_OF_JOB"
        ")"
        "prepare=${prepare%%;*}"
        "echo \"prepare $prepare\""
        ""
        "# Trains the trials without a result. An interrupted task resumes from its last completed epoch."
        "array=$(sbatch --parsable --dependency=\"afterok:$prepare\" --kill-on-invalid-dep=yes <<'END_OF_JOB'"
        "#!/usr/bin/env bash"
        $"#SBATCH --job-name={name}"
        $"#SBATCH --array=0-{parts.Length - 1}"
        $"""#SBATCH --output={log "%A_%a"}"""
        yield! shared options
        match options.Gpus with
        | Some count -> $"#SBATCH --gpus={count}"
        | None -> ()
        $"#SBATCH --signal=B:USR1@{secondsBeforeLimit}"
        $"""parts=({String.concat " " numbers})"""
        "again="
        "# Slurm sends USR1 shortly before the time limit: the task stops after its current step and is queued again."
        "trap 'again=yes; kill -TERM \"$task\"' USR1"
        "trap 'kill -TERM \"$task\"' TERM"
        commandLine command
        + " --part \"${parts[$SLURM_ARRAY_TASK_ID]}\" --worker \"${SLURM_CPUS_PER_TASK:-1}\" &"
        "task=$!"
        "while wait \"$task\"; code=$?; kill -0 \"$task\" 2>/dev/null; do :; done"
        "if [ -n \"$again\" ] && [ \"$code\" != 0 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt "
        + $"{mostRestarts} ]; then"
        "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\""
        "fi"
        "exit \"$code\""
        "END_OF_JOB"
        ") || { scancel \"$prepare\"; exit 1; }"
        "echo \"array ${array%%;*}\""
        ""
    ]
    |> String.concat "\n"
