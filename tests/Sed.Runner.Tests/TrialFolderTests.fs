module Sed.Runner.Tests.TrialFolderTests

open System
open System.Collections.Generic
open System.IO
open Xunit
open Sed.Core.Annotations
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Training
open Sed.Runner

let private folder () =
    Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

let private result = {
    Specification = "seed: 1"
    Corpus = "smartcars"
    Data = "abc"
    Classes = 17
    Scores = Map [ "weak F", 1.0 / 3.0 ]
    Epochs = 2
    BestEpoch = 1
    Parameters = 13467L
    Threads = 2
    Device = "cpu"
    History = [
        {
            Epoch = 1
            Loss = 0.7
            Monitor = -1.0
            Scores = Map [ "weak F", 0.1 ]
        }
    ]
}

let private evaluation =
    let classes = ClassList [ "Car"; "Train" ]
    let events: IReadOnlyList<SoundEvent> = [| SoundEvent(0.5, 1.25, "Car") |]
    let tags: IReadOnlyCollection<string> = [| "Car" |]
    Evaluation(
        Scores(TaggingCounts.None classes, SegmentCounts.None classes),
        EventList.Of [ struct ("a.wav", events) ],
        TagList.Of [ struct ("a.wav", tags) ]
    )

[<Fact>]
let ``a finished trial reads back to the last digit, with what it detected`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    TrialFolder.finish folder result evaluation
    Assert.Equal(Finished result, TrialFolder.state folder)
    Assert.Equal("seed: 1\n", File.ReadAllText(Path.Combine(folder, "specification.txt")))
    Assert.Equal("a.wav\t0.5\t1.25\tCar\n", File.ReadAllText(Path.Combine(folder, "events.tsv")))
    Assert.Equal("a.wav\tCar\n", File.ReadAllText(Path.Combine(folder, "tags.tsv")))
    Directory.Delete(folder, true)

[<Fact>]
let ``a folder in which nothing has finished is open`` () =
    Assert.Equal(Open, TrialFolder.state (folder ()))

[<Fact>]
let ``a failed trial keeps its error until it finishes`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    TrialFolder.fail folder "seed: 1" (TrainingException "The loss is NaN")
    |> ignore
    match TrialFolder.state folder with
    | Failed failure -> Assert.Equal("TrainingException: The loss is NaN", failure.Error)
    | other -> failwith $"{other}"
    TrialFolder.finish folder result evaluation
    Assert.Equal(Finished result, TrialFolder.state folder)
    Directory.Delete(folder, true)

[<Fact>]
let ``one at a time works in a folder`` () =
    let folder = folder ()
    let first = TrialFolder.tryLock folder
    Assert.True first.IsSome
    Assert.True (TrialFolder.tryLock folder).IsNone
    first.Value.Dispose()
    use second = (TrialFolder.tryLock folder).Value
    Assert.NotNull second

[<Theory>]
[<InlineData("")>]
[<InlineData("null")>]
[<InlineData("{ \"Epochs\": 2")>]
let ``a damaged result is named with the remedy`` (text: string) =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let file = Path.Combine(folder, "result.json")
    File.WriteAllText(file, text)
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.state folder |> ignore)
    Assert.StartsWith($"{file} is damaged (", thrown.Message)
    Assert.EndsWith("). Remove its folder to train the trial again.", thrown.Message)
    Directory.Delete(folder, true)
