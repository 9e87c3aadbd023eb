module Sed.Dsl.Tests.MonitorTests

open FsCheck
open FsCheck.FSharp
open Xunit
open Sed

[<Fact>]
let ``a monitor is printed as it is written in a script`` () =
    Assert.Equal("weak F - strong ER", (WeakF - StrongER).Summary)
    Assert.Equal("weak F - (strong ER - strong F)", (WeakF - (StrongER - StrongF)).Summary)
    Assert.Equal("0.5 (weak F + strong F) - strong ER", (0.5 * (WeakF + StrongF) - StrongER).Summary)

[<Fact>]
let ``a monitor's value is that of its arithmetic expression`` () =
    let property (NormalFloat weak) (NormalFloat error) (NormalFloat factor) =
        let score (metric: Metric) = if metric = WeakF then weak else error
        (WeakF - factor * StrongER).Of score = weak - factor * error

    Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess true, property)
