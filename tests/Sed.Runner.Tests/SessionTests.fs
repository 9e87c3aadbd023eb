/// Whole runs of small experiments, as a script starts them. They share the console, so they run one after another.
module Sed.Runner.Tests.SessionTests

open System
open System.IO
open Xunit
open Sed
open Sed.Runner

let private home =
    Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

let private small =
    experiment "small" {
        title "Two trials"
        data Soundscapes.smartCars
        clips 12 8 4

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
            }
        )

        alongside "crnn" []
        alongside "baseline" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

let private run out arguments experiments =
    use output = new StringWriter()
    use errors = new StringWriter()
    let before = Console.Out, Console.Error
    Console.SetOut output
    Console.SetError errors

    try
        let code = Session.run "small.fsx" out arguments experiments
        code, output.ToString(), errors.ToString()
    finally
        Console.SetOut(fst before)
        Console.SetError(snd before)

let private tableOf (output: string) =
    output.Substring(output.IndexOf "small: Two trials").Replace(home, "")

[<Fact>]
let ``a plan is printed without making or training anything`` () =
    let out = Path.Combine(home, "plan")
    let code, output, _ = run out [ "--plan" ] [ small ]
    Assert.Equal(0, code)
    Assert.StartsWith("small: Two trials\nprofile paper, 2 rows, 2 trials", output)
    Assert.False(Directory.Exists out)

[<Fact>]
let ``the same seeds give the same table digit for digit, and what is finished is not trained again`` () =
    let again = Path.Combine(home, "again")
    let code, first, errors = run (Path.Combine(home, "first")) [] [ small ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let _, second, _ = run again [] [ small ]
    Assert.Equal((tableOf first).Replace("/first/", "/again/"), tableOf second)
    let _, third, _ = run again [] [ small ]
    Assert.Equal(tableOf second, tableOf third)
    Assert.Equal(2, third.Split("kept\n").Length - 1)

[<Fact>]
let ``a wrong script says every problem and ends with 2`` () =
    let wrong = experiment "wrong" { report [ WeakF ] }
    let code, output, errors = run home [] [ wrong; small ]
    Assert.Equal(2, code)
    Assert.Equal("", output)

    Assert.Equal(
        "wrong: 2 problems\n  data: none given; say for example `data Soundscapes.smartCars`\n"
        + "  seeds: none given; say for example `seeds [ 1 .. 5 ]`\n",
        errors
    )

[<Fact>]
let ``two experiments of one name are refused`` () =
    let code, _, errors = run home [] [ small; small ]
    Assert.Equal(2, code)
    Assert.Equal("small: 1 problem\n  experiments: 2 have this name; give each a name of its own\n", errors)

[<Theory>]
[<InlineData("soundscapes")>]
[<InlineData("dcase2017")>]
let ``data that are not there or empty are named and end with 2`` (kind: string) =
    let missing = Path.Combine(home, "nowhere")
    let code, _, errors = run home [ "--data"; $"{kind}:{missing}" ] [ small ]
    Assert.Equal(2, code)
    Assert.Contains(missing, errors)
    let empty = Path.Combine(home, "empty-" + kind)
    Directory.CreateDirectory empty |> ignore
    let code, _, errors = run home [ "--data"; $"{kind}:{empty}" ] [ small ]
    Assert.Equal(2, code)
    Assert.Contains(empty, errors)
