module Sed.Dsl.Tests.StartingWeightsTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Networks
open Sed.Core.Runtime.Keys

let private small = layers "small" { conv 4 }

/// Runs a test with the weights of a network in a file.
let private withWeights (network: Network) (test: string -> unit) =
    let file = Path.Combine(Path.GetTempPath(), $"sed-{Guid.NewGuid():N}.npz")
    Sed.Core.Runtime.Torch.Initialize()
    try
        use built = new SedNetwork(Network.describe 0.02 500 40 null 17 network)
        NetworkWeights.Write(built, file)
        test file
    finally
        File.Delete file

let private specificationOf network trained =
    let plain = (Examples.plan Choices.none Examples.small).Trials.Head.Specification
    {
        plain with
            Network = network
            Training = trained
    }

let private problems network trained = [
    for problem in Specification.problems (specificationOf network trained) -> Problem.print problem
]

[<Fact>]
let ``weights that fit are no problem, are printed, and are in the key by their content`` () =
    withWeights small (fun file ->
        let started =
            layers "small" {
                conv 4
                startFrom file
            }
        Assert.Empty(problems started Training.defaults)
        Assert.EndsWith($"dropout 0; starts from {file}", Network.print started)
        let key = Network.key started
        let withoutStart = Network.key started
        withoutStart.Remove "startFrom" |> ignore
        Assert.Equal(CanonicalKey.Text(Network.key small), CanonicalKey.Text withoutStart)
        Assert.DoesNotContain(file, CanonicalKey.Text key)
        let tabled =
            layers "small" {
                conv 4
                startFromWith file [ "layers.1-convolution.*", "1-convolution.*" ]
            }
        Assert.Empty(problems tabled Training.defaults)
        Assert.NotEqual<string>(CanonicalKey.Text key, CanonicalKey.Text(Network.key tabled)))

[<Fact>]
let ``shapes that differ and unknown frozen parts are problems of the plan, all at once`` () =
    withWeights small (fun file ->
        let wide =
            layers "wide" {
                conv 5
                startFrom file
            }
        let found =
            problems
                wide
                (training {
                    freeze [ "trunk"; "2-gru" ]
                    layerDecay 0.0
                })
        Assert.Equal(8, found.Length)
        Assert.Equal(
            "network: layers.1-convolution.convolution.weight has the shape (4, 1, 3, 3), not the shape (5, 1, 3, 3) of 1-convolution.convolution.weight; change the layer, or load only other parts with `startFromWith`",
            found[0]
        )
        Assert.Contains(
            "training: the network has no part '2-gru' with parameters; parts are 1-convolution, trunk, strong, weak",
            found
        ))

[<Fact>]
let ``a missing file and a network of which nothing is trained are problems`` () =
    let started =
        layers "small" {
            conv 4
            startFrom "none.pth"
        }
    Assert.Equal<string list>(
        [
            "network: none.pth cannot be used: there is no such file"
            "training: all parts of the network are frozen, so nothing is learnt; leave the outputs out of `freeze`, or add `thawAfter 5`"
        ],
        problems started (training { freeze [ "trunk"; "strong" ] })
    )

[<Fact>]
let ``the weights are given at most once`` () =
    let twice =
        layers "small" {
            conv 4
            startFrom "a.pth"
            startFromWith "b.pth" [ "a", "b" ]
        }
    Assert.Contains("network: `startFrom` is given 2 times; keep one of them", problems twice Training.defaults)

[<Fact>]
let ``the names of a network's parameters are listed with their shapes`` () =
    let names = Network.parameters Features.defaults small
    Assert.Equal(("1-convolution.convolution.weight", [ 4L; 1L; 3L; 3L ]), names.Head)
    Assert.Equal(("strong.bias", [ 1L ]), List.last names)
