/// The queues and clips of `seddsl next`.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.NextTests

open System.IO
open Xunit
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Audio
open Sed.Core.Detection
open Sed.Core.Labelling
open Sed.Tool.Tests.LoudnessModel

/// A model and ten recordings of 3 s (the model's clips have 1 s), each with one loud second.
let private prepare (folder: Folder) =
    for number in 0..9 do
        wav folder $"recordings/{number}.wav" 3.0 [ float (number % 3), float (number % 3) + 0.9 ]
        |> ignore
    write (folder.Path "m.sed")

let private next (folder: Folder) (options: string list) =
    Run.seddsl (
        [
            "next"
            folder.Path "m.sed"
            folder.Path "recordings"
            "--run"
            folder.Path "runs"
        ]
        @ options
    )

let private queue (folder: Folder) =
    (QueueList.Read(folder.Path "recordings/review/next.tsv")).Rows |> List.ofSeq

let private place (row: QueuedStretch) = string row.Stretch

let private reasons (rows: QueuedStretch list) =
    rows |> List.countBy _.Reason |> List.sort

/// Writes the lists of a review in which the stretches are labelled without events.
let private review (folder: Folder) (rows: QueuedStretch list) =
    folder.List(
        "recordings/review/events.tsv",
        [
            "filename onset offset event_label reviewer reviewed"
            for name in rows |> List.map _.Stretch.Recording |> List.distinct do
                name
        ]
    )
    |> ignore
    folder.List(
        "recordings/review/annotated.tsv",
        [
            "filename onset offset event_label"
            for row in rows do
                $"{row.Stretch.Recording} {row.Stretch.Onset} {row.Stretch.Offset}"
        ]
    )
    |> ignore

[<Fact>]
let ``a queue has random and chosen stretches, and the next command is printed`` () =
    use folder = new Folder()
    let model = prepare folder
    let run = next folder [ "--count"; "10" ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let rows = queue folder
    Assert.Equal<(string * int) list>([ "diverse", 1; "random", 2; "rare", 4; "uncertain", 3 ], reasons rows)
    Assert.Equal(10, (List.distinctBy place rows).Length)
    for row in rows do
        Assert.Equal(1.0, row.Stretch.Seconds)
        if row.Reason = "random" then
            Assert.Equal(2.0 / 30.0, row.Inclusion.Value)
    Assert.Contains("Chosen from 30 stretches without labels; already labelled: 0 stretches.", run.Output)
    Assert.Contains($"""Label the stretches with: seddsl review {model} {folder.Path "recordings"}""", run.Output)
    Assert.Matches(@"total +10 +0\.2", run.Output)

[<Fact>]
let ``the same seed gives the same queue`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let queues = [
        for seed in [ "1"; "1"; "2" ] do
            let out = folder.Path $"queue{seed}"
            if Directory.Exists out then
                Directory.Delete(out, true)
            Assert.Equal(0, (next folder [ "--count"; "10"; "--seed"; seed; "--out"; out ]).ExitCode)
            File.ReadAllText(Path.Combine(out, "next.tsv"))
    ]
    Assert.Equal(queues[0], queues[1])
    Assert.NotEqual<string>(queues[0], queues[2])

[<Fact>]
let ``stretches with labels and held-out recordings are not proposed`` () =
    use folder = new Folder()
    prepare folder |> ignore
    wav folder "recordings/test/x.wav" 3.0 [] |> ignore
    folder.List("recordings/0.txt", [ "0.0 0.9 Car" ]) |> ignore
    folder.List("recordings/1.txt", [ "1.0 1.9 Car" ]) |> ignore
    folder.List("recordings/splits.tsv", [ "filename split"; "0.wav train"; "1.wav train"; "test/x.wav test" ])
    |> ignore
    folder.List("recordings/annotated.tsv", [ "filename onset offset"; "1.wav 1 2" ])
    |> ignore
    let run = next folder [ "--count"; "100" ]
    Assert.Equal("", run.Errors)
    let rows = queue folder
    // 30 stretches of 10 recordings without the 3 of 0.wav and one of 1.wav.
    Assert.Equal(26, rows.Length)
    for row in rows do
        Assert.NotEqual<string>("0.wav", row.Stretch.Recording)
        Assert.NotEqual<string>("test/x.wav", row.Stretch.Recording)
        Assert.NotEqual(Stretch("1.wav", 1.0, 2.0), row.Stretch)
    Assert.Contains("already labelled: 4 stretches.", run.Output)
    Assert.Contains("Left out: 1 recordings in validation, test or evaluation splits.", run.Output)

[<Fact>]
let ``a later round proposes no stretch with labels except by chance, and keeps the earlier queue`` () =
    use folder = new Folder()
    prepare folder |> ignore
    next folder [ "--count"; "10" ] |> ignore
    let first = queue folder
    review folder first
    let run = next folder [ "--count"; "10" ]
    Assert.Equal("", run.Errors)
    let second = queue folder
    Assert.Equal<QueuedStretch>(first, (QueueList.Read(folder.Path "recordings/review/next-1.tsv")).Rows)
    let known = first |> List.map place |> set
    for row in second do
        if known.Contains(place row) then
            Assert.Equal("random", row.Reason)
            Assert.Contains("random stretches that are annotated already", run.Output)
    Assert.Equal(
        10,
        second
        |> List.filter (fun row -> not (known.Contains(place row)))
        |> List.length
    )
    // 28 stretches have not been drawn before.
    for row in second do
        if row.Reason = "random" then
            Assert.Equal(2.0 / 28.0, row.Inclusion.Value)
    for sampled in (QueueHistory.Read(folder.Path "recordings/review")).Sample do
        Assert.Equal(4.0 / 30.0, sampled.Inclusion, 12)

[<Fact>]
let ``random stretches without labels are listed again`` () =
    use folder = new Folder()
    prepare folder |> ignore
    next folder [ "--count"; "10" ] |> ignore
    let first = queue folder |> List.filter _.IsRandom
    let run = next folder [ "--count"; "10" ]
    Assert.Contains("2 of the random stretches were drawn in an earlier round and have no labels yet", run.Output)
    let second = queue folder
    Assert.Equal<string>(
        first |> List.map string |> List.sort,
        second |> List.filter _.IsRandom |> List.map string |> List.sort
    )
    Assert.All(List.truncate 2 second, (fun row -> Assert.True row.IsRandom))
    Assert.Equal(10, second.Length)

[<Fact>]
let ``stretches of earlier queues can be left out`` () =
    use folder = new Folder()
    prepare folder |> ignore
    next folder [ "--count"; "10"; "--random"; "0" ] |> ignore
    let first = queue folder |> List.map place |> set
    next folder [ "--count"; "10"; "--random"; "0"; "--labelled-elsewhere" ]
    |> ignore
    let second = queue folder |> List.map place |> set
    Assert.Equal(10, second.Count)
    Assert.Empty(Set.intersect first second)

[<Fact>]
let ``the number or the total length of the stretches is limited`` () =
    use folder = new Folder()
    prepare folder |> ignore
    next folder [ "--minutes"; "0.1" ] |> ignore
    Assert.Equal(6, (queue folder).Length)
    next folder [ "--count"; "3"; "--minutes"; "0.1" ] |> ignore
    Assert.Equal(3, (queue folder).Length)

[<Fact>]
let ``the stretches are cut with the detected events in every format`` () =
    use folder = new Folder()
    prepare folder |> ignore
    for format in EventListFile.Formats do
        let clips = folder.Path $"clips-{format.Name}"
        let out = folder.Path $"queue-{format.Name}"
        let run =
            next folder [ "--count"; "30"; "--clips"; clips; "--format"; format.Name; "--out"; out ]
        Assert.Equal("", run.Errors)
        for number in 0..9 do
            for onset in 0..2 do
                let stem = Path.Combine(clips, $"{number}_{onset}.000_{onset + 1}.000")
                let audio = AudioFile.Read(stem + ".wav")
                Assert.Equal((rate, rate), (audio.SampleRate, audio.Samples.Length))
                let events = EventListFile.Read(stem + format.FileSuffix)
                Assert.Equal((if onset = number % 3 then 1 else 0), events.Count)

[<Fact>]
let ``annotations beside clips are not overwritten`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let clips = folder.Path "clips"
    next folder [ "--count"; "30"; "--clips"; clips ] |> ignore
    let before = File.ReadAllText(folder.Path "recordings/review/next.tsv")
    let run = next folder [ "--count"; "30"; "--clips"; clips ]
    Assert.Equal(2, run.ExitCode)
    Assert.Contains("exists beside its recording and may contain annotations; name a different folder", run.Errors)
    Assert.Equal(before, File.ReadAllText(folder.Path "recordings/review/next.tsv"))
    Assert.False(File.Exists(folder.Path "recordings/review/next-1.tsv"))

[<Fact>]
let ``the length of the stretches must be the same in all rounds`` () =
    use folder = new Folder()
    prepare folder |> ignore
    next folder [ "--count"; "10" ] |> ignore
    let run = next folder [ "--count"; "10"; "--stretch"; "1.5" ]
    Assert.Equal(2, run.ExitCode)
    Assert.Contains("is not one of the 1.5 s stretches of its recording; use the same length in all rounds", run.Errors)

[<Fact>]
let ``nothing is proposed if all stretches have labels`` () =
    use folder = new Folder()
    prepare folder |> ignore
    for number in 0..9 do
        folder.List($"recordings/{number}.txt", [ "0.0 0.9 Car" ]) |> ignore
    let run = next folder [ "--count"; "10" ]
    Assert.Equal(0, run.ExitCode)
    Assert.Equal("Nothing to propose: all 30 stretches have labels.", run.Output.Trim())
    Assert.False(Directory.Exists(folder.Path "recordings/review"))

[<Fact>]
let ``an empty queue is explained by its true cause`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let none options =
        let run = next folder options
        Assert.Equal(0, run.ExitCode)
        Assert.Equal("", run.Errors)
        Assert.False(File.Exists(folder.Path "recordings/review/next.tsv"))
        run.Output.Trim()
    for limit in [ [ "--minutes"; "0.01" ]; [ "--count"; "0" ] ] do
        Assert.Equal(
            "Nothing to propose: none of the stretches without labels (30) fits the limits; increase --minutes or --count.",
            none limit
        )
    folder.List("recordings/splits.tsv", "filename split" :: [ for number in 0..9 -> $"{number}.wav test" ])
    |> ignore
    Assert.Equal(
        "Nothing to propose: all recordings that can be read are in validation, test or evaluation splits.",
        none []
    )
    let review = Path.Combine(folder.Path "recordings", "review")
    Directory.CreateDirectory review |> ignore
    for number in 0..9 do
        File.Move(folder.Path $"recordings/{number}.wav", Path.Combine(review, $"{number}.wav"))
    let queue = folder.Path "queue"
    Assert.Equal(
        $"Nothing to propose: all recordings are in the folders of queues ({queue}, {review}) or have names that cannot be written to a list.",
        none [ "--out"; queue ]
    )

[<Fact>]
let ``the folder of the queue must not contain the recordings`` () =
    use folder = new Folder()
    prepare folder |> ignore
    for out in [ folder.Path "recordings"; folder.Path "" ] do
        let run = next folder [ "--out"; out ]
        Assert.Equal(2, run.ExitCode)
        Assert.Equal(
            $"seddsl next: --out {out}: this folder contains the recordings; name a different folder for the queue",
            run.Errors.TrimEnd()
        )

[<Fact>]
let ``recordings that cannot be read are skipped`` () =
    use folder = new Folder()
    prepare folder |> ignore
    folder.List("recordings/broken.wav", [ "no audio" ]) |> ignore
    let run = next folder [ "--count"; "10" ]
    Assert.Equal(3, run.ExitCode)
    Assert.Contains("broken.wav", run.Errors)
    Assert.Contains("1 recordings or clips could not be read, processed or written.", run.Errors)
    Assert.Equal(10, (queue folder).Length)

[<Fact>]
let ``all invalid arguments are reported`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let inside = folder.Path "recordings/clips"
    let run =
        next folder [
            "--count"
            "-1"
            "--minutes"
            "0"
            "--random"
            "2"
            "--stretch"
            "0"
            "--clips"
            inside
            "--format"
            "text"
        ]
    Assert.Equal(2, run.ExitCode)
    let expected = [
        "the number of stretches is -1; it must be 0 or more"
        "the total length is 0 s; it must be greater than 0 s"
        "the share of random stretches is 2; it must be from 0 to 1"
        "--stretch: The length of a stretch must be between 0.1 s and 1000000000 s, was 0 s."
        "--format: unknown format 'text'; use tsv, csv, dcase, json, audacity, raven, textgrid, labelstudio, sprsound"
        $"--clips {inside}: this is in the folder with the recordings; name a path outside of it"
    ]
    Assert.Equal<string list>(
        [ for problem in expected -> $"seddsl next: {problem}" ],
        run.Errors.ReplaceLineEndings("\n").TrimEnd('\n').Split '\n' |> List.ofArray
    )

[<Fact>]
let ``damaged queues and lists of recordings are reported`` () =
    use folder = new Folder()
    prepare folder |> ignore
    folder.List("recordings/review/next.tsv", [ "filename onset offset reason score inclusion"; "a.wav x 1 rare" ])
    |> ignore
    let run = next folder []
    Assert.Equal(2, run.ExitCode)
    Assert.Contains("next.tsv, line 2: the onset \"x\" is not a number", run.Errors)
