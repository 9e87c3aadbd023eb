module Sed.Dsl.Tests.MonitorTests

open FsCheck
open FsCheck.FSharp
open Xunit
open Sed

[<Fact>]
let ``a monitor is written as the paper's training metric and reads back so`` () =
    Assert.Equal("weak F - strong ER", Monitor.print (WeakF - StrongER))
    Assert.Equal("weak F - (strong ER - strong F)", Monitor.print (WeakF - (StrongER - StrongF)))
    Assert.Equal("0.5 (weak F + strong F) - strong ER", Monitor.print (0.5 * (WeakF + StrongF) - StrongER))

[<Fact>]
let ``a monitor's value is the arithmetic that it is written as`` () =
    let property (NormalFloat weak) (NormalFloat error) (NormalFloat factor) =
        let score metric = if metric = WeakF then weak else error
        Monitor.value score (WeakF - factor * StrongER) = weak - factor * error

    Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess true, property)
