/// What Slurm is asked for, as a script of bash that submits it: a job that makes what all trials share, and an array job that
/// trains them once that has ended well. It can be read, kept and run by hand.
module internal Sed.Runner.SlurmScript

open System
open System.Text.RegularExpressions

/// A word as bash takes it.
let private quoted (word: string) =
    if Regex.IsMatch(word, @"^[\w./:=,%+@-]+$") then
        word
    else
        "'" + word.Replace("'", @"'\''") + "'"

let private commandLine (words: string list) =
    words |> List.map quoted |> String.concat " "

/// What both jobs ask for.
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
    // The log of what was interrupted stays.
    "#SBATCH --open-mode=append"
    "#SBATCH --requeue"
    match options.More with
    | Some more -> $"#SBATCH {more.Trim()}"
    | None -> ()
]

/// Seconds before the end of a task's time at which it is told to stop.
let private notice = 60

/// Times that a task goes on in the queue after its time was over; an epoch longer than that would go on for ever.
let private mostTimes = 100

/// The script.
/// name: what the jobs are called. logs: a folder for what they print. command: the script's own command line.
/// parts: the numbers of the trials of each task.
let text (options: SlurmOptions) (name: string) (logs: string) (command: string list) (parts: int list list) =
    let name = Regex.Replace(name, @"[^\w.-]", "-")
    let log suffix =
        quoted (logs + "/%x-" + suffix + ".out")
    let numbers = [ for part in parts -> part |> List.map string |> String.concat "," ]
    [
        "#!/usr/bin/env bash"
        "# Submits two jobs to Slurm, from the folder that the script's paths are relative to."
        "set -euo pipefail"
        $"mkdir -p {quoted logs}"
        ""
        "# Corpora and features, which all trials share."
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
        "# The trials that have no result, so many in a task. A task that is interrupted goes on from its last whole epoch."
        "array=$(sbatch --parsable --dependency=\"afterok:$prepare\" --kill-on-invalid-dep=yes <<'END_OF_JOB'"
        "#!/usr/bin/env bash"
        $"#SBATCH --job-name={name}"
        $"#SBATCH --array=0-{parts.Length - 1}"
        $"""#SBATCH --output={log "%A_%a"}"""
        yield! shared options
        match options.Gpus with
        | Some count -> $"#SBATCH --gpus={count}"
        | None -> ()
        $"#SBATCH --signal=B:USR1@{notice}"
        $"""parts=({String.concat " " numbers})"""
        "again="
        "# Its time is nearly over: it stops after a step, and then waits for its turn again."
        "trap 'again=yes; kill -TERM \"$task\"' USR1"
        "trap 'kill -TERM \"$task\"' TERM"
        commandLine command
        + " --part \"${parts[$SLURM_ARRAY_TASK_ID]}\" --worker \"${SLURM_CPUS_PER_TASK:-1}\" &"
        "task=$!"
        "while wait \"$task\"; code=$?; kill -0 \"$task\" 2>/dev/null; do :; done"
        "if [ -n \"$again\" ] && [ \"$code\" != 0 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt "
        + $"{mostTimes} ]; then"
        "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\""
        "fi"
        "exit \"$code\""
        "END_OF_JOB"
        ") || { scancel \"$prepare\"; exit 1; }"
        "echo \"array ${array%%;*}\""
        ""
    ]
    |> String.concat "\n"
