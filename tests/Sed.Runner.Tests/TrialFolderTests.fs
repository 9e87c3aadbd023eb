module Sed.Runner.Tests.TrialFolderTests

open System
open System.IO
open Xunit
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
    Seconds = 1.5
    ClipsPerSecond = 20.25
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

[<Fact>]
let ``a result reads back to the last digit`` () =
    let folder = folder ()
    TrialFolder.write folder result
    Assert.Equal(Some result, TrialFolder.read folder)
    Assert.Equal("seed: 1\n", File.ReadAllText(Path.Combine(folder, "specification.txt")))
    Directory.Delete(folder, true)

[<Fact>]
let ``a folder without a result has none`` () =
    Assert.Equal(None, TrialFolder.read (folder ()))

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
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.read folder |> ignore)

    Assert.StartsWith($"{file} is damaged (", thrown.Message)
    Assert.EndsWith("). Remove its folder to train the trial again.", thrown.Message)
    Directory.Delete(folder, true)
