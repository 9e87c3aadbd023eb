/// All scripts in the folder experiments.
module Sed.Runner.Tests.ScriptTests

open System
open System.IO
open Xunit
open Sed.Tests

let private root = Repository.root

/// Scripts on recordings that users have to download.
let private onRecordings = [ "birdsong.fsx"; "breath.fsx" ]

/// Scripts on recordings with pretrained networks, whose files users have to download.
let private pretrained = [ "breath-transfer.fsx"; "finetune.fsx"; "transfer.fsx" ]

let private scripts = [
    for file in Directory.GetFiles(Path.Combine(root, "experiments"), "*.fsx") |> Array.sort do
        let name = string (Path.GetFileName file)
        if
            File.ReadAllText(file).Contains "\nrun ["
            && not (List.contains name (onRecordings @ pretrained))
        then
            name
]

/// Runs a script with --plan. Returns its exit code, output and errors.
let private plan (script: string) =
    Repository.dotnet [ "fsi"; Path.Combine(root, "experiments", script); "--plan" ]

let private textOf (script: string) =
    File.ReadAllText(Path.Combine(root, "experiments", script)).ReplaceLineEndings "\n"

[<Fact>]
let ``all.fsx loads every script, and every script loads the common files`` () =
    Assert.Equal<string list>(
        scripts,
        [
            for line in (textOf "all.fsx").Split '\n' do
                if line.StartsWith "#load" then
                    line.Split('"')[1]
        ]
    )
    for script in scripts do
        Assert.Matches("(?m)^#load \"(sed|published|systems|task4)\\.fsx\"$", textOf script)

[<Fact>]
let ``the tables for PANNs' weights name every parameter below the outputs`` () =
    let folder = Directory.CreateTempSubdirectory("sed-names-").FullName
    let architectures = Path.Combine(root, "experiments", "architectures.fsx")
    let file = Path.Combine(folder, "names.fsx")
    File.WriteAllText(
        file,
        $"#load @\"{architectures}\"\n"
        + """
open Sed
open Architectures
let statistics = [ "weight"; "bias"; "running_mean"; "running_var" ]
// The names in the authors' code, with one or two convolutions per block.
let published blocks convolutions = [
    for name in statistics -> $"bn0.{name}"
    for block in 1..blocks do
        for number in 1..convolutions do
            yield $"conv_block{block}.conv{number}.weight"
            for name in statistics -> $"conv_block{block}.bn{number}.{name}"
    yield "fc1.weight"
    yield "fc1.bias"
]
let renamed (table: (string * string) list) (name: string) =
    let theirs, ours = table |> List.find (fun (theirs, _) -> name.StartsWith(theirs.TrimEnd '*'))
    ours.TrimEnd '*' + name.Substring(theirs.Length - 1)
for network, blocks, convolutions in
    [
        Architectures.cnn6, 4, 1
        Architectures.cnn10, 4, 2
        Architectures.cnn14, 6, 2
        Architectures.cnn14DecisionLevelMax, 6, 2
    ] do
    let own = [
        for name, _ in Network.parameters (logMel { preset Panns }) network do
            if not (name.StartsWith "strong." || name.StartsWith "weak." || name.EndsWith ".num_batches_tracked") then
                name
    ]
    let named = published blocks convolutions |> List.map (renamed (Architectures.pannsNames network))
    printfn "%d %A" own.Length (Set own = Set named && named.Length = own.Length)
"""
    )
    let code, output, errors = Repository.dotnet [ "fsi"; file ]
    Directory.Delete(folder, true)
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Equal<string[]>(
        [| "26 true"; "46 true"; "66 true"; "66 true" |],
        output.Trim().ReplaceLineEndings("\n").Split '\n'
    )

// One process for all scripts, because each process takes seconds to start.
[<Fact>]
let ``every script prints its plan`` () =
    let code, output, errors = plan "all.fsx"
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.StartsWith("Profile quick changes values of augmentation to: ", output)
    let plans =
        output.ReplaceLineEndings("\n").Split "\nprofile quick, " |> Array.skip 1
    let names = [
        for line in output.Split '\n' do
            if System.Text.RegularExpressions.Regex.IsMatch(line, "^[a-z0-9-]+: ") then
                (line.Split ':')[0]
    ]
    for script in scripts do
        Assert.Contains(names, (fun name -> name.StartsWith(Path.GetFileNameWithoutExtension script |> string)))
    Assert.InRange(plans.Length, scripts.Length, 2 * scripts.Length)
    for plan in plans do
        Assert.Matches("every trial\n  data: (smartCars|likeDesed)\n", plan)
        Assert.Contains("seeds: ", plan)

[<Fact>]
let ``scripts on recordings print their plan without the recordings`` () =
    let folder = Directory.CreateTempSubdirectory("sed-plan-").FullName
    try
        let both = Path.Combine(folder, "both.fsx")
        File.WriteAllLines(
            both,
            [
                for script in onRecordings do
                    let path = Path.Combine(root, "experiments", script)
                    $"#load @\"{path}\""
            ]
        )
        let code, output, errors = Repository.dotnet [ "fsi"; both; "--plan" ]
        Assert.Equal("", errors)
        Assert.Equal(0, code)
        Assert.Contains("data: sprsound, clips of 15.4 s, classes Normal; Fine Crackle; Wheeze, groups by", output)
        Assert.Contains("data: bl26lb16, clips of 2 s,", output)
    finally
        Directory.Delete(folder, true)

[<Fact>]
let ``scripts on pretrained networks name each missing file`` () =
    for script in pretrained do
        let code, _, errors = plan script
        Assert.Equal(2, code)
        Assert.Matches("models/[a-z0-9_]+\\.(onnx|pth)", errors)
        Assert.Contains("there is no ", errors)

[<Fact>]
let ``the networks of task4.fsx have as many parameters as those of the authors`` () =
    let folder = Directory.CreateTempSubdirectory("sed-task4-").FullName
    try
        let script = Path.Combine(folder, "parameters.fsx")
        let systems = Path.Combine(root, "experiments", "task4.fsx")
        File.WriteAllLines(
            script,
            [
                $"#load @\"{systems}\""
                "open Sed"
                "open Task4"
                "open Sed.Core.Networks"
                "let parameters bands parts classes network ="
                "    printf \" %d\" (Network.describe 0.016 100 bands parts classes network).Parameters"
                "for system in [ Task4.baseline; Task4.frequencyDynamic; Task4.dilatedFrequencyDynamic; Task4.squeezeExcitation ] do"
                "    for setting in system do"
                "        match setting with"
                "        | Network network -> parameters 128 null 10 network"
                "        | _ -> ()"
                "let both = [| InputPart(\"mel\", 128); InputPart(\"encoder\", 768) |]"
                "parameters 896 both 27 Task4.baseline2024WithEncoder"
            ]
        )
        let code, output, errors = Repository.dotnet [ "fsi"; script ]
        Assert.Equal("", errors)
        Assert.Equal(0, code)
        Assert.Equal(" 1112420 11061468 11061468 4547988 1119238", output)
    finally
        Directory.Delete(folder, true)

[<Fact>]
let ``plans are the same in a German and a Turkish locale`` () =
    let planIn locale =
        Repository.dotnetWith [ "LC_ALL", locale ] [ "fsi"; Path.Combine(root, "experiments", "table2.fsx"); "--plan" ]
    let expected = planIn "C"
    let code, _, _ = expected
    Assert.Equal(0, code)
    for locale in [ "de_DE.UTF-8"; "tr_TR.UTF-8" ] do
        Assert.Equal(expected, planIn locale)

/// The compiler's errors for a script whose experiment block has the given lines.
let private compilerErrors (words: string list) =
    let script =
        Path.Combine(Path.GetTempPath(), $"sed-{Guid.NewGuid():N}", "wrong.fsx")
    Directory.CreateDirectory(nonNull (Path.GetDirectoryName script)) |> ignore
    let prelude = Path.Combine(root, "experiments", "sed.fsx")
    File.WriteAllLines(
        script,
        [
            $"#load @\"{prelude}\""
            "open Sed"
            "let wrong ="
            "    experiment \"wrong\" {"
            yield! [ for word in words -> "        " + word ]
            "    }"
        ]
    )
    let _, _, errors = plan script
    Directory.Delete(nonNull (Path.GetDirectoryName script), true)
    errors.Split '\n'
    |> Array.map _.Trim()
    |> Array.filter ((<>) "")
    |> Array.map (fun line -> line.Replace(script, "wrong.fsx"))

[<Fact>]
let ``a misspelt keyword is reported with its position and a suggestion`` () =
    let errors =
        compilerErrors [ "title \"One\""; "varry Dropout [ 0.1; 0.2 ]"; "seeds [ 1 ]" ]
    Assert.Equal(
        "wrong.fsx(6,9): error FS0039: The value or constructor 'varry' is not defined. Maybe you want one of the following:",
        errors[0]
    )
    Assert.Contains("vary", errors)

[<Fact>]
let ``a misspelt keyword in a nested block is reported`` () =
    let errors =
        compilerErrors [
            "title \"One\""
            "train (training { epochs 3; learningRat 1e-3 })"
            "seeds [ 1 ]"
        ]
    Assert.StartsWith(
        "wrong.fsx(6,37): error FS0039: The value or constructor 'learningRat' is not defined.",
        errors[0]
    )

[<Fact>]
let ``a block without parentheses is reported with the line to write`` () =
    Assert.Equal<string[]>(
        [|
            "wrong.fsx(6,9): `network` takes one value. Put it in parentheses: `network (crnn { ... })`."
            "wrong.fsx(7,9): `seeds` takes a list: write `[ 1 ]`."
        |],
        compilerErrors [ "title \"One\""; "network crnn { dropout 0.15 }"; "seeds 1" ]
    )

/// Runs a script of an experiment and a last line. Returns its exit code, output and errors.
let private ending (line: string) =
    let folder = Directory.CreateTempSubdirectory("sed-ending-").FullName
    let sed = Path.Combine(root, "experiments", "sed.fsx")
    try
        let script = Path.Combine(folder, "mine.fsx")
        File.WriteAllText(
            script,
            $"#load @\"{sed}\"\nopen Sed\n"
            + "let mine = experiment \"mine\" { data Soundscapes.smartCars; clips 60 30 30; train (training { epochs 3 }); seeds [ 1 ]; report [ WeakF ] }\n"
            + line
        )
        let code, output, errors = plan script
        code, output.ReplaceLineEndings "\n", errors.Replace(script, "mine.fsx").Trim()
    finally
        Directory.Delete(folder, true)

[<Fact>]
let ``a single experiment is run without a list, exactly as it is written`` () =
    let code, output, errors = ending "run mine"
    Assert.Equal((0, ""), (code, errors))
    Assert.StartsWith("mine: \nprofile paper (the script as written), 1 row, 1 trial\n", output)
    Assert.Contains("clips: 60 training, 30 testing, 30 evaluation\n", output)
    Assert.Contains("at most 3 epochs", output)

[<Fact>]
let ``a script that runs no experiment prints a message`` () =
    let code, output, errors = ending ""
    Assert.Equal((2, ""), (code, output))
    Assert.Equal(
        "mine.fsx: nothing was run. The script describes the experiment 'mine' but does not run it. Add `run [ NAME ]` as the last line, where NAME is the value that holds the experiment.",
        errors
    )

[<Theory>]
[<InlineData("results \"nowhere/none\" |> ignore",
             "There are no results of 'none' in nowhere. The folder contains no tables.")>]
[<InlineData("Network.parameters (logMel { bands 40 }) (layers \"wrong\" { biGru 3 Merge.Concatenate; conv 8 }) |> ignore",
             "network, layer 2 (conv 8 3x3): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context")>]
let ``an error in the input of results and of Network.parameters ends a script with its message``
    (line: string, message: string)
    =
    let code, _, errors = ending $"open Sed.Core.Networks.Layers\n{line}"
    Assert.Equal((2, message), (code, errors))

[<Fact>]
let ``a statement in a block is reported with a sentence`` () =
    let errors = compilerErrors [ "title \"One\""; "printfn \"hello\""; "seeds [ 1 ]" ]
    Assert.Equal(
        "wrong.fsx(5,9): error FS10001: Only keywords are allowed inside a block. Compute lists before the block, or inside the values of a keyword such as `vary`.",
        errors[0]
    )
