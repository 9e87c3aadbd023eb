/// Experiments with several collected corpora. Tests that train share the console and torch's random numbers, so they run
/// one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.SeveralCorporaTests

open System
open System.IO
open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.Sessions

/// A corpus with recordings of one second per split and rows of labels below the given header.
let private write name (header: string) (rows: (string * string) list) =
    let folder = Path.Combine(home, name)
    Directory.CreateDirectory folder |> ignore
    let draw = Random 3
    for split in [ "train"; "test" ] do
        File.WriteAllLines(
            Path.Combine(folder, $"{split}.tsv"),
            header :: [ for clip, labels in rows -> $"{split}-{clip}.wav\t{labels}" ]
        )
        for clip in rows |> List.map fst |> List.distinct do
            let noise = [| for _ in 1..16000 -> draw.NextSingle() - 0.5f |]
            Core.Audio.WavWriter.Write(Path.Combine(folder, $"{split}-{clip}.wav"), ReadOnlySpan noise, 16000)
    folder

[<Fact>]
let ``a class is trained and scored only in the corpora that annotate it`` () =
    let dogs =
        write "dogs" "filename\tevent_label" [ for clip in 1..6 -> $"{clip}", (if clip % 2 = 0 then "Dog" else "Cow") ]
    let cats =
        write "cats" "filename\tonset\toffset\tevent_label" [
            for clip in 1..6 -> $"{clip}", (if clip % 2 = 0 then "0.2\t0.6\tCat" else "0.1\t0.3\tDog")
        ]
    let both =
        experiment "both" {
            title "Dogs and cats"
            data [ corpusWith dogs { partialLabels true }; corpus cats ]
            network (
                crnn {
                    convolutions [ 4, 5; 4, 8 ]
                    recurrent [ 4 ]
                    dense []
                }
            )
            train (
                training {
                    epochs 2
                    batch 4
                    monitor WeakF
                }
            )
            addRow "crnn" []
            seeds [ 1 ]
            report [ WeakF ]
        }
    let code, output, errors = run (Path.Combine(home, "both")) [] [ both ]
    Assert.True((code = 0), errors)
    Assert.Contains("dogs + cats", output)
    // In the partial lists of dogs, a class is known where it is listed; cats annotates no cows.
    Assert.Contains(
        "Known labels of 'Cow': training 3 of 12 clips, 0 % of the duration of clips with strong labels",
        output
    )
    Assert.Contains("Known labels of 'Dog': training 9 of 12 clips", output)
    Assert.Contains("Known labels of 'Cat': training 6 of 12 clips", output)

[<Fact>]
let ``clips whose audio cannot be read are counted, and the first one is named`` () =
    let dogs =
        write "unreadable" "filename\tevent_label" [
            for clip in 1..4 -> $"{clip}", (if clip % 2 = 0 then "Dog" else "Cow")
        ]
    let plan =
        experiment "unreadable" {
            title "Dogs"
            data (corpus dogs)
            addRow "crnn" []
            seeds [ 1 ]
            report [ WeakF ]
        }
        |> Plan.ofExperiment Choices.none
    match plan with
    | Error problems -> Assert.Fail $"%A{problems}"
    | Ok plan ->
        let lines = ResizeArray<string>()
        use workspace =
            new Workspace(
                Path.Combine(home, "unreadable runs"),
                TorchSharp.torch.CPU,
                lines.Add,
                (fun _ _ _ -> ()),
                Threading.CancellationToken.None
            )
        let specification = plan.Trials.Head.Specification
        workspace.Whole specification |> ignore
        // Damaged after the check of the corpus.
        let file = Path.Combine(dogs, "train-2.wav")
        File.WriteAllBytes(file, Array.zeroCreate (int (FileInfo file).Length))
        lines.Clear()
        workspace.Source specification |> ignore
        let line = Assert.Single lines
        Assert.StartsWith(
            $"1 of 8 clips is left out of training and scoring, because the audio could not be read. train-2.wav: {file}",
            line
        )
