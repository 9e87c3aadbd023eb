/// The report of a small experiment: its figures say what the kept results say.
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

let private rows (outcome: Outcome) =
    FinishedRow.ofStates outcome.Plan outcome.States

[<Fact>]
let ``a class's bars are what the metrics count in the kept detections`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    let row = (rows outcome).Head
    let manifest = workspace.Manifest outcome.Plan.Trials.Head.Specification
    let clips = [
        for index in manifest.IndicesOf Core.Corpora.Split.Testing -> manifest.Clips[index]
    ]
    let truth =
        EventList.Of [ for clip in clips -> struct (clip.Name, nonNull clip.StrongEvents) ]
    // Error rates class by class, straight from the events, averaged over the seeds where they are defined.
    let expected = [
        for k in 0 .. manifest.Classes.Count - 1 ->
            let perSeed = [
                for one in outcome.Finished do
                    if List.exists (fst >> (=) one.Trial) row.Trials then
                        let counts =
                            SegmentBased.Count(EventPairs.Of(manifest.Classes, truth, one.Scored.Events))
                        let rate = counts.Scores().PerClass[k].ErrorRates.ErrorRate
                        if counts[k].Reference > 0L then
                            rate.Value
            ]
            if perSeed.IsEmpty then nan else List.average perSeed
    ]
    let counts = [
        for one in outcome.Finished do
            if List.exists (fst >> (=) one.Trial) row.Trials then
                one.Scored
    ]
    let figure =
        ClassFigures.make manifest.Classes [ row, PerClass.scores counts ]
        |> List.find (fst >> (=) "Strong ER")
        |> snd
    match figure.Panels[0].Marks with
    | [ Mark.Bars(_, bars, _) ] ->
        for (_, drawn), expected in Seq.zip bars expected do
            Assert.Equal(expected, drawn, 1e-9)
    | other -> failwith $"{other}"

[<Fact>]
let ``asked once more, a network says what was kept of it, to the last bit`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    for row in rows outcome do
        let trial, _ = row.Best
        use network = TrialNetwork.load workspace trial.Specification
        let again =
            TrialNetwork.ask workspace trial.Specification network Core.Corpora.Split.Testing
        let kept = (TrialOutput.ofTrial workspace outcome trial).Scored
        Assert.Equal<float32>(kept.Scores.Strong, again.Scores.Strong)
        Assert.Equal<float32>(kept.Scores.Weak, again.Scores.Weak)

[<Fact>]
let ``where nobody knows when sounds start, tags alone have curves`` () =
    let workspace, outcome, _ = TinySweep.report.Value
    let row = (rows outcome).Head
    let known = TrialOutput.ofTrial workspace outcome (fst row.Best)
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
let ``every figure of the page lies beside it as an SVG file`` () =
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
let ``the page says the question, the plan, the corpus and the words that run it again, and no tag of a title is one``
    ()
    =
    let _, outcome, file = TinySweep.report.Value
    let page = File.ReadAllText file
    let escaped (text: string) =
        nonNull (Net.WebUtility.HtmlEncode text)
    Assert.Contains(escaped (Plan.print outcome.Plan), page)
    Assert.Contains("<h1>Two rows &amp; &lt;two&gt; seeds</h1>", page)
    Assert.Contains("Which row is better?", page)
    Assert.Contains("24 training, 12 testing, 4 evaluation clips", page)
    Assert.Contains("dotnet fsi tiny.fsx --report", page)
    for sentence in outcome.Answers do
        Assert.Contains(escaped sentence, page)

[<Fact>]
let ``a failed trial and a network that is gone are told, and the rest is reported`` () =
    let workspace, outcome, file = TinySweep.report.Value
    let failure = { Error = "out of memory"; Trace = "" }
    let failed = fst outcome.States[1]
    let partial = {
        outcome with
            States = [
                for trial, state in outcome.States -> trial, (if trial = failed then Failed failure else state)
            ]
            Finished = outcome.Finished |> List.filter (fun one -> one.Trial <> failed)
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
    Assert.Contains("Of 4 trials 1 failed and are missing from the means: ", page)
    Assert.Contains("The trained network cannot be read.", page)
    Assert.Contains("psd-roc-1", page)

[<Fact>]
let ``clips that could not be used are named with their reasons, the first hundred of them`` () =
    let corpus left =
        Ground.corpus (
            Core.Corpora.Manifest(
                "own",
                ClassList [ "Car" ],
                44100,
                10.0,
                [||],
                [|
                    for k in 1..left ->
                        Core.Corpora.LeftOutClip(
                            $"clip {k}",
                            Core.Corpora.Split.Training,
                            true,
                            "there is no audio file"
                        )
                |]
            )
        )
    let tables left = [
        for content in (corpus left).Contents do
            match content with
            | Content.Folded table -> table
            | _ -> ()
    ]
    Assert.Empty(tables 0)
    let table = Assert.Single(tables 101)
    Assert.Equal("101 clips that are labelled and were left out", table.Title)
    Assert.Equal(100, table.Rows.Length)
    Assert.Equal<string>([ "clip 1"; "training"; "there is no audio file" ], table.Rows.Head)
    Assert.StartsWith("The first 100; findings.csv", Assert.Single table.Notes)
