/// Searches with small networks. Tests that train share torch's random numbers, so they run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.Trials.SearchTests

open System
open System.IO
open System.Threading
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner
open Sed.Runner.Tests.Sessions

let private folder name = Path.Combine(home, "search", name)

let private broken =
    Network(layers "broken" { layer (customLayer "broken" 1 4 (fun _ -> invalidOp "it cannot be made")) })

/// Six drawn rows and one that fails, of which three are trained for two epochs and one for four.
let private race =
    experiment "race" {
        title "Two trials"
        data Soundscapes.smartCars
        clips 12 8 4
        features (logMel { overlap 0.0 })
        network (
            crnn {
                convolutions [ 4, 5; 4, 8 ]
                recurrent [ 4 ]
                dense []
            }
        )
        train (
            training {
                epochs 4
                batch 4
                schedule (Cosine 0)
            }
        )
        addRow "broken" [ broken ]
        sample 6 [ draw LearningRate (logUniform 1e-3 1e-1); draw Dropout (uniform 0.0 0.5) ]
        search (halving { eta 2 })
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
    }

let private planOf experiment =
    match Plan.ofExperiment Choices.none experiment with
    | Ok plan -> plan
    | Error problems -> failwith (Problem.printAll "race" problems)

let private workspaceOf out =
    Torch.Initialize()
    RunFolder.openFor out
    new Workspace(out, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)

/// The stored table without training times, and with the folders of the trials.
let private tableOf out =
    let frame = Results.read out "race"
    frame.DropColumn "seconds"
    if Seq.contains "clips per second" frame.ColumnKeys then
        frame.DropColumn "clips per second"
    use text = new StringWriter()
    Deedle.FrameExtensions.SaveCsv(frame, text, includeRowKeys = false)
    string text

/// The number of epochs in the log of each trial, sorted.
let private trained out =
    Directory.GetFiles(Path.Combine(out, "trials"), "epochs.csv", SearchOption.AllDirectories)
    |> Array.map (fun file -> (File.ReadAllLines file).Length - 1)
    |> Array.sort
    |> List.ofArray

/// An undisturbed run: its output, its table and its folder.
let private undisturbed =
    lazy
        (let out = folder "undisturbed"
         let code, output, errors = run out [] [ race ]
         Assert.Equal("", errors)
         Assert.Equal(1, code) // a trial failed
         output, tableOf out, out)

[<Fact>]
let ``the best rows of each rung are trained further, the others are stopped and not scored`` () =
    let output, _, out = undisturbed.Value
    Assert.Contains("race: rung 1 of 3, 7 rows for 1 epoch; the best 3 continue", output)
    Assert.Contains("race: rung 2 of 3, 3 rows for 2 epochs; the best one continues", output)
    Assert.Contains("race: rung 3 of 3, 1 row for 4 epochs", output)
    Assert.Equal<int list>([ 1; 1; 1; 1; 1; 1; 2; 2; 2; 2; 4; 4 ], trained out)
    use workspace = workspaceOf out
    let state = Sweep.searchOf workspace (planOf race)
    Assert.Empty state.Due
    for rung in state.Completed do
        // Means over both seeds, and the rows of the next rung are the best ones of this rung.
        Assert.Equal<(Variant * float) list>(List.sortBy (fun (_, value) -> -value) rung.Ranking, rung.Ranking)
        for row, value in rung.Ranking do
            let ofSeeds = [
                for trial in (planOf race).Trials do
                    if trial.Variant = row then
                        TrialFolder.epochs (workspace.TrialFolder trial.Specification)
                        |> List.truncate rung.Rung.Epochs
                        |> List.map _.Monitor
            ]
            if row.Label = "broken" then
                Assert.Equal(-infinity, value)
            else
                Assert.Equal(ofSeeds |> List.averageBy List.max, value, 12)
    for before, after in List.pairwise state.Completed do
        let best =
            before.Ranking |> List.truncate after.Rung.Rows |> List.map (fst >> _.Label)
        Assert.Equal<Set<string>>(Set best, Set [ for row, _ in after.Ranking -> row.Label ])
    Assert.Equal("broken", (fst (List.last state.Completed.Head.Ranking)).Label)
    // Stopped rows have neither scores nor weights.
    let frame = Results.read out "race"
    let stopped = frame.GetColumn<bool> "stopped"
    let scores = frame.GetColumn<float> "weak F"
    Assert.Equal(10, stopped.Values |> Seq.filter id |> Seq.length)
    Assert.Equal(2, scores.Values |> Seq.length)
    Assert.Equal(2, Directory.GetFiles(Path.Combine(out, "trials"), "network.npz", SearchOption.AllDirectories).Length)
    Assert.Contains("1, stopped", output)
    Assert.Contains(
        "The search trains at most 24 epochs, 43 % of the 56 epochs that training every row to the end would take.",
        output
    )

[<Fact>]
let ``a finished search is shown again without training`` () =
    let output, table, out = undisturbed.Value
    let shown (output: string) =
        output.Substring(output.IndexOf "race: Two trials")
    let _, again, _ = run out [] [ race ]
    Assert.Equal(shown output, shown again)
    Assert.DoesNotContain("paused after", again)
    Assert.Equal(table, tableOf out)

[<Fact>]
let ``a search that is stopped ten times has the results of an undisturbed one, and no epoch is trained twice`` () =
    let _, expected, _ = undisturbed.Value
    let out = folder "stopped"
    let plan = planOf race
    let mutable epochs = 0
    let rec resume stops =
        use stop = new CancellationTokenSource()
        let atEpoch () =
            epochs <- epochs + 1
            // Stops after different numbers of epochs, in all rungs.
            if stops < 10 && epochs % 2 = 0 then
                stop.Cancel()
            ""
        try
            use workspace = workspaceOf out
            Sweep.run workspace (Display(Some TextWriter.Null)) plan atEpoch stop.Token
            |> ignore
            stops
        with :? OperationCanceledException ->
            resume (stops + 1)
    Assert.Equal(10, resume 0)
    // A process that is stopped in the middle of an epoch repeats this epoch only.
    Assert.Equal(24 - 2, epochs) // without the two trials that fail before their first epoch
    run out [] [ race ] |> ignore
    Assert.Equal(expected, tableOf out)

[<Fact>]
let ``a worker process finds the same survivors in reverse order`` () =
    let _, expected, _ = undisturbed.Value
    let out = folder "worker"
    (use workspace = workspaceOf out
     Sweep.help workspace (planOf race) CancellationToken.None)
    Assert.Equal<int list>([ 1; 1; 1; 1; 1; 1; 2; 2; 2; 2; 4; 4 ], trained out)
    let _, output, _ = run out [] [ race ]
    Assert.DoesNotContain("paused after", output)
    Assert.Equal(expected, tableOf out)

[<Fact>]
let ``trials that another experiment has trained to the end do not change the results of a search`` () =
    let _, expected, _ = undisturbed.Value
    let out = folder "shared"
    let all = {
        race with
            Name = "all"
            Search = None
    }
    run out [] [ all ] |> ignore
    let _, output, _ = run out [] [ race ]
    Assert.DoesNotContain("epoch 1 of", output)
    Assert.Equal(expected, tableOf out)
    // Conversely, paused trials are trained to the end by another experiment.
    let other = folder "conversely"
    run other [] [ race; all ] |> ignore
    let scores out =
        (Results.read out "all").GetColumn<float>("strong ER").Values |> List.ofSeq
    Assert.Equal<float list>(scores out, scores other)
    Assert.Equal(expected, tableOf other)
