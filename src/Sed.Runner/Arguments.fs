namespace Sed.Runner

open Argu

/// What a script takes on its command line.
type Arguments =
    | [<Unique>] Plan
    | [<Unique>] Profile of name: string
    | [<Unique>] Data of corpus: string
    | [<Unique>] Device of name: string
    | [<Unique>] Seeds of seeds: string
    | [<Unique>] Only of text: string
    | [<Unique>] Out of folder: string
    | [<Unique>] Jobs of count: int
    | [<Hidden; Unique>] Worker of threads: int
    | [<Unique>] On of cluster: string
    | [<Unique>] Partition of name: string
    | [<Unique>] Time of limit: string
    | [<Unique>] Gpus of count: int
    | [<Unique>] Cpus of count: int
    | [<Unique>] Account of name: string
    | [<Unique>] Slurm of options: string
    | [<Unique>] Batch_Trials of count: int
    | [<Unique>] Wait
    | [<Unique>] Dry_Run
    | [<Hidden; Unique>] Prepare
    | [<Hidden; Unique>] Part of numbers: string
    | [<Unique>] Retry_Failed
    | [<Unique>] Verify
    | [<Unique>] Record
    | [<Unique>] Report
    | [<Unique>] No_Report
    | [<Unique>] No_Audio
    | Export of file: string
    | [<Unique>] Export_Model of file: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Plan -> "print every trial and stop; nothing is read, made or trained."
            | Profile _ -> "the profile to run: one of the script's own, for example quick, or paper: as it is written."
            | Data _ ->
                "smartCars (synthesised), soundscapes:DIR (mixed from folders of recordings), dcase2017:DIR or folder:DIR."
            | Device _ -> "auto (the default), cpu, cuda or cuda:N."
            | Seeds _ -> "the seeds to run, for example 1..5 or 1,2,7."
            | Only _ -> "only the rows whose label contains this text."
            | Retry_Failed -> "train trials again that failed before."
            | Verify ->
                "compare the table with the recorded results beside the script, and fail where a cell has moved: by a digit on the same processor, out of its interval on another."
            | Record -> "write the table's scores to recorded, beside the script, for --verify."
            | Report ->
                "write a report that a browser shows: one file, in reports beside the trials. The whole table of the default profile has one anyway."
            | No_Report -> "write no report, which takes some seconds, for example while thresholds are tried."
            | No_Audio ->
                "leave the sound of clips out of the report, which otherwise holds at most 3 MB of it: recordings are their owners'."
            | Export _ ->
                "write the table (.md, .tex) or a row for each trial (.csv, .parquet) to this file; may be given again."
            | Export_Model _ ->
                "write the best row's networks as a model file, for `seddsl predict` and programs: of the rows that --only leaves, the best by the first reported metric, its seeds together (--seeds 1 for one of them)."
            | Jobs _ ->
                "trials that are trained at once, each in a process with its share of the cores; by default as many as the machine bears."
            | Worker _ -> "trains and says nothing; what --jobs starts."
            | On _ ->
                "slurm: submits what is not finished as an array job, after a job that makes corpora and features; the same command prints the table when they are over."
            | Partition _ -> "with --on slurm: sbatch's --partition."
            | Time _ ->
                "with --on slurm: sbatch's --time, for each task. What is not finished then waits for its turn again and goes on."
            | Gpus _ -> "with --on slurm: GPUs for each task."
            | Cpus _ -> "with --on slurm: processors for each task; 1 where Slurm is not told otherwise."
            | Account _ -> "with --on slurm: sbatch's --account."
            | Slurm _ -> "with --on slurm: other options of sbatch, for example \"--mem=16G --constraint=a100\"."
            | Batch_Trials _ -> "with --on slurm: trials in a task; 1 by default."
            | Wait -> "with --on slurm: show how far the jobs are, and then the table."
            | Dry_Run -> "with --on slurm: print the script that submits the jobs, and stop."
            | Prepare -> "makes corpora and features; what --on slurm submits first."
            | Part _ -> "trains the trials of these numbers; what --on slurm submits."
            | Out _ -> "where corpora, features, trials and tables are kept; runs beside the scripts by default."
