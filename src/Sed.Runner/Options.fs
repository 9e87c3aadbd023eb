namespace Sed.Runner

open System
open System.Globalization
open System.IO
open Argu
open Sed
open Sed.Core.Runtime

/// A selection of a script's trials.
type TrialNumbers = {
    /// The index of the rung of a search; 0 for the trials of other experiments.
    Rung: int
    /// The numbers of the trials in the order of the script, from 1. In the rungs of a search after the first one, the
    /// positions of the trials in the rung, from 1.
    Numbers: int list
}

/// The parsed command line.
type Options = {
    Choices: Choices
    PlanOnly: bool
    RetryFailed: bool
    /// Whether to print all comparisons between rows.
    Answers: bool
    Verify: bool
    Record: bool
    /// Whether to write a report; None to write one if the plan is a whole table with the default profile.
    Report: bool option
    /// Whether a report contains the audio of its clips.
    Audio: bool
    Exports: string list
    /// The model file to write.
    ExportModel: string option
    WithEncoder: bool
    Device: string
    Out: string
    /// The number of concurrent trials; None for as many as cores and memory allow.
    Jobs: int option
    /// The number of threads of a worker process; None in the main process.
    Worker: int option
    /// The key of the plan that a worker process or a cluster job trains; None in the main process.
    PlanKey: string option
    /// Slurm options; None to train on this machine.
    Slurm: SlurmOptions option
    /// Whether to stop after preparing corpora and features.
    Prepare: bool
    /// The trials to train; None to train all of them and print the tables.
    Part: TrialNumbers option
}

module Options =
    // A longer range is probably a typing error.
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
                    $"'{text}' is not a list of seeds"
                    $"give whole numbers from 0, for example 1..5 or 1,2,7, at most {mostSeeds} in a range"
            )

    let private device (name: string) =
        match name.Split(':') with
        | [| "auto" |]
        | [| "cpu" |]
        | [| "cuda" |] -> Ok name
        | [| "cuda"; index |] when index <> "" && Seq.forall Char.IsDigit index -> Ok name
        | _ -> Error(Problem.at "--device" $"unknown device '{name}'" "use auto, cpu, cuda or cuda:N")

    let private jobs count =
        if count < 1 then
            Error(Problem.at "--jobs" $"{count} is too few" "give at least 1")
        else
            Ok count

    let private only (text: string) =
        if String.IsNullOrWhiteSpace text then
            Error(Problem.at "--only" $"'{text}' does not select rows" "give text from the labels of the rows to run")
        else
            Ok text

    // Subfolders of a workspace.
    let private subfolders = [ "corpora"; "features"; "trials" ]

    let private folder (path: string) =
        match OutputPath.problem "--out" path with
        | Some problem -> Error problem
        | None when File.Exists path ->
            Error(Problem.at "--out" $"'{path}' is a file" "name a folder, which need not exist")
        | None ->
            match
                subfolders
                |> List.map (fun name -> Path.Combine(path, name))
                |> List.tryFind File.Exists
            with
            | Some file ->
                Error(Problem.at "--out" $"'{file}' is a file but must be a folder" "remove it, or name another folder")
            | None -> Ok path

    let private defaults home = {
        Choices = Choices.none
        PlanOnly = false
        RetryFailed = false
        Answers = false
        Verify = false
        Record = false
        Report = None
        Audio = true
        Exports = []
        ExportModel = None
        WithEncoder = true
        Device = "auto"
        Out = home
        Jobs = None
        Worker = None
        PlanKey = None
        Slurm = None
        Prepare = false
        Part = None
    }

    let private slurmOptions (given: ParseResults<Arguments>) : SlurmOptions = {
        Partition = given.TryGetResult Partition
        Time = given.TryGetResult Time
        Gpus = given.TryGetResult Gpus
        Cpus = given.TryGetResult Cpus
        Account = given.TryGetResult Account
        More = given.TryGetResult Slurm
        MoreForPreparation = given.TryGetResult Slurm_Prepare
        MoreForTrials = given.TryGetResult Slurm_Trials
        Setup = given.GetResults Setup
        BatchTrials = given.TryGetResult Batch_Trials |> Option.defaultValue 1
        ParallelTrials = given.TryGetResult Parallel_Trials |> Option.defaultValue 1
        MaxTasks = given.TryGetResult Max_Tasks
        Wait = given.Contains Wait
        DryRun = given.Contains Dry_Run
    }

    /// The Slurm options and their problems.
    let private cluster (given: ParseResults<Arguments>) =
        let slurm = slurmOptions given
        match given.TryGetResult On with
        | None ->
            let forSlurm = OptionCases.marked<Arguments, ForSlurmAttribute>
            None,
            [
                let words = [
                    for argument in given.GetAllResults() -> given.Parser.GetArgumentCaseInfo(argument).Name.Value
                ]
                for word in List.distinct words do
                    if forSlurm.ContainsKey word then
                        Problem.at word "this option requires --on slurm" "add --on slurm, or leave this option out"
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
                        "this option is for trials on this machine"
                        "use --parallel-trials N to set how many trials a task trains at the same time"
                if not slurm.Wait then
                    for word, isGiven in afterwards do
                        if isGiven then
                            Problem.at
                                word
                                "there is no table until the jobs have ended"
                                "add --wait, or use this option without --on slurm when the jobs have ended"
                if not (slurm.DryRun || Slurm.isInstalled ()) then
                    Problem.at
                        "--on"
                        "sbatch is not installed on this machine"
                        "run the command on a login node of the cluster, or use --dry-run to print the submission script"
            ]
        | Some other -> None, [ Problem.at "--on" $"unknown cluster '{other}'" "give slurm" ]

    /// Parses the value of `--part`, for example "3,4" or, for the second rung of a search, "2:3,4".
    let private numbers (text: string) =
        let of' (list: string) = [ for number in list.Split ',' -> int number ]
        match text.Split ':' with
        | [| rung; list |] -> {
            Rung = int rung - 1
            Numbers = of' list
          }
        | _ -> { Rung = 0; Numbers = of' text }

    let private ofArguments home (given: ParseResults<Arguments>) =
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

        let plain = defaults home

        {
            Choices = {
                Profile = given.TryGetResult Profile
                Data = data
                Seeds = seeds
                Only = only
            }
            PlanOnly = given.Contains Plan
            RetryFailed = given.Contains Retry_Failed
            Answers = given.Contains Answers
            Verify = given.Contains Verify
            Record = given.Contains Record
            Report =
                if given.Contains Report then Some true
                elif given.Contains No_Report then Some false
                else None
            Audio = not (given.Contains No_Audio)
            Exports = exports
            ExportModel = exportModel
            WithEncoder = not (given.Contains Without_Encoder)
            Device = defaultArg device plain.Device
            Out = defaultArg out plain.Out
            Jobs = jobs
            Worker = given.TryGetResult Worker
            PlanKey = given.TryGetResult Plan_Key
            Slurm = slurm
            Prepare = given.Contains Prepare
            Part = given.TryGetResult Part |> Option.map numbers
        },
        dataProblems
        @ seedProblems
        @ onlyProblems
        @ [
            if given.Contains Report && given.Contains No_Report then
                Problem.at "--report" "contradicts `--no-report`" "give only one of them"
        ]
        @ deviceProblems
        @ outProblems
        @ jobProblems
        @ slurmProblems
        @ List.collect Export.problems exports
        @ List.collect (ModelExport.problems "--export-model") (Option.toList exportModel)

    let private parserOf (script: string) =
        ArgumentParser.Create<Arguments>(
            programName = $"dotnet fsi {script}",
            helpTextMessage = "Runs the script's experiments and prints their tables.",
            checkStructure = false
        )

    /// The help of a script.
    let help (script: string) =
        $"{(parserOf script).PrintUsage()}\n(dotnet fsi handles --help itself. Use `dotnet fsi {script} help`.)"

    /// Parses the command line. Returns None if `arguments` request the help. An argument with a problem is left out of
    /// the options, so that its problem can be reported together with the problems of the experiments.
    let parse (script: string) (home: string) (arguments: string list) : (Options * Problem list) option =
        let parser = parserOf script

        // "help" may also be the value of an option, for example a part of a row's label.
        let wantsHelp =
            List.tryHead arguments = Some "help"
            || arguments |> List.exists (fun word -> List.contains word [ "--help"; "-h" ])

        if wantsHelp then
            None
        else
            try
                match NumberArguments.problems<Arguments> arguments with
                | [] -> Some(ofArguments home (parser.Parse(List.toArray arguments, raiseOnUsage = false)))
                | wrong -> Some(defaults home, wrong)
            with :? ArguParseException as wrong ->
                let message = ErrorText.ofParser wrong
                let names = [
                    for case in parser.GetArgumentCases() do
                        if not case.IsHidden.Value then
                            yield! case.CommandLineNames.Value
                ]
                let nearest =
                    match message.Split '\'' with
                    | [| "unrecognized argument: "; word; _ |] -> Spelling.Nearest(word.Split('=')[0], names)
                    | _ -> null
                let remedy =
                    match nearest with
                    | null -> $"`dotnet fsi {script} help` lists the options"
                    | nearest -> $"did you mean `{nearest}`?"
                Some(defaults home, [ Problem.at "command line" message remedy ])
