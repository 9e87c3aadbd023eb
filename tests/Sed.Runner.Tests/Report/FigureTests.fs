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
open Sed.Core.Features
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

/// The features of one recording, with four frames in each window. The value of a frame is its number.
let private recording frames (isUniform: bool) = {
    new IFeatureReader with
        member _.Count = 1
        member _.Frames = 4
        member _.Bands = 2
        member _.IsUniform = isUniform
        member _.Broken = [||]
        member _.FramesOf _ = frames
        member _.FramesWithSound _ = frames
        member reader.Read(clips: ReadOnlySpan<int>, destination: Span<float32>) = reader.Read(clips[0], 0, destination)
        member _.Read(_: int, first: int, destination: Span<float32>) =
            for k in 0 .. destination.Length - 1 do
                destination[k] <-
                    if first + k / 2 < frames then
                        float32 (first + k / 2)
                    else
                        0.0f
}

let private drawn (panel: Panel) =
    panel.Marks
    |> List.pick (function
        | Mark.Heat heat -> Some heat.Values
        | _ -> None)

[<Fact>]
let ``the picture of a recording's features covers the whole recording, however long it is`` () =
    let rows frames =
        drawn (ClipFigures.inputPanel (recording frames false) 1.0 0 [])
    Assert.Equal<float[][]>(Array.replicate 2 [| 0.0; 1.0; 2.0 |], rows 3)
    Assert.Equal<float[][]>(Array.replicate 2 [| for frame in 0..9 -> float frame |], rows 10)
    // At most 320 columns, each of which averages the frames of its time.
    Assert.Equal<float[][]>(Array.replicate 2 [| for column in 0..319 -> 10.0 * float column + 4.5 |], rows 3200)
    let levels = drawn (ClipFigures.inputPanel (recording 10 true) 1.0 0 [])
    Assert.Equal<int list>([ 10 ], [ for row in levels -> row.Length ])
    Assert.Equal(10.0 * log10 81.0, levels[0][9], 6)

[<Fact>]
let ``a saliency map shows only the frames of the recording, not its padding`` () =
    let map = Array.replicate 2 [| 1.0; 2.0; 3.0; 0.0 |]
    Assert.Equal<float[][]>(Array.replicate 2 [| 1.0; 2.0; 3.0 |], ClipFigures.ofRecording (recording 3 false) 0 map)
    Assert.Equal<float[][]>(map, ClipFigures.ofRecording (recording 4 false) 0 map)
