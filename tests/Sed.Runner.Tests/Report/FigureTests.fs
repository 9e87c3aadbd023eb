/// Figures as files and as JSON for pages.
module Sed.Runner.Tests.FigureTests

open System
open System.Buffers.Binary
open System.IO
open System.Text.Json
open System.Xml.Linq
open Xunit
open Sed
open Sed.Core.Annotations
open Sed.Core.Metrics.Tags
open Sed.Runner

let private series name colour = { Name = name; Colour = colour }

/// A figure with all kinds of marks.
let private everything: Figure = {
    Name = "everything"
    Title = "Everything </script>"
    Alt = "For tests."
    X = Axis.within 0.0 10.0 "time / s"
    Reading = "Read it."
    Legend = []
    Panels = [
        {
            Title = "Lines"
            Y = Axis.numbers "loss"
            Marks = [
                Mark.Line(series "first" 0, [| 0.0, 1.0; 10.0, 0.5 |], false)
                Mark.Line(series "first" 0, [| 0.0, 1.1; 10.0, 0.6 |], true)
                Mark.Steps(series "second" 8, [| 0.0, 0.2; 5.0, 0.4 |])
                Mark.Rules [| 2.0; 4.0 |]
            ]
            Height = 120
        }
        {
            Title = ""
            Y = Axis.names "" [ "Car"; "Train" ]
            Marks = [
                Mark.Bars(series "first" 0, [| 0.0, 3.0; 1.0, nan |], 0.4)
                Mark.Spans(series "second" 8, [| 1.0, 2.5, 0.0; 4.0, 9.0, 1.0 |], 0.4)
            ]
            Height = 80
        }
        {
            Title = "A map"
            Y = Axis.within 0.0 2.0 "mel band"
            Marks = [
                Mark.Heat {
                    Columns = 0.0, 10.0
                    Rows = 0.0, 2.0
                    Values = [| [| 1.0; 2.0; 3.0 |]; [| 4.0; nan; 6.0 |] |]
                    Range = None
                    Title = "energy"
                }
            ]
            Height = 60
        }
    ]
}

let private file extension =
    let folder = Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")
    Directory.CreateDirectory folder |> ignore
    Path.Combine(folder, "figure" + extension)

[<Fact>]
let ``SVG and PNG have the same shape, and the PNG has twice the resolution`` () =
    let svg, png = file ".svg", file ".png"
    FigureFile.write svg everything
    FigureFile.write png everything
    let root = nonNull (XDocument.Load(svg).Root)
    let size (name: string) =
        float (nonNull (root.Attribute(XName.Get name))).Value
    let bytes = File.ReadAllBytes png
    let pixels at =
        BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at, 4))
    Assert.Equal(2.0 * size "width", float (pixels 16))
    Assert.Equal(2.0 * size "height", float (pixels 20))
    Assert.Contains("first", root.Value)
    Assert.Contains("Train", root.Value)

[<Fact>]
let ``a file with another extension is refused by name`` () =
    let problem =
        Assert.Throws<ArgumentException>(fun () -> FigureFile.write "figure.bmp" everything)
    Assert.StartsWith("A figure can be written as .png or .svg, not as '.bmp': figure.bmp", problem.Message)

[<Fact>]
let ``the JSON has a trace for each mark and a shape for each rule, and cannot end a script element`` () =
    let json, height = FigureJson.write everything
    Assert.DoesNotContain("<", json)
    use document = JsonDocument.Parse json
    // The JSON at a path like "data 3 x".
    let at (path: string) =
        (document.RootElement, path.Split ' ')
        ||> Array.fold (fun (element: JsonElement) step ->
            match Int32.TryParse step with
            | true, index -> element[index]
            | _ -> element.GetProperty step)
        |> _.GetRawText()
    let traces = document.RootElement.GetProperty "data"
    Assert.Equal<string>(
        [ "scatter"; "scatter"; "scatter"; "bar"; "bar"; "heatmap" ],
        [ for trace in traces.EnumerateArray() -> string (trace.GetProperty "type") ]
    )
    Assert.Equal(2, document.RootElement.GetProperty("layout").GetProperty("shapes").GetArrayLength())
    Assert.Equal(string height, at "layout height")
    // A bar of length NaN is left out. Spans have bases and lengths. Names run downwards.
    Assert.Equal("[3.0]", at "data 3 x")
    Assert.Equal("[1.0,4.0]", at "data 4 base")
    Assert.Equal("[1.5,5.0]", at "data 4 x")
    Assert.Equal("[1.5,-0.5]", at "layout yaxis2 range")
    Assert.Equal("[[1.0,2.0,3.0],[4.0,\"NaN\",6.0]]", at "data 5 z")
    Assert.Equal("1.0", at "data 5 zmin")
    Assert.Equal("6.0", at "data 5 zmax")

[<Fact>]
let ``names are shortened at a comma or bracket if they stay distinct`` () =
    Assert.Equal<string>(
        [ "Air horn"; "Ambulance"; "Car" ],
        Figure.shortNames [ "Air horn, truck horn"; "Ambulance (siren)"; "Car" ]
    )
    Assert.Equal<string>([ "Car, red"; "Car, blue" ], Figure.shortNames [ "Car, red"; "Car, blue" ])

[<Fact>]
let ``the precision-recall curve has the best precision at each recall`` () =
    // By falling score: true positive, false positive, true positive.
    let scores =
        TagScores.Of(ClassList [ "Car" ], ReadOnlySpan [| 0.9f; 0.8f; 0.7f |], ReadOnlySpan [| true; false; true |])
    Assert.Equal<(float * float)[]>(
        [| 0.0, 1.0; 0.5, 1.0; 1.0, 2.0 / 3.0 |],
        Curves.precisionOverRecall (scores.Curves().PerClass[0])
    )
