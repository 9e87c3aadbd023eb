/// Detection of mistakes in the text of a script.
module Sed.Runner.Tests.ScriptMistakeTests

open System.IO
open Xunit
open Sed.Runner
open Sed.Tests

let private mistakes (text: string) = [
    for mistake in ScriptMistakes.ofText "a.fsx" text -> ScriptMistakes.print mistake
]

let private inExperiment (lines: string list) =
    let indented = [ for line in lines -> "        " + line ]
    let text =
        [ "let a ="; "    experiment \"a\" {" ] @ indented @ [ "    }" ]
        |> String.concat "\n"
    [ for mistake in mistakes text -> mistake.Substring(mistake.IndexOf ": " + 2) ]

[<Fact>]
let ``a mistake is reported with its place`` () =
    Assert.Equal<string list>(
        [
            "a.fsx(4,5): `network` takes one value. Put it in parentheses: `network (crnn { ... })`."
        ],
        mistakes
            "// network crnn { dropout 0.1 }\n(* seeds 1 (* nested *) *)\nlet a = experiment \"a\" {\n    network crnn {\n        dropout 0.1\n    }\n    title \"seeds 1 { }\"\n}\nrun a"
    )

[<Fact>]
let ``values without parentheses, missing values and values of a wrong shape are reported`` () =
    Assert.Equal<string list>(
        [
            "`data` takes one value. Put it in parentheses: `data (corpus \"birds\")`."
            "`clips` takes 3 values, but only one is given: `clips training testing evaluation`."
            "`network` takes one value. Put it in parentheses: `network (layers \"mine\" { ... })`."
            "`conv` takes a whole number, not 16.5."
            "`pool` takes one value or 2 values, but none is given: `pool bands` or `pool frames bands`."
            "`train` takes one value. Put it in parentheses: `train (training { ... })`."
            "`optimizer` takes one value. Put it in parentheses: `optimizer (adam -1e-3)`."
            "`epochs` takes a single value, not a list."
            "`monitor` takes one value. Put it in parentheses: `monitor (WeakF + StrongF)`."
            "`vary` takes a list: write `[ 0.1 ]`."
            "`addRow` takes a list: write `[ (Dropout 0.5) ]`."
            "`seeds`: the values of a list are separated by semicolons, for example `[ 1; 2 ]`, not by commas."
            "`report` takes a list: write `[ WeakF ]`."
        ],
        inExperiment [
            "data corpus \"birds\""
            "clips 400"
            "network layers \"mine\" { conv 16.5; pool }"
            "train training {"
            "    optimizer adam -1e-3"
            "    epochs [ 3 ]"
            "    monitor WeakF + StrongF"
            "}"
            "vary Dropout 0.1"
            "addRow \"mine\" (Dropout 0.5)"
            "seeds [ 1, 2 ]"
            "report WeakF"
        ]
    )

[<Fact>]
let ``a missing unit and a keyword of another block are reported`` () =
    Assert.Equal<string list>(
        [
            "`window` needs a unit: write `100.0<ms>`."
            "`hop` needs a unit: write `50.5<ms>`."
            "`range` needs a unit: write `0.0<Hz>`."
            "`seeds` belongs in the block `experiment`, not in `training`."
            "`median` needs a unit: write `0.5<s>`."
            "`epochs` belongs in the block `training`, not in `experiment`."
        ],
        inExperiment [
            "features (logMel { window 100; hop 50.5; range 0.0 22050.0<Hz> })"
            "train (training { seeds [ 1 ] })"
            "detect (detection { median 0.5 })"
            "epochs 3"
        ]
    )

[<Fact>]
let ``a row outside an experiment is reported, but not a function of the script with the same name`` () =
    Assert.Equal<string list>(
        [ "a.fsx(3,1): `addRow` belongs inside the braces of `experiment`." ],
        mistakes "let a = experiment \"a\" { title \"A\" }\n\naddRow \"mine\" [ Dropout 0.5 ]\n"
    )
    Assert.Empty(mistakes "let report text = printfn text\nreport \"done\"\n")

[<Fact>]
let ``nothing is reported in the scripts of the repository and the examples of the pages`` () =
    let folder = Repository.path [| "experiments" |]
    for file in Directory.GetFiles(folder, "*.fsx") do
        Assert.Empty(ScriptMistakes.ofText file (File.ReadAllText file))
    for page in
        Repository.path [| "README.md" |]
        :: List.ofArray (Directory.GetFiles(folder, "*.md")) do
        let blocks =
            (File.ReadAllText page).ReplaceLineEndings("\n").Split "```"
            |> Array.filter _.StartsWith("fsharp\n")
        for block in blocks do
            Assert.Empty(ScriptMistakes.ofText page (block.Substring(block.IndexOf '\n')))

[<Fact>]
let ``layouts of blocks that the compiler accepts are accepted`` () =
    Assert.Empty(
        inExperiment [
            "title $\"{1 + 1} networks\"; question \"What?\""
            "features ("
            "    logMel {"
            "        window 40.0<ms>"
            "        range 0.0<Hz> 22050.0<Hz>"
            "    }"
            ")"
            "clips"
            "    400"
            "    100 100"
            "addRow \"a, b\" [ Dropout 0.5; Weak(Attention) ]"
            "vary Dropout rates"
            "vary (fun factor -> Width factor) [ 0.5; 1.0 ]"
            "vary Augment [ []; [ mixup 0.2 ] ]"
            "addRows [ for rate in [ 0.1; 0.2 ] -> $\"{rate}\", [ Dropout rate ] ]"
            "seeds [ 1 .. 3 ] // a list, 1, 2, 3"
            "report (WeakF :: others)"
            "report [ for metric, _ in pairs -> metric ]"
            "seeds [ yield! List.map (fun (seed, _) -> seed) pairs; let first, _ = last in first ]"
            "figures [ PerClass [] ]"
            "profile \"quick\" [ 1 ] quick"
        ]
    )
