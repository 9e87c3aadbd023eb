module Sed.Runner.Tests.TableTests

open System.Threading
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner

let private experiment =
    experiment "small" {
        title "Two weights"
        data Soundscapes.smartCars
        vary StrongWeight [ 0.5; 1.0 ]
        addRow "baseline" [ Network mlp ]
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
        published "a paper" [ row [ StrongWeight 1.0; WeakWeight 1.0 ] [ WeakF, 0.433 ] ]
    }

let private plan =
    match
        Plan.ofExperiment
            {
                Choices.none with
                    Profile = Some "paper"
            }
            experiment
    with
    | Ok plan -> plan
    | Error problems -> failwith (Problem.printAll "small" problems)

let private result = {
    Key = "{}"
    Corpus = ""
    Data = ""
    Classes = 17
    Scores = Map.empty
    Epochs = 3
    BestEpoch = 2
    Parameters = 10L
    MultiplyAccumulates = 20L
    Threads = 2
    Device = "cpu"
    History = []
}

let private states = [ for trial in plan.Trials -> trial, Finished result ]

/// Ten clips with a car each. Each trial detects one more car than the trial before. A constant prediction has a weak F
/// of 0.5 at best.
let private finished = [
    for index, trial in List.indexed plan.Trials ->
        {
            Trial = trial
            Result = result
            Scored =
                SyntheticScores.clips [ "Car" ] 1 true [
                    for clip in 1..10 ->
                        let car: SyntheticScores.Event = 0.0, 1.0, "Car"
                        $"{clip}", [ car ], (if clip <= index + 1 then [ car ] else [])
                ]
            Bounds = Map [ "weak F", 0.5 ]
            HasLearnt = index > 2
            MultiplyAccumulatesPerSecond = 2.5e6
            TrainingSeconds = 61.0 + float index
        }
]

let private repetitions = List.map Repetition.ofTrial finished

let private frame =
    use workspace =
        new Workspace("nowhere", Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
    ResultFrame.ofTrials workspace plan [] finished repetitions

[<Fact>]
let ``the frame has a row for each trial and a column for each axis and metric`` () =
    Assert.Equal(6, frame.RowCount)

    Assert.Equal<string>(
        [ "row"; "strong weight"; "seed" ]
        @ [
            for metric in Metric.All do
                if metric.IsOfDecisions then
                    metric.Name
        ]
        @ [
            "learnt"
            "epochs"
            "best epoch"
            "parameters"
            "multiply-accumulates"
            "seconds"
            "clips per second"
            "trial"
        ],
        frame.ColumnKeys
    )

[<Fact>]
let ``the values of an axis have a column of their own, even if the axis is named like another column`` () =
    let searched =
        ExperimentBuilder("searched") {
            data Soundscapes.smartCars
            vary Epochs [ 1; 2 ]
            sample 2 [ draw Monitor (among [ Score WeakF; Score StrongF ]) ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    match Plan.ofExperiment Choices.none searched with
    | Error problems -> failwith (Problem.printAll "searched" problems)
    | Ok plan ->
        let history = [
            {
                Epoch = 1
                Loss = 0.7
                Monitor = 0.25
                Scores = Map.empty
            }
        ]
        let finished = [
            for trial in plan.Trials ->
                {
                    finished.Head with
                        Trial = trial
                        Result = { result with History = history }
                }
        ]
        use workspace =
            new Workspace("nowhere", Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
        let frame =
            ResultFrame.ofTrials workspace plan [] finished (List.map Repetition.ofTrial finished)
        Assert.Equal<int>([ 3; 3; 3; 3 ], frame.GetColumn<int>("epochs").Values)
        Assert.Equal<float>([ 1.0; 2.0 ], frame.GetColumn<float>("epochs (setting)").Values)
        Assert.Equal<float>([ 0.25; 0.25; 0.25; 0.25 ], frame.GetColumn<float>("monitor").Values)
        Assert.Equal(2, frame.GetColumn<string>("monitor (setting)").ValueCount)
        for column in frame.ColumnKeys do
            if not (column.EndsWith " (setting)") then
                Assert.NotEqual<string>(column, ResultFrame.axisColumn column)

[<Fact>]
let ``a published score is shown in its own row only`` () =
    let cells = [ for variant in plan.Variants -> Plan.published plan variant WeakF ]
    Assert.Equal<float option list>([ None; Some 0.433; None ], cells)

[<Fact>]
let ``a trial has learnt something if one score is better than a constant prediction`` () =
    Assert.Equal<bool>([ false; false; false; true; true; true ], frame.GetColumn<bool>("learnt").Values)

[<Fact>]
let ``rows that are no better than a constant prediction are marked, explained and counted`` () =
    let estimate mean = {
        Mean = mean
        Deviation = None
        Trials = 2
        Folds = 1
        Interval = Ok(mean, mean)
    }
    let statistics = {
        Metric = WeakF
        Estimates =
            Map [
                "strong weight 0.5", estimate 0.05
                "strong weight 1", estimate 0.25
                "baseline", estimate 0.45
            ]
        Reference = Some "baseline"
        Comparisons = Map.empty
        Constant = Set [ "strong weight 0.5"; "strong weight 1" ]
        Letters = Map.empty
    }
    let view = Table.view plan repetitions [ statistics ] states [ "A note." ]
    Assert.Equal<string list list>(
        [
            [ "0.5"; "0.050 ○"; "-"; "2, learnt nothing: 2" ]
            [ "1"; "0.250 ○"; "0.433"; "2, learnt nothing: 1" ]
            [ "baseline"; "0.450 *"; "-"; "2" ]
        ],
        view.Rows
    )
    Assert.Equal<string list>(
        [
            "weak F: F-score of the tags, micro average."
            "○: no better than a constant prediction, which predicts the same classes for every clip (none, the most frequent or all; the best one has weak F 0.500). A row with this mark is not used as the reference row."
            "Learnt nothing: no better than a constant prediction in any metric, for example because training diverged or was too short."
            "A note."
        ],
        view.Notes
    )

[<Fact>]
let ``rows are sorted by a metric, costs follow the metrics, and published systems are sorted below the rows`` () =
    let experiment = {
        experiment with
            Sorted = Some StrongER
            Columns = [ Parameters; MultiplyAccumulates; TrainingTime ]
            Others = [
                "worse", [ StrongER, 1.0 ]
                "unknown", [ WeakF, 0.5 ]
                "better", [ StrongER, 0.5 ]
            ]
            Published = []
    }
    let estimate mean = {
        Mean = mean
        Deviation = None
        Trials = 2
        Folds = 1
        Interval = Ok(mean, mean)
    }
    let statistics = {
        Metric = StrongER
        Estimates = Map [ "strong weight 0.5", estimate 0.9; "strong weight 1", estimate 0.7 ]
        Reference = Some "strong weight 1"
        Comparisons = Map.empty
        Constant = Set.empty
        Letters = Map [ "strong weight 0.5", [ "a"; "b" ]; "strong weight 1", [ "a" ] ]
    }
    let view =
        Table.view { plan with Experiment = experiment } repetitions [ statistics ] states []
    Assert.Equal<string list>(
        [
            "strong weight"
            "strong ER ↓"
            "group"
            "published strong ER"
            "parameters"
            "MAC per s of audio"
            "training"
            "seeds"
        ],
        [ for heading in view.Headings -> heading.Text ]
    )
    Assert.Equal<string list list>(
        [
            [ "1"; "0.700 *"; "a"; "-"; "10"; "2.5 M"; "64 s"; "2, learnt nothing: 1" ]
            [ "0.5"; "0.900  "; "ab"; "-"; "10"; "2.5 M"; "62 s"; "2, learnt nothing: 2" ]
            [ "baseline"; "-  "; "-"; "-"; "10"; "2.5 M"; "66 s"; "2" ]
            [ "better"; "-  "; "-"; "0.500"; "-"; "-"; "-"; "-" ]
            [ "worse"; "-  "; "-"; "1.000"; "-"; "-"; "-"; "-" ]
            [ "unknown"; "-  "; "-"; "-"; "-"; "-"; "-"; "-" ]
        ],
        view.Rows
    )
