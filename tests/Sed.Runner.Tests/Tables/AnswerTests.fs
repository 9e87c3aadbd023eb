/// The answer to an experiment's question, and the summary line of each metric.
module Sed.Runner.Tests.AnswerTests

open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.TaggedTrials

let private rows = [
    "bad", trials 3 30 2 100
    "good", trials 3 80 2 100
    "like it", trials 3 78 2 100
]

let private against reference =
    Statistics.ofRows List.singleton isNeverConstant [ WeakR ] reference None rows

let private sentence = Answers.sentence id None

[<Fact>]
let ``the answer names the best row, its interval and the number of rows that are worse`` () =
    let words = sentence (against None)
    Assert.StartsWith("'good' has the highest weak R, 0.800 (95 % confidence interval 0.7", words)
    Assert.Contains(" It is followed by 'like it' with 0.780.", words)
    Assert.EndsWith(" 1 of the 2 other rows is significantly worse; 1 does not differ significantly.", words)

[<Fact>]
let ``with a reference row, the answer names the best row and compares with the reference row`` () =
    let statistics = against (Some "bad")
    let words = sentence statistics
    Assert.Contains(" The difference from the reference row, 'bad', is 0.500 (0.", words)
    Assert.EndsWith("), which is significant. Compared with the reference row, 2 rows are significantly better.", words)
    let view = Answers.view id statistics
    Assert.Equal<string list>(
        [ "metric"; "best row"; "value"; "95 % interval"; "better"; "worse"; "≈" ],
        [ for heading in view.Headings -> heading.Text ]
    )
    let cells = Assert.Single view.Rows
    Assert.Equal<string list>([ "weak R"; "good"; "0.800" ], List.truncate 3 cells)
    Assert.Equal<string list>([ "2"; "0"; "0" ], List.skip 4 cells)
    Assert.Contains("compared with 'bad'", view.Notes.Head)

[<Fact>]
let ``a line gives the best row, its value and interval, and the numbers of rows`` () =
    let view = Answers.view id (against None)
    Assert.Equal<string list>(
        [ "metric"; "best row"; "value"; "95 % interval"; "worse"; "≈" ],
        [ for heading in view.Headings -> heading.Text ]
    )
    let cells = Assert.Single view.Rows
    Assert.Equal<string list>([ "1"; "1" ], List.skip 4 cells)

[<Fact>]
let ``if each row is one network, the answer says that configurations are not compared`` () =
    let statistics = [ weak [ "good", [ tagged 90 100 ]; "bad", [ tagged 30 100 ] ] ]
    Assert.EndsWith(
        " It is followed by 'bad' with 0.300. The other row is significantly worse. Each row is one trained network, so this does not compare the configurations.",
        sentence statistics
    )

[<Fact>]
let ``without an interval, the reason is given`` () =
    let statistics = [ weak [ "a", [ tagged 7 8 ]; "b", [ tagged 3 8 ] ] ]
    Assert.Equal(
        "'a' has the highest weak R, 0.875. It is followed by 'b' with 0.375. It could not be compared with the other rows.",
        sentence statistics
    )
    let view = Answers.view id statistics
    Assert.Contains("No interval for weak R: only 8 independent clips; an interval needs at least 10.", view.Notes)
    Assert.Equal("1", List.last view.Rows.Head)

[<Fact>]
let ``if no row is better than a constant prediction, the answer says so`` () =
    let statistics =
        Statistics.ofRows List.singleton (fun _ _ _ -> true) [ WeakR ] None None rows
    Assert.Equal("No row is better than a constant prediction in weak R.", sentence statistics)
    Assert.Contains("none is better than a constant prediction", (Answers.view id statistics).Rows.Head)
