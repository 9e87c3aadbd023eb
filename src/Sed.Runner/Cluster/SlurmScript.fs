/// The bash script that submits the jobs to Slurm. The first job prepares corpora and features. An array job then trains the
/// trials if the preparation succeeded. A search has one array job for each rung. Each of them starts when the array
/// job of the previous rung has ended. Its tasks first determine which rows are trained further. The script can be
/// read, stored and run by hand.
module internal Sed.Runner.SlurmScript

open System
open System.Text.RegularExpressions

/// The trials of one task of the array job.
type Task = {
    /// The value of `--part`: the numbers of the task's trials, for example "3,4", or "2:3,4" in the second rung of a
    /// search.
    Part: string
    /// The name of the task's log, without folder, job number and extension.
    LogName: string
}

/// Quotes a word for bash.
let private quoted (word: string) =
    if Regex.IsMatch(word, @"^[\w./:=,%+@-]+$") then
        word
    else
        "'" + word.Replace("'", @"'\''") + "'"

let private commandLine (words: string list) =
    words |> List.map quoted |> String.concat " "

/// A name for jobs and log files: at most 100 letters, digits, points, underscores and hyphens.
let plainName (name: string) =
    let plain = Regex.Replace(name, @"[^\w.-]+", "-").Trim '-'
    if plain.Length <= 100 then plain else plain[..99]

/// The log of the preparation.
let prepareLog (logs: string) (name: string) (job: string) =
    $"{logs}/{plainName name}-prepare-{job}.out"

/// The log of a task, with the output of its training runs.
let taskLog (logs: string) (name: string) (array: string) (index: int) (task: Task) =
    $"{logs}/{plainName name}-{array}_{index}-{task.LogName}.out"

/// The file for Slurm's own messages about a task. It is removed when the task ends without such messages.
let slurmLog (logs: string) (name: string) (array: string) (index: int) =
    $"{logs}/{plainName name}-{array}_{index}.slurm"

/// The sbatch options of all jobs, then those of `--slurm`, then those of `own`.
let private shared (options: SlurmOptions) (own: string option) = [
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
    for more in List.choose id [ options.More; own ] do
        $"#SBATCH {more.Trim()}"
]

let private ofTrials (options: SlurmOptions) = [
    yield! shared options options.MoreForTrials
    match options.Gpus with
    | Some count -> $"#SBATCH --gpus={count}"
    | None -> ()
]

/// The maximum number of requeues after a time limit, so that no task is requeued forever.
let private mostRestarts = 100

/// The maximum number of requeues of a killed task.
let mostKills = 3

/// After this number of consecutive starts without a completed epoch, a task is not requeued.
let private mostStalls = 3

/// The exit code of a training process that was stopped before it completed an epoch.
let stalledCode = 79

/// The script of a job that has the options of the trials' tasks and ends immediately. The reason that Slurm gives
/// while this job waits shows whether such tasks can ever start.
let probe (options: SlurmOptions) =
    [
        "#!/usr/bin/env bash"
        "#SBATCH --job-name=seddsl-probe"
        "#SBATCH --output=/dev/null"
        yield! ofTrials options
        "exit 0"
        ""
    ]
    |> String.concat "\n"

/// Whether the processes of a task are distributed over its GPUs: the first process uses cuda:0, the next one cuda:1, and
/// so on.
let usesSeveralGpus (options: SlurmOptions) =
    options.ParallelTrials > 1
    && options.Gpus |> Option.exists (fun count -> count > 1)

/// The last lines of a task's script, which run after its training processes have ended. They requeue the task if
/// another start can help. The counts of kills and of starts without a completed epoch are stored beside the log,
/// because each start is a new process.
let private afterwards = [
    "killed=0 stalled=0"
    "[ ! -e \"$log.starts\" ] || . \"$log.starts\""
    $"case $code in 134|137|139) killed=$((killed + 1));; esac"
    $"if [ \"$code\" = {stalledCode} ]; then stalled=$((stalled + 1)); else stalled=0; fi"
    "echo \"killed=$killed stalled=$stalled\" >\"$log.starts\""
    "again="
    $"if [ -n \"$limit\" ] && [ \"$code\" != 0 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {mostRestarts} ]; then"
    $"    if [ \"$stalled\" -lt {mostStalls} ]; then again=yes; else"
    $"        echo \"Given up: {mostStalls} consecutive starts completed no epoch before the time limit. Give more time with --time.\""
    "    fi"
    "fi"
    "case $code in 134|137|139)"
    $"    if [ \"$killed\" -le {mostKills} ]; then again=yes; else"
    $"        echo \"Given up: killed {mostKills + 1} times (exit code $code; 137 is usually a lack of memory).\""
    "    fi;;"
    "esac"
    "if [ -n \"$again\" ]; then"
    "    echo \"Queued again (exit code $code).\""
    "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\""
    "elif [ \"$code\" = 0 ]; then"
    "    rm -f \"$log.starts\""
    "fi"
    "[ -s \"$own\" ] || rm -f \"$own\""
    "exit \"$code\""
]

/// The command that submits an array job to run after other jobs, and prints the number of the array job. `name`: the
/// result of `plainName`.
let private arrayJob (options: SlurmOptions) name logs command dependency onError (tasks: Task list) = [
    let limit =
        match options.MaxTasks with
        | Some count -> $"%%{count}"
        | None -> ""
    let device =
        match options.Gpus with
        | Some count when usesSeveralGpus options && not (List.contains "--device" command) ->
            $" --device \"cuda:$(( i %% {count} ))\""
        | _ -> ""
    $"array=$(sbatch --parsable --dependency=\"{dependency}\" --kill-on-invalid-dep=yes <<'END_OF_JOB'"
    "#!/usr/bin/env bash"
    $"#SBATCH --job-name={name}"
    $"#SBATCH --array=0-{tasks.Length - 1}{limit}"
    $"""#SBATCH --output={quoted (logs + "/%x-%A_%a.slurm")}"""
    yield! ofTrials options
    $"#SBATCH --signal=B:USR1@{SlurmOptions.secondsBeforeLimit}"
    $"""parts=({String.concat " " [ for task in tasks -> task.Part ]})"""
    $"""names=({commandLine [ for task in tasks -> task.LogName ]})"""
    "part=${parts[$SLURM_ARRAY_TASK_ID]}"
    $"own={quoted logs}/{name}-${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID.slurm"
    "log=${own%.slurm}-${names[$SLURM_ARRAY_TASK_ID]}.out"
    "exec >>\"$log\" 2>&1"
    "echo \"Start ${SLURM_RESTART_COUNT:-0} on ${SLURMD_NODENAME:-?}, trials $part\""
    yield! options.Setup
    "limit= tasks=()"
    "# Slurm sends USR1 shortly before the time limit: the task stops after its current step and is queued again."
    "trap 'limit=yes; kill -TERM \"${tasks[@]}\" 2>/dev/null' USR1"
    "trap 'kill -TERM \"${tasks[@]}\" 2>/dev/null' TERM"
    $"threads=$(( ${{SLURM_CPUS_PER_TASK:-1}} / {options.ParallelTrials} ))"
    $"for ((i = 0; i < {options.ParallelTrials}; i++)); do"
    $"    {commandLine command}{device} --part \"$part\" --worker \"$(( threads > 0 ? threads : 1 ))\" &"
    "    tasks+=(\"$!\")"
    "done"
    "code=0"
    "for task in \"${tasks[@]}\"; do"
    "    # A trapped signal interrupts wait."
    "    while wait \"$task\"; one=$?; kill -0 \"$task\" 2>/dev/null; do :; done"
    "    [ \"$one\" = 0 ] || code=$one"
    "done"
    yield! afterwards
    "END_OF_JOB"
    $") || {{ scancel {onError}; exit 1; }}"
    "echo \"array ${array%%;*}\""
    ""
]

/// The submission script.
/// name: the name of the jobs. logs: the folder for their output. command: the command line of the F# script; if it has
/// no --device, the processes of a task are distributed over the task's GPUs. rungs: the tasks of each array job.
let text (options: SlurmOptions) (name: string) (logs: string) (command: string list) (rungs: Task list list) =
    let name = plainName name
    [
        "#!/usr/bin/env bash"
        (if rungs.Length = 1 then
             "# Submits two jobs to Slurm. Run this script in the folder that its paths are relative to."
         else
             $"# Submits {rungs.Length + 1} jobs to Slurm. Run this script in the folder that its paths are relative to.")
        "set -euo pipefail"
        $"mkdir -p {quoted logs}"
        ""
        "# Prepares corpora and features, which all trials share."
        "prepare=$(sbatch --parsable <<'END_OF_JOB'"
        "#!/usr/bin/env bash"
        $"#SBATCH --job-name={name}-prepare"
        $"""#SBATCH --output={quoted (prepareLog logs name "%j")}"""
        yield! shared options options.MoreForPreparation
        yield! options.Setup
        $"exec {commandLine command} --prepare"
        "END_OF_JOB"
        ")"
        "prepare=${prepare%%;*}"
        "echo \"prepare $prepare\""
        ""
        "# Trains the trials without a result. An interrupted task resumes from its last completed epoch."
        yield! arrayJob options name logs command "afterok:$prepare" "\"$prepare\"" rungs.Head
        for tasks in rungs.Tail do
            "# The next rung of the search. It also starts if tasks of the previous rung have failed: rows with a failed trial"
            "# are ranked last. If a trial of the previous rung is not trained, the tasks end with a message that names it."
            "jobs=\"${jobs:-$prepare} ${array%%;*}\""
            yield! arrayJob options name logs command "afterany:${array%%;*}" "$jobs" tasks
    ]
    |> String.concat "\n"
