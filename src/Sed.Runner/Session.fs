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

let private notes workspace (plan: Plan) frame =
    let specification = plan.Trials.Head.Specification
    let label, weakF = alwaysMostFrequent workspace specification
    let manifest = workspace.Manifest specification

    [
        let split = string specification.ScoreOn
        let clips = manifest.IndicesOf(Translate.split specification.ScoreOn).Length
        $"{manifest.Corpus}: scored on {clips} {split.ToLowerInvariant()} clips; always saying '{label}' has weak F {weakF:F3}."

        if specification.SelectOn = specification.ScoreOn then
            "The best epoch was selected on the split it is scored on, as in the paper: the scores flatter."

        if plan.Experiment.Source <> "" then
            $"Published: {plan.Experiment.Source}. Its data are DCASE 2017 Task 4; on another corpus the figures are not comparable."

        $"Mean ± deviation over seeds. Profile {plan.Profile}. Every trial: {tableFile workspace plan}"
    ]

let private runTrials (workspace: Workspace) (display: Display) (plan: Plan) (stop: CancellationToken) =
    let started = DateTime.UtcNow
    let mutable epochsDone = 0
    let total = plan.Trials.Length

    [
        for index, trial in List.indexed plan.Trials do
            stop.ThrowIfCancellationRequested()
            let specification = trial.Specification
            let hash = Specification.hash (workspace.Manifest specification).Hash specification
            let folder = workspace.TrialFolder hash

            let what =
                $"trial {index + 1} of {total}: {trial.Variant.Label}, seed {specification.Seed}"

            match TrialFolder.read folder with
            | Some kept ->
                display.Line $"{what}: kept"
                trial, kept
            | None ->
                let mutable first = true

                let progress (epoch: EpochReport) =
                    epochsDone <- epochsDone + 1

                    let left =
                        let ahead =
                            specification.Training.Epochs - epoch.Epoch
                            + (total - index - 1) * specification.Training.Epochs

                        (DateTime.UtcNow - started) / float epochsDone * float ahead

                    display.State(
                        $"{what}, epoch {epoch.Epoch} of {specification.Training.Epochs}, loss {epoch.Loss:F4}, "
                        + $"weak F {epoch.Scores.WeakF:F3}, strong ER {epoch.Scores.StrongErrorRate:F2}, "
                        + $"{epoch.ClipsPerSecond:F0} clips/s, at most {Duration.print left} left"
                    )

                let result = TrialRun.run workspace specification progress stop
                TrialFolder.write folder result

                display.Line(
                    $"{what}: weak F {result.Scores[WeakF.Name]:F3}, strong F {result.Scores[StrongF.Name]:F3}, "
                    + $"strong ER {result.Scores[StrongER.Name]:F2}; best of {result.Epochs} epochs was {result.BestEpoch}; "
                    + $"{result.Parameters} parameters, {Duration.print (TimeSpan.FromSeconds result.Seconds)}"
                )

                trial, result
    ]

let private tabulate (workspace: Workspace) (plan: Plan) results =
    let frame = ResultFrame.ofResults plan results
    Directory.CreateDirectory workspace.Tables |> ignore
    let file = tableFile workspace plan
    Deedle.FrameExtensions.SaveCsv(frame, file, includeRowKeys = false)
    Table.print plan frame (notes workspace plan frame)

let private runPlans (options: Options) (plans: Plan list) (stop: CancellationToken) =
    let display = Display()
    Torch.Initialize()

    let progress what finished all =
        display.State $"{what}: {finished} of {all} clips"

    use workspace =
        new Workspace(options.Out, Devices.choose options.Device, progress, stop)

    try
        for plan in plans do
            tabulate workspace plan (runTrials workspace display plan stop)

        0
    with
    | :? OperationCanceledException ->
        display.Line $"Stopped. Finished trials are kept under {options.Out}; run the script again to go on."
        130
    | :? CorpusException
    | :? AnnotationException
    | :? TrainingException
    | :? InvalidDataException
    | :? IOException as problem ->
        display.Clear()
        eprintfn $"{problem.Message}"

        if problem :? CorpusException || problem :? AnnotationException then
            2
        else
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
