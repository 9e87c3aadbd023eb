// Restores, builds, tests and runs SedDsl: dotnet fsi build.fsx [command] [arguments]
// Requires git and the .NET 10 SDK; ffmpeg is needed only for audio formats other than WAV, AIFF, FLAC, MP3 and Ogg Vorbis.
#load "tools/build/restore.fsx" "tools/build/packages.fsx" "tools/build/pictures.fsx"
open System
open System.IO
open System.Xml.Linq
open Steps
open Restore
open Packages
open Pictures

/// The input files of the build, one per line, with size and modification time.
let private buildInputs () =
    let files folder =
        Directory.EnumerateFiles(path folder, "*", SearchOption.AllDirectories)
    [
        for folder in [ "src"; "tests"; "tools" ] do
            yield! files folder
        for pattern in [ "*.props"; "*.targets"; "*.sln"; "paket.*"; ".editorconfig" ] do
            yield! Directory.EnumerateFiles(root, pattern)
    ]
    |> List.filter (fun file -> not (file.Contains $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
    |> List.sort
    |> List.map (fun file -> $"{file} {FileInfo(file).Length} {File.GetLastWriteTimeUtc(file).Ticks}")
    |> String.concat "\n"

/// Whether the input files are unchanged since the last build. MSBuild needs about ten seconds to find that nothing changed.
let private isBuilt () =
    let stamp = path "artifacts/built"
    File.Exists(path "artifacts/bin/Sed.Runner/release/Sed.Runner.dll")
    && File.Exists stamp
    && File.ReadAllText stamp = buildInputs ()

let private compile () =
    let stamp = path "artifacts/built"
    File.Delete stamp

    runQuietly "dotnet" [
        "build"
        "SedDsl.sln"
        "-c"
        "Release"
        "--nologo"
        "-v"
        "quiet"
        "-clp:NoSummary"
    ]

    File.WriteAllText(stamp, buildInputs ())

/// Builds the solution unless its input files are unchanged.
let build () =
    restore ()

    if not (isBuilt ()) then
        timed "Building" compile

// --------------------------------------------------------------------------------------------------------- commands

/// Environment variables of tests. Most of the tests' time is compilation of scripts, which is faster without
/// profile-guided optimisation.
let private testSettings = [ ("DOTNET_TieredPGO", "0") ]

/// Runs every test project and prints the total. The arguments go to each test runner, for example -method "*Wav*".
/// Running two projects at a time is not faster, because they slow each other down.
let test (arguments: string list) =
    build ()
    let results = path "artifacts/test-results"
    Directory.CreateDirectory results |> ignore

    let runTests (name: string) =
        let report = Path.Combine(results, name + ".xml")
        File.Delete report

        let runner =
            path $"""artifacts/bin/{name}/release/{name}{if windows then ".exe" else ""}"""

        let arguments =
            [ "-noLogo"; "-result-xml"; report ]
            @ (if Console.IsOutputRedirected then [ "-noColor" ] else [])
            @ arguments

        let code = exitCodeWith testSettings runner arguments

        if not (File.Exists report) then
            fail runner arguments (max 1 code) ""

        let counts (assembly: XElement) =
            let count (attribute: string) =
                match assembly.Attribute(XName.Get attribute) with
                | null -> 0
                | value -> int value.Value

            count "passed", count "failed" + count "errors", count "skipped" + count "not-run"

        XDocument.Load(report).Descendants(XName.Get "assembly")
        |> Seq.map counts
        |> List.ofSeq

    let outcomes =
        Directory.GetDirectories(path "tests")
        |> Array.map (fun folder -> string (Path.GetFileName folder))
        |> Array.sort
        |> List.ofArray
        |> List.collect runTests

    let total pick = List.sumBy pick outcomes
    let failed = total (fun (_, failed, _) -> failed)

    printfn
        $"{total (fun (passed, _, _) -> passed)} passed, {failed} failed, {total (fun (_, _, skipped) -> skipped)} skipped"

    if failed > 0 then
        exit 1

let sources = [ "build.fsx"; "src"; "tests"; "tools"; "experiments" ]

let private checkFormat () =
    runQuietly "dotnet" ("fantomas" :: "--check" :: sources)
    runQuietly "dotnet" [ "csharpier"; "check"; "src"; "tests"; "tools" ]

/// Checks the format while the solution is built, which uses one core most of the time. Then runs all tests.
let check (arguments: string list) =
    restore ()

    if isBuilt () then
        timed "Checking the format" checkFormat
    else
        timed "Building and checking the format" (fun () -> together [ compile; checkFormat ] |> ignore)

    test arguments

let format () =
    restore ()

    timed "Formatting" (fun () ->
        runQuietly "dotnet" ("fantomas" :: sources)
        runQuietly "dotnet" [ "csharpier"; "format"; "src"; "tests"; "tools" ])

let clean () =
    for folder in [ "artifacts"; ".paket"; "paket-files" ] do
        if Directory.Exists(path folder) then
            Directory.Delete(path folder, true)

    printfn "Removed artifacts, .paket and paket-files. Corpora and results in runs are kept."

let experiments () =
    Directory.GetFiles(path "experiments", "*.fsx")
    |> Array.filter (fun file -> File.ReadLines file |> Seq.exists _.StartsWith("run ["))
    |> Array.map (fun file -> Path.GetFileNameWithoutExtension file |> string)
    |> Array.sort
    |> List.ofArray

let runExperiment (name: string) (arguments: string list) =
    build ()
    run "dotnet" ("fsi" :: path $"experiments/{name}.fsx" :: arguments)

/// Runs the tutorials and writes the outputs of their code blocks into the pages.
let tutorials () =
    build ()
    Environment.SetEnvironmentVariable("SED_WRITE_TUTORIALS", "1")

    run (path $"""artifacts/bin/Sed.Runner.Tests/release/Sed.Runner.Tests{if windows then ".exe" else ""}""") [
        "-noLogo"
        "-namespace"
        "Sed.Runner.Tests.Tutorials"
    ]

/// Runs a benchmark of Sed.Bench; without arguments, the benchmark of training. Comparisons with PyTorch need
/// python3-torch.
let bench (arguments: string list) =
    build ()
    run (path $"""artifacts/bin/Sed.Bench/release/Sed.Bench{if windows then ".exe" else ""}""") arguments

let help () =
    printfn
        $"""dotnet fsi build.fsx [command]

  (none)       restore packages and build
  test         build and run all tests; arguments go to the test runners
  check        check the format, build, and run all tests
  format       format all source files with Fantomas and CSharpier
  bench        run a benchmark, for example: bench train 64 20, bench metrics, bench resume 20
  pack         build the packages into artifacts/packages
  pack-test    build the packages, install them in separate projects and run these
  tool         build the seddsl command without libtorch as a single file, artifacts/tool/seddsl
  words        generate src/Sed.Dsl/README.md, the language reference
  tutorials    run the tutorials in experiments and write the outputs of their code blocks into the pages
  docs         generate API documentation in artifacts/docs/site
  pictures     draw the pictures of the README, experiments/pictures, from the results of table2
  hashes       record the content hashes of the packages, after packages were added or updated
  clean        delete all build output
  help         show this text

  The name of an experiment builds and runs it; arguments go to the script:
               {String.concat ", " (experiments ())}"""

let command, arguments =
    match List.ofArray fsi.CommandLineArgs |> List.tail with
    | [] -> "build", []
    | "--" :: command :: arguments
    | command :: arguments -> command, arguments

try
    match command with
    | "build" -> build ()
    | "test" -> test arguments
    | "check" -> check arguments
    | "format" -> format ()
    | "bench" -> bench arguments
    | "pack" ->
        build ()
        pack ()
    | "pack-test" ->
        build ()
        pack ()
        packTest ()
    | "tool" ->
        build ()
        tool ()
    | "words" ->
        build ()
        words ()
    | "tutorials" -> tutorials ()
    | "docs" ->
        build ()
        docs ()
    | "pictures" ->
        build ()
        pictures ()
    | "hashes" -> hashes ()
    | "clean" -> clean ()
    | "help"
    | "--help"
    | "-h" -> help ()
    | name when List.contains name (experiments ()) -> runExperiment name arguments
    | unknown ->
        eprintfn $"There is no command or experiment '{unknown}'.\n"
        help ()
        exit 2
with
| Failed(command, exitCode, output) ->
    printfn "failed"
    eprintfn $"{output.TrimEnd()}\n\nThe following step failed with exit code {exitCode}:\n  {command}"
    exit (if exitCode > 0 && exitCode < 256 then exitCode else 1)
| :? ComponentModel.Win32Exception as missing ->
    eprintfn $"A program cannot be started: {missing.Message}"
    exit 1
