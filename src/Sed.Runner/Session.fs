/// Runs the experiments of a script: plans them all, runs every trial that has no result yet, prints the tables.
module Sed.Runner.Session

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Runtime
open Sed.Core.Training

let private report (name: string) problems =
    eprintfn $"{Problem.printAll name problems}"

/// Every experiment's plan, or every problem of every experiment.
let private plans choices (experiments: Experiment list) =
    let planned = [
        for experiment in experiments -> experiment.Name, Plan.ofExperiment choices experiment
    ]

    let bad = [
        for name, plan in planned do
            match plan with
            | Error problems -> name, problems
            | Ok _ -> ()
        for name, times in experiments |> List.countBy _.Name do
            if times > 1 then
                name,
                [
                    Problem.at "experiments" $"{times} have this name" "give each a name of its own"
                ]
    ]

    match bad with
    | [] ->
        Ok [
            for _, plan in planned -> Result.defaultWith (fun _ -> failwith "no plan") plan
        ]
    | _ -> Error bad

/// What a tagger gets that always says the most frequent class of the training clips.
let private alwaysMostFrequent (workspace: Workspace) (specification: Specification) =
    let manifest = workspace.Manifest specification
    let labels split = [ for index in manifest.IndicesOf split -> manifest.Clips[index].WeakLabels ]

    let frequent, _ =
        labels Core.Corpora.Split.Training
        |> Seq.concat
        |> Seq.countBy id
        |> Seq.maxBy (fun (label, count) -> count, label)

    let tested = labels (Translate.split specification.ScoreOn)
    let hits = tested |> List.filter (Seq.contains frequent) |> List.length
    let tags = tested |> List.sumBy _.Count
    frequent, 2.0 * float hits / float (tested.Length + tags)

let private tableFile (workspace: Workspace) (plan: Plan) =
    Path.Combine(workspace.Tables, plan.Experiment.Name + ".csv")

let private notes (workspace: Workspace) (plan: Plan) =
    let specification = plan.Trials.Head.Specification
    let label, weakF = alwaysMostFrequent workspace specification
    let manifest = workspace.Manifest specification

    [
        let split = string specification.ScoreOn
        let clips = manifest.IndicesOf(Translate.split specification.ScoreOn).Length
        $"{manifest.Corpus}: scored on {clips} {split.ToLowerInvariant()} clips; always saying '{label}' has weak F {weakF:F3}."

        $"Made from {manifest.Describe()}."

        if specification.SelectOn = specification.ScoreOn then
            "The best epoch was selected on the split it is scored on, as in the paper: the scores flatter."

        if plan.Experiment.Source <> "" then
            $"Published: {plan.Experiment.Source}. Its data are DCASE 2017 Task 4; on another corpus the figures are not comparable."

        $"Mean ± deviation over seeds. Profile {plan.Profile}. Every trial: {tableFile workspace plan}"
    ]

let private tabulate (workspace: Workspace) (plan: Plan) states =
    let frame = ResultFrame.ofTrials plan states
    Directory.CreateDirectory workspace.Tables |> ignore
    let file = tableFile workspace plan
    Deedle.FrameExtensions.SaveCsv(frame, file, includeRowKeys = false)
    Table.print plan frame states (notes workspace plan)

let private runPlans (options: Options) (plans: Plan list) (stop: CancellationToken) =
    let display = Display()
    Torch.Initialize()
    let progress what finished all =
        display.State $"{what}: {finished} of {all} clips"
    use workspace =
        new Workspace(options.Out, Devices.choose options.Device, display.Line, progress, stop)
    try
        let states = [
            for plan in plans do
                let states = Sweep.run workspace display options.RetryFailed plan stop
                tabulate workspace plan states
                yield! List.map snd states
        ]
        if states |> List.exists _.IsFailed then
            display.Line $"Failed trials are kept with their errors; --retry-failed trains them again."
            1
        else
            0
    with
    | :? OperationCanceledException ->
        display.Line $"Stopped. Finished trials are kept under {options.Out}; run the script again to go on."
        130
    | :? CorpusException
    | :? AnnotationException as problem ->
        display.Clear()
        eprintfn $"{problem.Message}"
        2
    | :? IOException
    | :? UnauthorizedAccessException
    | :? InvalidDataException as problem ->
        display.Clear()
        eprintfn $"{problem.Message}"
        1

/// Runs experiments as the command line says, and gives the exit code: 0 when the tables are printed, 2 when something in
/// the script, the command line or the data has to be mended first, 1 when a trial failed, 130 when stopped by Ctrl-C.
let run (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    match Options.parse script home arguments with
    | Ok None -> 0
    | Error problems ->
        report script problems
        2
    | Ok(Some options) ->
        match plans options.Choices experiments with
        | Error bad ->
            for name, problems in bad do
                report name problems

            2
        | Ok plans when options.PlanOnly ->
            printfn "%s" (plans |> List.map Plan.print |> String.concat "\n\n")
            0
        | Ok plans ->
            use stop = new CancellationTokenSource()

            let onCancel =
                ConsoleCancelEventHandler(fun _ pressed ->
                    pressed.Cancel <- true
                    stop.Cancel())

            Console.CancelKeyPress.AddHandler onCancel

            try
                runPlans options plans stop.Token
            finally
                Console.CancelKeyPress.RemoveHandler onCancel
