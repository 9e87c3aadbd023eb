/// Trials on collected corpora. Tests that use torch share its random numbers, so they run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.Trials.CollectedCorpusTests

open System
open System.IO
open System.Threading
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner
open Sed.Runner.Tests.Sessions

/// A corpus of six labelled recordings, of which every second one has the given length in seconds and the others last one
/// second. `unlabelled`: the fields of recordings that only the list of unlabelled clips names.
let private write name (length: float) (unlabelled: string list) =
    let folder = Path.Combine(home, name)
    Directory.CreateDirectory folder |> ignore
    let record name seconds =
        let noise = Array.init (int (8000.0 * seconds)) (fun k -> float32 (k % 7) / 10.0f)
        Core.Audio.WavWriter.Write(Path.Combine(folder, $"{name}.wav"), ReadOnlySpan noise, 8000)
    File.WriteAllLines(
        Path.Combine(folder, "train.tsv"),
        "filename\tevent_label"
        :: [
            for clip in 0..5 -> $"""site{clip}_a.wav{'\t'}{if clip % 2 = 0 then "Dog" else "Cat"}"""
        ]
    )
    for clip in 0..5 do
        record $"site{clip}_a" (if clip % 2 = 0 then length else 1.0)
    for name in unlabelled do
        record name 1.0
    if not unlabelled.IsEmpty then
        File.WriteAllLines(
            Path.Combine(folder, "unlabelled.tsv"),
            "filename" :: [ for name in unlabelled -> $"{name}.wav" ]
        )
    folder

let private trials folder settings =
    let plan =
        experiment "collected" {
            title "Collected"
            data (corpusWith folder { groupBy (field '_' 0) })
            network (
                crnn {
                    convolutions [ 4, 5; 4, 8 ]
                    recurrent [ 4 ]
                    dense []
                }
            )
            train (
                training {
                    epochs 1
                    monitor WeakF
                }
            )
            addRow "row" settings
            folds 3
            scoreOn Validation
            seeds [ 1 ]
            report [ WeakF ]
        }
    match Plan.ofExperiment Choices.none plan with
    | Ok plan -> [ for trial in plan.Trials -> trial.Specification ]
    | Error problems -> failwith (Problem.printAll "collected" problems)

let private workspace name =
    Torch.Initialize()
    let out = Path.Combine(home, name)
    RunFolder.openFor out
    new Workspace(out, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)

[<Theory>]
[<InlineData(0.95, true)>]
[<InlineData(1.0, false)>]
let ``padding of recordings of about the same length is left out by default`` (length: float, isLeftOut: bool) =
    let folder = write $"alike-{length}" length []
    use workspace = workspace $"alike-runs-{length}"
    let leavesOut settings =
        (TrialNetwork.description workspace (trials folder settings).Head).LeavesOutPadding
    Assert.Equal(isLeftOut, leavesOut [])
    Assert.True(leavesOut [ MaskShort true ])
    Assert.False(leavesOut [ MaskShort false ])

[<Fact>]
let ``a trial in which unlabelled recordings of a held-out group leave training is another one`` () =
    use workspace = workspace "held-runs"
    let foldersOf name unlabelled =
        let folder = write name 1.0 unlabelled
        [
            for trial in trials folder [] ->
                let whole = (workspace.Whole trial).Hash
                let own = Path.GetFileName(workspace.TrialFolder trial)
                let training = (workspace.Manifest trial).IndicesOf Split.Training |> Array.length
                training, own = Specification.hash whole trial
        ]
    Assert.Equal<(int * bool) list>([ 5, true; 5, true; 5, true ], foldersOf "held-others" [ "other_b" ])
    let own = foldersOf "held-groups" [ "site0_b"; "other_b" ]
    Assert.Equal<(int * bool) list>([ 5, false; 6, true; 6, true ], List.sort own)

[<Fact>]
let ``a trial whose hop is not a whole number of samples is not the one of earlier versions`` () =
    use workspace = workspace "hop-runs"
    let folder = write "hop" 1.0 []
    let isOfClipsAlone hop =
        let trial = List.head (trials folder [ Hop hop ])
        Path.GetFileName(workspace.TrialFolder trial) = Specification.hash (workspace.Whole trial).Hash trial
    // 20 ms are 160 samples at 8 kHz, 20.02 ms are 160.16 samples.
    Assert.Equal((true, false), (isOfClipsAlone 20.0<ms>, isOfClipsAlone 20.02<ms>))

[<Fact>]
let ``the folders of prepared trials are known without reading the corpora, also after another script was prepared``
    ()
    =
    use workspace = workspace "prepared-runs"
    let folders = [
        for name in [ "prepared-first"; "prepared-second" ] -> write name 1.0 [ "site0_b"; "other_b" ]
    ]
    // Only the second hop is not a whole number of samples.
    let scripts = [
        for folder in folders do
            trials folder [ Hop 20.0<ms> ] @ trials folder [ Hop 20.02<ms> ]
        trials folders.Head [ Hop 23.03<ms> ]
    ]
    for script in scripts do
        PreparedCorpora.prepare workspace [
            for specification in script ->
                {
                    Variant = {
                        Coordinates = []
                        Name = "row"
                        Settings = []
                    }
                    Specification = specification
                }
        ]
    for specification in List.concat scripts do
        Assert.Equal(
            Some(workspace.TrialFolder specification),
            PreparedCorpora.trialFolder workspace.Folder specification
        )
