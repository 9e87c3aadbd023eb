/// The report of a small experiment agrees with its stored results.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.ReportTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed
open Sed.Core.Annotations
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Pairs
open Sed.Core.Scoring
open Sed.Core.Metrics.Segments
open Sed.Runner

let private rows (outcome: ExperimentOutcome) =
    FinishedRow.all outcome.Plan outcome.Repetitions

[<Fact>]
let ``the bars of a class equal the metrics of the stored detections`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    let row = (rows outcome).Head
    let manifest = workspace.Manifest outcome.Plan.Trials.Head.Specification
    let clips = [
        for index in manifest.IndicesOf Core.Corpora.Split.Testing -> manifest.Clips[index]
    ]
    let truth =
        EventList.Of [ for clip in clips -> struct (clip.Name, nonNull clip.StrongEvents) ]
    // Error rates by class, computed from the events and averaged over the seeds with a defined rate.
    let expected = [
        for k in 0 .. manifest.Classes.Count - 1 ->
            let perSeed = [
                for one in row.Trials do
                    let counts =
                        SegmentBased.Count(EventPairs.Of(manifest.Classes, truth, one.Scored.Events))
                    let rate = counts.Scores().PerClass[k].ErrorRates.ErrorRate
                    if counts[k].Reference > 0L then
                        rate.Value
            ]
            if perSeed.IsEmpty then nan else List.average perSeed
    ]
    let counts = [ for one in row.Trials -> one.Scored ]
    let metrics = ClassFigures.metrics []
    let figure =
        ClassFigures.make manifest.Classes metrics [ row, PerClass.scores metrics counts ]
        |> List.find (fst >> (=) "Strong ER")
        |> snd
    match figure.Panels[0].Marks with
    | [ Mark.Bars(_, bars, _) ] ->
        for (_, drawn), expected in Seq.zip bars expected do
            Assert.Equal(expected, drawn, 1e-9)
    | other -> failwith $"{other}"

[<Fact>]
let ``a network reproduces its stored outputs bit for bit`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    for row in rows outcome do
        let one = FinishedRow.bestTrial row
        let trial = one.Trial
        use network = TrialNetwork.load workspace trial.Specification
        let again =
            TrialNetwork.ask workspace trial.Specification network Core.Corpora.Split.Testing
        let stored = (TrialOutput.ofTrial workspace one).Scored
        Assert.Equal<float32>(stored.Scores.Strong, again.Scores.Strong)
        Assert.Equal<float32>(stored.Scores.Weak, again.Scores.Weak)

[<Fact>]
let ``without event times there are curves of tagging only`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    let row = (rows outcome).Head
    let known = TrialOutput.ofRepetition workspace row.Best
    let truth = known.Scored.Truth
    let output = {
        known with
            Scored =
                ScoredClips(
                    ClipTruth(truth.Classes, truth.Names, truth.Tags, null),
                    known.Scored.Scores,
                    known.Scored.Detection
                )
    }
    let curves = Curves.ofOutput row output
    Assert.NotEmpty curves.Tags
    Assert.Empty curves.Segments
    Assert.Empty(CurveFigures.psdRoc [ curves ])
    for _, figures in CurveFigures.precisionAndRecall output.Classes [ curves ] do
        let figure = Assert.Single figures
        Assert.StartsWith("precision-recall-tags-", figure.Name)
    Assert.Equal(None, SaliencyFigures.mostFrequent output)

[<Fact>]
let ``every figure of the page is also an SVG file`` () =
    let _, _, file = TinySweep.report.Value
    let inPage = [
        for found in Regex.Matches(File.ReadAllText file, "<figure id=\"([^\"]+)\"") -> found.Groups[1].Value
    ]
    let beside = [
        for svg in Directory.GetFiles(nonNull (Path.ChangeExtension(file, null)), "*.svg") ->
            Path.GetFileNameWithoutExtension svg |> string
    ]
    Assert.Equal<string>(List.sort inPage, List.sort beside)
    for wanted in
        [
            "training-loss"
            "training-monitor"
            "training-weak-f"
            "training-strong-er"
            "classes-weak-f"
            "classes-strong-er"
            "precision-recall-tags-all"
            "precision-recall-segments-all"
            "psd-roc-1"
            "psd-roc-2"
            "clip-1"
        ] do
        Assert.Contains(wanted, inPage)
    Assert.Equal(2, inPage |> List.filter _.StartsWith("saliency-") |> List.length)

[<Fact>]
let ``the page contains question, plan, corpus and command line, all escaped`` () =
    let _, outcome, file = TinySweep.report.Value
    let page = File.ReadAllText file
    let escaped (text: string) =
        nonNull (Net.WebUtility.HtmlEncode text)
    Assert.Contains(escaped (Plan.print outcome.Plan), page)
    Assert.Contains("<h1>Two rows &amp; &lt;two&gt; seeds</h1>", page)
    Assert.Contains("Which row is better?", page)
    Assert.Contains("24 training, 12 testing, 4 evaluation clips", page)
    Assert.Contains("dotnet fsi tiny.fsx --report", page)
    for sentence in outcome.Verdicts do
        Assert.Contains(escaped sentence, page)

[<Fact>]
let ``failed trials and missing networks are reported, and the rest is shown`` () =
    let workspace, outcome, file = TinySweep.report.Value
    let failure = { Error = "out of memory"; Trace = "" }
    let failed = fst outcome.States[1]
    let partial = {
        outcome with
            States = [
                for trial, state in outcome.States -> trial, (if trial = failed then Failed failure else state)
            ]
            Finished = outcome.Finished |> List.filter (fun one -> one.Trial <> failed)
            Repetitions = outcome.Repetitions |> List.filter (fun own -> own.Trials.Head.Trial <> failed)
    }
    let partly = Path.Combine(nonNull (Path.GetDirectoryName file), "partly.html")
    let networks = [
        for trial, _ in outcome.States -> Path.Combine(workspace.TrialFolder trial.Specification, "network.npz")
    ]
    for network in networks do
        File.Move(network, network + ".gone")
    Report.write workspace partial false "again" partly
    for network in networks do
        File.Move(network + ".gone", network)
    let page = File.ReadAllText partly
    Assert.Contains("1 of 4 trials failed and are not part of the means: ", page)
    Assert.Contains("The trained network cannot be read.", page)
    Assert.Contains("psd-roc-1", page)

[<Fact>]
let ``up to a hundred excluded clips are listed with reasons`` () =
    let corpus count =
        Provenance.corpus (
            Core.Corpora.Manifest(
                "own",
                ClassList [ "Car" ],
                44100,
                10.0,
                [||],
                [|
                    for k in 1..count ->
                        Core.Corpora.LeftOutClip(
                            $"clip {k}",
                            Core.Corpora.Split.Training,
                            true,
                            "there is no audio file"
                        )
                |]
            )
        )
    let tables count = [
        for content in (corpus count).Contents do
            match content with
            | Content.Folded table -> table
            | _ -> ()
    ]
    Assert.Empty(tables 0)
    let table = Assert.Single(tables 101)
    Assert.Equal("Excluded clips that have labels: 101", table.Title)
    Assert.Equal(100, table.Rows.Length)
    Assert.Equal<string>([ "clip 1"; "training"; "there is no audio file" ], table.Rows.Head)
    Assert.StartsWith(
        "Only the first 100 excluded clips are shown. The file checks/findings.csv",
        Assert.Single table.Notes
    )

[<Theory>]
[<InlineData("dotnet fsi x.fsx --data soundscapes:/data/ann/esc10 --out /srv/a/runs",
             "dotnet fsi x.fsx --data soundscapes:…/esc10 --out …/runs")>]
[<InlineData("dotnet fsi x.fsx --data \"/data/ann/my birds/2024\" --out runs/birds",
             "dotnet fsi x.fsx --data \"…/2024\" --out runs/birds")>]
[<InlineData(@"seddsl train C:\Users\ann\birds", "seddsl train …/birds")>]
[<InlineData("~/birds/pond", "…/pond")>]
[<InlineData("weights 1/3 and/or 0.5, 2 MAC/s", "weights 1/3 and/or 0.5, 2 MAC/s")>]
let ``a report names no folders of the machine that wrote it`` (text: string) (shown: string) =
    Assert.Equal(shown, Provenance.withoutFolders text)
