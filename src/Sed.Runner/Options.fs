namespace Sed.Runner

open System
open System.Globalization
open System.IO
open Argu
open Sed

/// The command line, read.
type Options = {
    Choices: Choices
    PlanOnly: bool
    RetryFailed: bool
    Verify: bool
    Record: bool
    /// Whether a report is written; None where nothing is said.
    Report: bool option
    /// Whether a report holds the sound of its clips.
    Audio: bool
    Exports: string list
    /// Where a model goes; None where none is asked for.
    ExportModel: string option
    Device: string
    Out: string
    /// Trials at once; None where nothing is said.
    Jobs: int option
    /// Threads of a process that another one started to help it; None in what a user starts.
    Worker: int option
    /// What Slurm is asked for; None where trials are trained here.
    Slurm: SlurmOptions option
    /// Whether only corpora and features are made.
    Prepare: bool
    /// The numbers of the trials that are trained, from 1, in the order of the script; None for all, with their tables.
    Part: int list option
}

module Options =
    /// Seeds in one range, at most; more are a bound with a digit too many.
    let private mostSeeds = 10000

    let private seeds (text: string) =
        let number (part: string) =
            match Int32.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, value -> Some value
            | _ -> None

        let part (part: string) =
            match part.Split ".." |> Array.map number with
            | [| Some only |] -> Some [ only ]
            | [| Some first; Some last |] when first <= last && last - first < mostSeeds -> Some [ first..last ]
            | _ -> None

        let parts = text.Split ',' |> Array.map part |> List.ofArray

        if List.forall Option.isSome parts then
            Ok(List.collect Option.get parts)
        else
            Error(
                Problem.at
                    "--seeds"
                    $"'{text}' is no list of seeds"
                    $"say for example 1..5 or 1,2,7: whole numbers from 0, at most {mostSeeds}"
            )

    let private device (name: string) =
        match name.Split(':') with
        | [| "auto" |]
        | [| "cpu" |]
        | [| "cuda" |] -> Ok name
        | [| "cuda"; index |] when index <> "" && Seq.forall Char.IsDigit index -> Ok name
        | _ -> Error(Problem.at "--device" $"there is no device '{name}'" "use auto, cpu, cuda or cuda:N")

    let private jobs count =
        if count < 1 then
            Error(Problem.at "--jobs" $"{count} trials at once" "give at least 1")
        else
            Ok count

    let private only (text: string) =
        if String.IsNullOrWhiteSpace text then
            Error(Problem.at "--only" $"'{text}' is in every row" "give a part of the labels of the rows to keep")
        else
            Ok text

    // What a file cannot be that a workspace has as a folder.
    let private within = [ "corpora"; "features"; "trials" ]

    let private folder (path: string) =
        match Placed.problem "--out" path with
        | Some problem -> Error problem
        | None when File.Exists path ->
            Error(Problem.at "--out" $"'{path}' is a file" "name a folder; it is made where there is none")
        | None ->
            match
                within
                |> List.map (fun name -> Path.Combine(path, name))
                |> List.tryFind File.Exists
            with
            | Some file ->
                Error(
                    Problem.at "--out" $"'{file}' is a file where a folder belongs" "remove it, or name another folder"
                )
            | None -> Ok path

    let private byDefault home = {
        Choices = Choices.none
        PlanOnly = false
        RetryFailed = false
        Verify = false
        Record = false
        Report = None
        Audio = true
        Exports = []
        ExportModel = None
        Device = "auto"
        Out = home
        Jobs = None
        Worker = None
        Slurm = None
        Prepare = false
        Part = None
    }

    let private slurmWords (given: ParseResults<Arguments>) : SlurmOptions = {
        Partition = given.TryGetResult Partition
        Time = given.TryGetResult Time
        Gpus = given.TryGetResult Gpus
        Cpus = given.TryGetResult Cpus
        Account = given.TryGetResult Account
        More = given.TryGetResult Slurm
        BatchTrials = given.TryGetResult Batch_Trials |> Option.defaultValue 1
        Wait = given.Contains Wait
        DryRun = given.Contains Dry_Run
    }

    /// What is asked of Slurm, and what is wrong with it.
    let private cluster (given: ParseResults<Arguments>) =
        let slurm = slurmWords given
        match given.TryGetResult On with
        | None ->
            let named = [
                "--partition", slurm.Partition.IsSome
                "--time", slurm.Time.IsSome
                "--gpus", slurm.Gpus.IsSome
                "--cpus", slurm.Cpus.IsSome
                "--account", slurm.Account.IsSome
                "--slurm", slurm.More.IsSome
                "--batch-trials", given.Contains Batch_Trials
                "--wait", slurm.Wait
                "--dry-run", slurm.DryRun
            ]
            None,
            [
                for word, isGiven in named do
                    if isGiven then
                        Problem.at word "only Slurm knows it" "say --on slurm too, or leave it out"
            ]
        | Some "slurm" ->
            let afterwards = [
                "--export", given.Contains Export
                "--report", given.Contains Report
                "--verify", given.Contains Verify
                "--record", given.Contains Record
                "--export-model", given.Contains Export_Model
            ]
            Some slurm,
            [
                yield! SlurmOptions.problems slurm
                if given.Contains Jobs then
                    Problem.at
                        "--jobs"
                        "tasks of Slurm train one trial at a time"
                        "leave it out, or say --batch-trials N"
                if not slurm.Wait then
                    for word, isGiven in afterwards do
                        if isGiven then
                            Problem.at
                                word
                                "there is no table before the jobs are over"
                                "say --wait too, or give it without --on slurm when they are"
                if not (slurm.DryRun || Slurm.isInstalled ()) then
                    Problem.at
                        "--on"
                        "there is no sbatch here, which submits jobs to Slurm"
                        "run it where the cluster's users log in; --dry-run prints what would be submitted"
            ]
        | Some other -> None, [ Problem.at "--on" $"there is no '{other}' to run on" "say slurm" ]

    let private numbers (text: string) = [ for number in text.Split ',' -> int number ]

    let private ofWords home (given: ParseResults<Arguments>) =
        let read parse value =
            match Option.map parse value with
            | Some(Ok value) -> Some value, []
            | Some(Error problem) -> None, [ problem ]
            | None -> None, []

        let data, dataProblems = given.TryGetResult Data |> read Corpus.parse
        let seeds, seedProblems = given.TryGetResult Seeds |> read seeds
        let device, deviceProblems = given.TryGetResult Device |> read device
        let out, outProblems = given.TryGetResult Out |> read folder
        let only, onlyProblems = given.TryGetResult Only |> read only
        let jobs, jobProblems = given.TryGetResult Jobs |> read jobs
        let slurm, slurmProblems = cluster given
        let exports = given.GetResults Export
        let exportModel = given.TryGetResult Export_Model

        let plain = byDefault home

        {
            Choices = {
                Profile = given.TryGetResult Profile
                Data = data
                Seeds = seeds
                Only = only
            }
            PlanOnly = given.Contains Plan
            RetryFailed = given.Contains Retry_Failed
            Verify = given.Contains Verify
            Record = given.Contains Record
            Report =
                if given.Contains Report then Some true
                elif given.Contains No_Report then Some false
                else None
            Audio = not (given.Contains No_Audio)
            Exports = exports
            ExportModel = exportModel
            Device = defaultArg device plain.Device
            Out = defaultArg out plain.Out
            Jobs = jobs
            Worker = given.TryGetResult Worker
            Slurm = slurm
            Prepare = given.Contains Prepare
            Part = given.TryGetResult Part |> Option.map numbers
        },
        dataProblems
        @ seedProblems
        @ onlyProblems
        @ [
            if given.Contains Report && given.Contains No_Report then
                Problem.at "--report" "given beside `--no-report`" "keep one of them"
        ]
        @ deviceProblems
        @ outProblems
        @ jobProblems
        @ slurmProblems
        @ List.collect Export.problems exports
        @ List.collect ModelExport.problems (Option.toList exportModel)

    /// What the command line says, with every problem that it has; None when help was asked for and printed. A word with
    /// a problem is left out of the options, so that an experiment's own problems can be named beside it.
    let parse (script: string) (home: string) (arguments: string list) : (Options * Problem list) option =
        let parser =
            ArgumentParser.Create<Arguments>(
                programName = $"dotnet fsi {script}",
                helpTextMessage = "Runs the script's experiments and prints their tables.",
                checkStructure = false
            )

        // "help" may also be what an option is given, for example a part of a row's name.
        let askedForHelp =
            List.tryHead arguments = Some "help"
            || arguments |> List.exists (fun word -> List.contains word [ "--help"; "-h" ])

        if askedForHelp then
            printfn $"{parser.PrintUsage()}"
            printfn $"(fsi keeps --help for itself: say `dotnet fsi {script} help`.)"
            None
        else
            try
                Some(ofWords home (parser.Parse(List.toArray arguments, raiseOnUsage = false)))
            with :? ArguParseException as wrong ->
                let first = wrong.Message.Split('\n').[0].Trim()

                let first =
                    if first.StartsWith "ERROR: " then
                        first.Substring 7
                    else
                        first

                let remedy = $"`dotnet fsi {script} help` lists what it takes"
                Some(byDefault home, [ Problem.at "command line" (first.TrimEnd '.') remedy ])
