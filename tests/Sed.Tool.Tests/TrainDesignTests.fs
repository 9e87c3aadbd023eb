/// The summary of `seddsl train` before training, and its script.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.TrainDesignTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Corpora
open Sed.Tests
open Sed.Tool.Tests.LoudnessModel
open Sed.Tool.Train

let private design: Design = {
    Name = "pond"
    Folder = "pond recordings"
    Group = None
    Classes = None
    Clip = None
    Encoder = None
    From = None
    Labels = StrongLabels
    StrongShare = 0.5
    SelectsByEvents = true
    ScoresEvents = true
    Protocol = CrossValidation 5
    Epochs = 40
    Seeds = 3
}

let private designs = [
    design
    {
        design with
            Group = Some(NameField('_', 1))
            Classes = Some [ "frog"; "a \"toad\"" ]
            Clip = Some 12.5
            Labels = BothLabels
            StrongShare = 0.35
            ScoresEvents = false
            SelectsByEvents = false
            Protocol = TestSplit(Split.Testing, false)
            Seeds = 1
    }
    {
        design with
            Labels = WeakLabels
            ScoresEvents = false
            SelectsByEvents = false
            Protocol = ValidationSplit
    }
    {
        design with
            Group = Some(GroupColumn "site")
    }
]

[<Theory>]
[<InlineData 0>]
[<InlineData 1>]
[<InlineData 2>]
[<InlineData 3>]
let ``the script has the plan of the experiment that is trained`` (index: int) =
    let design = designs[index]
    use folder = new Folder()
    let sed = (Repository.path [| "experiments"; "sed.fsx" |]).Replace('\\', '/')
    let script = folder.Path "pond.fsx"
    File.WriteAllText(
        script,
        (Script.text "seddsl train" "runs" "pond.sed" design).Replace("#load \"sed.fsx\"", $"#load \"{sed}\"")
    )
    let code, output, errors = Repository.dotnet [ "fsi"; script; "--plan" ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    match Plan.ofExperiment Choices.none (Design.experiment design) with
    | Ok plan ->
        // The folders of these designs do not exist.
        let printed = output.ReplaceLineEndings "\n"
        Assert.Equal(Plan.print plan, printed[.. printed.IndexOf "\nThe corpus was not checked: " - 1])
    | Error problems -> Assert.Fail $"%A{problems}"

[<Fact>]
let ``the script states the command, the encoder and the folds`` () =
    let text =
        Script.text "seddsl train pond --encoder e.onnx" "my runs" "pond.sed" {
            design with
                Encoder =
                    Some {
                        File = "e.onnx"
                        Output = Some "embedding"
                        Rate = Some 32000
                        Window = Some 3.0
                        Hop = Some 500.0
                    }
        }
    for line in
        [
            "// Trains the same detector as: seddsl train pond --encoder e.onnx"
            "// dotnet fsi SCRIPT --out \"my runs\" --export-model pond.sed"
            "    encoder \"e.onnx\" {"
            "        output \"embedding\""
            "        rate 32000.0<Hz>"
            "        window 3.0<s>"
            "        hop 500.0<ms>"
            "        folds 5"
            "        retrain true"
            "run [ detector ]"
        ] do
        Assert.Contains(line + "\n", text)

/// Recordings of 2 s. `labels`: the name, and the events as onset, offset and label.
let private read (folder: Folder) (labels: (string * string list) list) =
    for name, events in labels do
        wav folder $"recordings/{name}.wav" 2.0 [ 0.5, 1.0 ] |> ignore
        folder.List($"recordings/{name}.txt", events) |> ignore
    let quiet = {
        new IProgress<struct (int * int)> with
            member _.Report _ = ()
    }
    Recordings.read
        (folder.Path "recordings")
        (CorpusOptions())
        (folder.Path "checks")
        quiet
        Threading.CancellationToken.None

[<Fact>]
let ``what is missing is reported with a remedy`` () =
    use folder = new Folder()
    wav folder "recordings/silent.wav" 2.0 [] |> ignore
    let recordings =
        read folder [
            for number in 1..6 do
                $"rec{number}",
                [
                    "0 2 wind"
                    if number < 3 then
                        "0.5 1.0 owl"
                ]
        ]
    let findings = Missing.findings design (Some 16000) recordings
    Assert.Equal<string list>(
        [
            "recordings: only 6 independent recordings to score, so no intervals are computed; annotate at least 10"
            "owl: only 2 recordings contain this class, so it can hardly be learnt or scored; annotate at least 5 recordings with it, from different places or days"
            "wind: it is present in every recording, all the time, so there are no examples without it; add recordings without this class, with an empty annotation file each"
            "groups: no file name states which recorder, place or day a recording is from, so each recording counts as independent; if several of them are from one place, the scores are too optimistic for other places; put the place or day into the file names (pond_01.wav) and use --group-by 0 to hold out whole groups"
            "sampling rate: most recordings have 8000 Hz, but the encoder expects 16000 Hz; the range above 4000 Hz is empty; record at 16000 Hz or more, or use an encoder for a lower rate"
            "unlabelled recordings: 1 recording without annotations (silent.wav), not used; annotate them; an empty annotation file states that no class occurs"
        ],
        [ for finding in findings -> string finding ]
    )

[<Fact>]
let ``a first field that is the same in all names is reported`` () =
    use folder = new Folder()
    let recordings =
        read folder [
            for number in 1..10 do
                $"siteA_{number}", [ "0.5 1.0 owl" ]
        ]
    Assert.Equal<string list>(
        [
            "groups: all recordings have siteA in field 0 of their names; if this is the recorder, place or day, the scores are too optimistic for other recorders, places or days; add recordings from other recorders, places or days, with their names in field 0"
        ],
        [ for finding in Missing.findings design None recordings -> string finding ]
    )

[<Fact>]
let ``groups are found in file names if every class occurs in several of them`` () =
    use folder = new Folder()
    let recordings =
        read folder [
            for place in [ "pond"; "lake"; "river" ] do
                for number in 1..2 do
                    $"{place}_{number}", [ "0.5 1.0 owl" ]
        ]
    let clips = Recordings.ofSplit Split.Training recordings
    Assert.Equal(Some(NameField('_', 0)), Groups.find clips)
    Assert.Equal("3 groups by field 0 of the file names (lake, pond, river)", Groups.print (NameField('_', 0)) clips)

[<Fact>]
let ``a field of the file names that states the class is no group`` () =
    use folder = new Folder()
    let recordings =
        read folder [
            for label in [ "owl"; "wind"; "rain" ] do
                for number in 1..2 do
                    $"{label}_{number}{label}", [ $"0.5 1.0 {label}" ]
        ]
    Assert.Equal(None, Groups.find (Recordings.ofSplit Split.Training recordings))
