/// The estimate of the remaining time of a run.
module Sed.Runner.Tests.TimeLeftTests

open Xunit
open Sed.Runner

let private training row state epochs seconds = {
    Row = row
    MaxEpochs = 40
    Epochs = epochs
    Seconds = seconds
    State = state
}

let private waiting row = training row NotBegun 0 0.0

[<Fact>]
let ``before the first epoch there is no estimate`` () =
    Assert.Equal("", TimeLeft.print 1 [ waiting "a"; waiting "a" ])

[<Fact>]
let ``before the first trial has ended, the estimate is an upper limit`` () =
    Assert.Equal("at most 70 s left", TimeLeft.print 1 [ training "a" InProgress 10 10.0; waiting "a" ])

[<Fact>]
let ``trials that have ended tell how early the others will stop`` () =
    // Two trials of full length are assumed: 0.75 of 40 epochs for row b; row a's own trials move it to 0.583.
    let ended = training "a" Ended 20 60.0
    Assert.Equal("about 2 min 40 s left", TimeLeft.print 1 [ ended; ended; waiting "a"; waiting "b" ])

[<Fact>]
let ``rows have their own pace and length`` () =
    let fast, slow = training "fast" Ended 20 20.0, training "slow" Ended 40 200.0
    Assert.Equal("about 3 min 35 s left", TimeLeft.print 1 [ fast; slow; waiting "fast"; waiting "slow" ])

[<Fact>]
let ``concurrent trials share the time, but the longest trial is waited for`` () =
    let ended = training "a" Ended 40 80.0
    Assert.Equal("about 80 s left", TimeLeft.print 2 [ ended; waiting "a"; waiting "a" ])
    Assert.Equal("about 80 s left", TimeLeft.print 2 [ ended; waiting "a" ])

[<Fact>]
let ``a running trial needs the rest of its expected time`` () =
    Assert.Equal("about 50 s left", TimeLeft.print 1 [ training "a" Ended 20 60.0; training "a" InProgress 10 30.0 ])
