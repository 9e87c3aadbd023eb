/// Tables in terminals of different widths.
module Sed.Runner.Tests.TableViewTests

open System
open Xunit
open Sed.Runner

let private view: TableView = {
    TableView.Plain with
        Headings = [
            Heading.TextColumn "row"
            Heading.NumberColumn "weak F"
            Heading.NumberColumn "published"
            Heading.NumberColumn "strong ER ↓"
            Heading.NumberColumn "parameters"
        ]
        Rows = [
            [
                "linear softmax after a gated network"
                "0.584 ± 0.007 ≈"
                "0.433"
                "0.65  ± 0.12"
                "57,809"
            ]
            [ "mean"; "0.664 ± 0.046 *"; "-"; "0.555 ± 0.056"; "1,157,809" ]
        ]
        Dispensable = [ 4; 2; 3 ]
}

let private lines width =
    let text, leftOut = TableView.toText width view
    text.Split Environment.NewLine, leftOut

[<Fact>]
let ``a table without a limit shows all columns in one line for each row, without trailing spaces`` () =
    let lines, leftOut = lines 1000
    Assert.Empty leftOut
    Assert.Equal(4, lines.Length)
    Assert.StartsWith("linear softmax after a gated network  0.584 ± 0.007 ≈", lines[2])
    Assert.All(lines, fun line -> Assert.Equal(line.TrimEnd(), line))

[<Theory>]
[<InlineData(76, "parameters")>]
[<InlineData(63, "parameters, published")>]
[<InlineData(48, "parameters, published, strong ER ↓")>]
let ``in a narrow terminal, columns are left out in the stated order, and no number is broken`` width leftOut =
    let shown, missing = lines width
    Assert.Equal<string Set>(Set((leftOut: string).Split ", "), Set missing)
    Assert.All(shown, fun line -> Assert.True(line.Length <= width, line))
    Assert.Contains("0.584 ± 0.007 ≈", String.concat "\n" shown)
    Assert.Contains("0.664 ± 0.046 *", String.concat "\n" shown)

[<Fact>]
let ``labels are broken between words before a column is left out`` () =
    let shown, missing = lines 90
    Assert.Empty missing
    Assert.Contains(shown, fun line -> line.StartsWith("linear softmax after a", StringComparison.Ordinal))
