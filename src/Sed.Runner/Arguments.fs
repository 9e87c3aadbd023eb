namespace Sed.Runner

open System
open Argu

/// Marks options that are not passed on to worker processes and cluster jobs.
[<AttributeUsage(AttributeTargets.Method ||| AttributeTargets.Property ||| AttributeTargets.Class)>]
type internal MainProcessAttribute() =
    inherit Attribute()

/// Marks options for a submission to Slurm. They are not passed on to worker processes and cluster jobs.
type internal ForSlurmAttribute() =
    inherit MainProcessAttribute()

/// The command-line arguments of a script.
type Arguments =
    | [<Unique>] Plan
    | [<Unique>] Profile of name: string
    | [<Unique>] Data of corpus: string
    | [<Unique; MainProcess>] Device of name: string
    | [<Unique>] Seeds of seeds: string
    | [<Unique>] Only of text: string
    | [<Unique>] Out of folder: string
    | [<Unique; MainProcess>] Jobs of count: int
    | [<Hidden; Unique>] Worker of threads: int
    | [<Hidden; Unique>] Plan_Key of key: string
    | [<Unique; MainProcess>] On of cluster: string
    | [<Unique; ForSlurm>] Partition of name: string
    | [<Unique; ForSlurm>] Time of limit: string
    | [<Unique; ForSlurm>] Gpus of count: int
    | [<Unique; ForSlurm>] Cpus of count: int
    | [<Unique; ForSlurm>] Account of name: string
    | [<Unique; ForSlurm>] Slurm of options: string
    | [<Unique; ForSlurm>] Slurm_Prepare of options: string
    | [<Unique; ForSlurm>] Slurm_Trials of options: string
    | [<ForSlurm>] Setup of line: string
    | [<Unique; ForSlurm>] Batch_Trials of count: int
    | [<Unique; ForSlurm>] Parallel_Trials of count: int
    | [<Unique; ForSlurm>] Max_Tasks of count: int
    | [<Unique; ForSlurm>] Wait
    | [<Unique; ForSlurm>] Dry_Run
    | [<Hidden; Unique>] Prepare
    | [<Hidden; Unique>] Part of numbers: string
    | [<Unique; MainProcess>] Retry_Failed
    | [<Unique; MainProcess>] Answers
    | [<Unique; MainProcess>] Verify
    | [<Unique; MainProcess>] Record
    | [<Unique; MainProcess>] Report
    | [<Unique; MainProcess>] No_Report
    | [<Unique; MainProcess>] No_Audio
    | [<MainProcess>] Export of file: string
    | [<Unique; MainProcess>] Export_Model of file: string
    | [<Unique; MainProcess>] Without_Encoder

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Plan -> "print the plan and check the corpora, encoders and weights that exist, without training."
            | Profile _ ->
                "the profile to run: a profile that the script declares, for example quick; smoke, which trains for a few seconds; or paper, which runs the script as written. The values that the profile sets are printed first. Default: on synthesised or mixed corpora the first profile that the script declares; otherwise the script as written."
            | Data _ ->
                "the corpus: smartCars or likeDesed (synthesised), soundscapes:DIR or likeDesed:DIR (mixed from folders of recordings), or the folder of a corpus."
            | Device _ -> "the device: auto (default), cpu, cuda or cuda:N."
            | Seeds _ -> "the seeds, for example 1..5 or 1,2,7."
            | Only _ -> "run only the rows whose label contains this text."
            | Retry_Failed -> "train failed trials again."
            | Answers ->
                "print all comparisons between rows, with differences, confidence intervals and p-values, below the summary."
            | Verify ->
                "compare the table with the recorded results and fail if they do not agree. On the same processor, every digit must agree; on a different processor, differences must be within the variation between training runs."
            | Record -> "write the table's scores to the folder 'recorded' beside the script, for --verify."
            | Report ->
                "write an HTML report to the folder 'reports' beside the trials. A run of the whole table with the default profile writes a report even without this option."
            | No_Report -> "write no report. Saves a few seconds."
            | No_Audio ->
                "leave audio out of the report. A report otherwise contains up to 3 MB of audio, which may be under copyright."
            | Export _ ->
                "write the table (.md, .tex) or one row for each trial (.csv, .parquet) to this file. May be repeated."
            | Export_Model _ ->
                "write the networks of the best row to this model file, for `seddsl predict` and for programs. The best row is chosen by the first reported metric, and its seeds are averaged. Use --only to choose the row and --seeds to choose the seeds."
            | Without_Encoder ->
                "leave the ONNX file of the encoder out of the model file. When the model is used, the ONNX file must be in the folder of the model file."
            | Jobs _ ->
                "the number of trials to train concurrently, each in its own process. Default: as many as cores and memory allow."
            | Worker _ -> "train without output. Used internally by --jobs."
            | Plan_Key _ -> "train only if the script has this plan. Used internally by --jobs and --on slurm."
            | On _ ->
                "slurm: submit the unfinished trials to Slurm as an array job, preceded by a job that prepares corpora and features. When the jobs have ended, run the same command without --on slurm to print the table."
            | Partition _ -> "with --on slurm: sbatch's --partition."
            | Time _ ->
                "with --on slurm: sbatch's --time for each task. A task that runs out of time is queued again and resumes."
            | Gpus _ -> "with --on slurm: number of GPUs for each task."
            | Cpus _ ->
                "with --on slurm: number of processors for each task. Default: 1, unless Slurm is configured otherwise."
            | Account _ -> "with --on slurm: sbatch's --account."
            | Slurm _ ->
                "with --on slurm: additional sbatch options for all jobs, for example \"--mem=16G --mail-type=FAIL\"."
            | Slurm_Prepare _ ->
                "with --on slurm: additional sbatch options for the job that prepares corpora and features."
            | Slurm_Trials _ ->
                "with --on slurm: additional sbatch options for the tasks that train, for example \"--constraint=a100\"."
            | Setup _ ->
                "with --on slurm: a shell command that each job runs first, for example \"module load cuda\". May be repeated."
            | Batch_Trials _ -> "with --on slurm: number of trials for each task. Default: 1."
            | Parallel_Trials _ ->
                "with --on slurm: number of trials that a task trains at the same time. They share its processors and are distributed over its GPUs. Default: 1."
            | Max_Tasks _ ->
                "with --on slurm: the maximum number of tasks that run at the same time. Default: no limit."
            | Wait -> "with --on slurm: show the progress of the jobs, then print the table."
            | Dry_Run -> "with --on slurm: print the submission script and stop."
            | Prepare -> "prepare corpora and features. Used internally by --on slurm."
            | Part _ -> "train the trials with these numbers. Used internally by --on slurm."
            | Out _ ->
                "the folder for corpora, features, trials and tables. Default: the folder 'runs' of the repository."
