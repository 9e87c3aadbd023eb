/// Networks that start from the weights of a file.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.StartingWeightsTests

open System.IO
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner.Tests.Sessions

let private networkOf out =
    Directory.GetFiles(Path.Combine(out, "trials"), "network.npz", SearchOption.AllDirectories)
    |> Array.exactlyOne

let private tiny =
    layers "tiny" {
        conv 4
        pool 8
        biGru 4
    }

let private experimentOf name start trained =
    experiment name {
        title "One trial"
        data Soundscapes.smartCars
        clips 12 8 4
        network start
        train trained
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

let private scratch =
    experimentOf
        "scratch"
        tiny
        (training {
            epochs 2
            batch 4
        })

let private startedFrom file =
    layers "tiny" {
        conv 4
        pool 8
        biGru 4
        startFrom file
    }

/// The weights of a trained network.
let private trained out =
    let code, _, errors = run out [] [ scratch ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    networkOf out

[<Fact>]
let ``frozen layers keep the weights of the file, and the outputs are trained`` () =
    let file = trained (Path.Combine(home, "weights"))
    let out = Path.Combine(home, "started")
    let tuned =
        experimentOf
            "tuned"
            (startedFrom file)
            (training {
                epochs 1
                batch 4
                freeze "trunk"
                layerDecay 0.8
            })
    let code, output, errors = run out [] [ tuned ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let line = $"Starts from {file}: 16 of 16 parameters loaded"
    Assert.Equal(2, output.Split(line).Length)
    let match' =
        File.ReadAllLines(Path.Combine(string (Path.GetDirectoryName(networkOf out)), "starting-weights.txt"))
    Assert.Equal($"Starts from {file}", match'[0])
    Assert.Contains("Loaded (name in the file -> parameter): 16", match')
    Assert.Contains("strong.bias -> strong.bias", match')
    Assert.Contains("Missing in the file: 0", match')
    let before, after = NumpyArchive.Read file, NumpyArchive.Read(networkOf out)
    for entry in before do
        let isEqual = Seq.forall2 (=) entry.Value.Bytes after[entry.Key].Bytes
        Assert.Equal(entry.Key.StartsWith "layers.", isEqual)
    // Other content is another trial; another name is not.
    let copy = Path.Combine(home, "copy.pth")
    File.Copy(file, copy)
    let again name =
        experimentOf "tuned" (startedFrom name) tuned.Training
    let _, output, _ = run out [] [ again copy ]
    Assert.Contains("already finished", output)
    let arrays = NumpyArchive.Read copy
    arrays["strong.bias"] <- NumpyArray("<f4", [| 17L |], Array.zeroCreate 68)
    NumpyArchive.Write(copy, arrays)
    let _, output, _ = run out [] [ again copy ]
    Assert.DoesNotContain("already finished", output)

[<Fact>]
let ``weights fit a network whose features have another sampling rate than the corpus`` () =
    let at8kHz name start = {
        experimentOf name start (training { epochs 1 }) with
            Features =
                logMel {
                    rate 8000.0<Hz>
                    bands 40
                    range 0.0<Hz> 4000.0<Hz>
                }
    }
    let out = Path.Combine(home, "8 kHz")
    let code, _, errors = run out [] [ at8kHz "first" tiny ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    // The weak output has weights for each frame.
    let file = networkOf out
    let code, output, errors =
        run (Path.Combine(home, "8 kHz again")) [] [ at8kHz "second" (startedFrom file) ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("16 of 16 parameters loaded", output)

[<Fact>]
let ``outputs for another number of classes are problems before training`` () =
    let file = trained (Path.Combine(home, "weights of two"))
    let arrays = NumpyArchive.Read file
    arrays["strong.bias"] <- NumpyArray("<f4", [| 2L |], Array.zeroCreate 8)
    let other = Path.Combine(home, "two.npz")
    NumpyArchive.Write(other, arrays)
    let code, _, errors =
        run (Path.Combine(home, "two")) [] [ experimentOf "two" (startedFrom other) scratch.Training ]
    Assert.Equal(2, code)
    Assert.Contains(
        "two, network: strong.bias has the shape (2), not the shape (17) of strong.bias; change the layer, or load only other parts with `startFromWith`",
        errors
    )
