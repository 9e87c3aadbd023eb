module Sed.Dsl.Tests.MonitorTests

open FsCheck
open FsCheck.FSharp
open Xunit
open Sed

[<Fact>]
let ``a monitor is written as the paper's training metric and reads back so`` () =
    Assert.Equal("weak F - strong ER", (WeakF - StrongER).Summary)
    Assert.Equal("weak F - (strong ER - strong F)", (WeakF - (StrongER - StrongF)).Summary)
    Assert.Equal("0.5 (weak F + strong F) - strong ER", (0.5 * (WeakF + StrongF) - StrongER).Summary)

[<Fact>]
let ``a monitor's value is the arithmetic that it is written as`` () =
    let property (NormalFloat weak) (NormalFloat error) (NormalFloat factor) =
        let score (metric: Metric) = if metric = WeakF then weak else error
        (WeakF - factor * StrongER).Of score = weak - factor * error

    Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess true, property)
