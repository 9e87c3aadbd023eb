/// The places of array jobs. The corpus is prepared with torch, so the tests run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.Cluster.SubmissionPlacesTests

open System.IO
open System.Threading
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner
open Sed.Runner.Tests.Sessions

/// Four rows with two seeds each: rungs with 8, 4 and 2 trials, which are trained for 1, 2 and 4 epochs.
let private searching name dropout : Plan =
    let experiment =
        experiment name {
            data Soundscapes.smartCars
            clips 12 8 4
            train (
                training {
                    epochs 4
                    batch 4
                }
            )
            sample 4 [ draw Dropout (uniform 0.0 dropout) ]
            search (halving { eta 2 })
            seeds [ 1; 2 ]
            report [ WeakF ]
        }
    match Plan.ofExperiment Choices.none experiment with
    | Ok plan -> plan
    | Error problems -> failwith (Problem.printAll name problems)

let private first, second = searching "first" 0.2, searching "second" 0.4

/// Pauses a trial after a number of epochs.
let private pause folder epochs =
    Directory.CreateDirectory folder |> ignore
    TrialFolder.suspend folder {
        Key = "{}"
        Parameters = 1L
        MultiplyAccumulates = 1L
        History = [
            for epoch in 1..epochs ->
                {
                    Epoch = epoch
                    Loss = 0.7
                    Monitor = 0.1
                    Scores = Map.empty
                }
        ]
    }

let private temporary () =
    Directory.CreateTempSubdirectory("sed-places-").FullName

let private part root rung numbers =
    let folderOf (specification: Specification) =
        Some(Path.Combine(root, Specification.hash "" specification))
    SubmissionPlaces.part { Rung = rung; Numbers = numbers } (fun plan -> SearchState(plan, folderOf)) [ first; second ]

[<Fact>]
let ``an incomplete rung of a search stops only the tasks of this search`` () =
    let root = temporary ()
    let paused (trials: Trial list) =
        for trial in trials do
            pause (Path.Combine(root, Specification.hash "" trial.Specification)) 1
    paused second.Trials
    paused (List.tail first.Trials)
    // Four places of the first search in the second rung, then four places of the second search.
    for number in 1..4 do
        match part root 1 [ number ] with
        | Error missing -> Assert.Equal<string list>([ first.Trials.Head.Name ], [ for trial in missing -> trial.Name ])
        | Ok _ -> Assert.Fail $"place {number} is trained before the rung is known"
    match part root 1 [ 5; 6; 7; 8 ] with
    | Ok [ SubmissionPlaces.RungJobs(plan, jobs) ] ->
        Assert.Equal("second", plan.Experiment.Name)
        Assert.Equal(4, jobs.Length)
        Assert.All(jobs, fun job -> Assert.Equal(Some 2, job.PauseAfter))
    | other -> Assert.Fail $"{other}"
    Assert.True((part root 1 [ 4; 5 ]).IsError)

    // The same numbers after the first rung of both searches.
    paused first.Trials
    let names numbers =
        match part root 1 numbers with
        | Ok parts -> [
            for part in parts do
                match part with
                | SubmissionPlaces.RungJobs(plan, jobs) ->
                    for _ in jobs do
                        plan.Experiment.Name
                | SubmissionPlaces.Trials _ -> failwith "not a rung"
          ]
        | Error _ -> failwith "the rung is complete"
    Assert.Equal<string list>([ "first"; "second"; "second" ], names [ 4; 5; 8 ])
    Assert.Empty(names [ 9 ])
    Directory.Delete(root, true)

[<Fact>]
let ``places whose trials have become known keep the keys of their submission, and finished ones are not open`` () =
    let out = temporary ()
    Torch.Initialize()
    RunFolder.openFor out
    use workspace =
        new Workspace(out, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
    PreparedCorpora.prepare workspace first.Trials
    let places () =
        SubmissionPlaces.openPlaces out false [ first ]
    let keys places =
        places |> List.collect (fun (_, place: SubmissionPlaces.Place) -> place.Keys)
    let submitted = Map(places ())
    Assert.Equal<int list>([ 8; 4; 2 ], [ for rung in 0..2 -> submitted[rung].Length ])
    let inSecond = keys submitted[1]
    Assert.Equal(4, inSecond.Length)

    for trial in first.Trials do
        pause (workspace.TrialFolder trial.Specification) 1
    let known = Map(places ())
    Assert.False(known.ContainsKey 0)
    for _, place in known[1] do
        Assert.Contains(place.FormerKey.Value, inSecond)

    // The trials of the first and the third place have been trained.
    let jobs = (Sweep.searchOf workspace first).Entrants 1 |> Result.defaultValue []
    for index in [ 0; 2 ] do
        pause (workspace.TrialFolder jobs[index].Trial.Specification) 2
    let open' = Set(SubmissionPlaces.openKeys out false [ first ])
    Assert.Equal<bool list>([ false; true; false; true ], [ for key in inSecond -> open'.Contains key ])
    Assert.Equal<bool list>(
        [ false; true; false; true ],
        [
            for job in jobs -> open'.Contains(Specification.identityKey job.Trial.Specification)
        ]
    )
    // The trials of the third rung are not known yet.
    Assert.All(keys submitted[2], fun key -> Assert.Contains(key, open'))
    Directory.Delete(out, true)

[<Fact>]
let ``a training run that several rows or experiments share has one place`` () =
    let plan name thresholds =
        let experiment =
            experiment name {
                data Soundscapes.smartCars
                vary Threshold thresholds
                seeds [ 1; 2 ]
                report [ WeakF ]
            }
        match Plan.ofExperiment Choices.none experiment with
        | Ok plan -> plan
        | Error problems -> failwith (Problem.printAll name problems)
    let out = temporary ()
    let plans = [ plan "low" [ 0.2; 0.3; 0.4 ]; plan "high" [ 0.6; 0.7 ] ]
    match SubmissionPlaces.openPlaces out false plans with
    | [ 0, places ] ->
        // The numbers count all trials of the script.
        Assert.Equal<(int * string) list>(
            [ 1, plans.Head.Trials[0].Name; 2, plans.Head.Trials[1].Name ],
            [ for number, place in places -> number, place.Name ]
        )
    | other -> Assert.Fail $"{other}"
    Directory.Delete(out, true)

[<Fact>]
let ``a training run that a search pauses has another place for a row that is trained to the end`` () =
    let out = temporary ()
    let toTheEnd = { first with Brackets = [] }
    match SubmissionPlaces.openPlaces out false [ first; toTheEnd ] with
    | (0, places) :: _ ->
        Assert.Equal<int list>([ 1..16 ], List.map fst places)
        Assert.Equal<int option list>(
            List.replicate 8 (Some 1) @ List.replicate 8 None,
            [ for _, place in places -> place.PauseAfter ]
        )
    | other -> Assert.Fail $"{other}"
    Directory.Delete(out, true)

[<Fact>]
let ``failed trials that are submitted again are no longer failed`` () =
    let out = temporary ()
    Torch.Initialize()
    RunFolder.openFor out
    use workspace =
        new Workspace(out, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
    PreparedCorpora.prepare workspace first.Trials
    let folders = [
        for trial in List.truncate 2 first.Trials -> workspace.TrialFolder trial.Specification
    ]
    for folder in folders do
        Directory.CreateDirectory folder |> ignore
        TrialFolder.fail folder "{}" (exn "no memory") |> ignore
    let failed () = [ for folder in folders -> (TrialFolder.state folder).IsFailed ]
    Assert.Equal<bool list>([ true; true ], failed ())
    let _, places = SubmissionPlaces.openPlaces out true [ first ] |> List.head
    SubmissionPlaces.reopen out [ first ] [ snd places.Head ]
    Assert.Equal<bool list>([ false; true ], failed ())
    Directory.Delete(out, true)
