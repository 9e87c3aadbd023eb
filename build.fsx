// Restores, builds, tests and runs SedDsl: dotnet fsi build.fsx [command] [arguments]
// Needs git, the .NET 10 SDK and, for compressed audio, ffmpeg. Everything else is restored.
open System
open System.Diagnostics
open System.IO
open System.Security.Cryptography
open System.Text.RegularExpressions
open System.Xml.Linq

let root = __SOURCE_DIRECTORY__
let path (parts: string) = Path.Combine(root, parts)
let windows = OperatingSystem.IsWindows()

/// A step that did not succeed: what was run, and what it said if that was not on screen already.
exception Failed of command: string * exitCode: int * output: string

let private start (quiet: bool) (folder: string) (file: string) (arguments: string list) =
    let info =
        ProcessStartInfo(
            file,
            arguments,
            WorkingDirectory = folder,
            RedirectStandardOutput = quiet,
            RedirectStandardError = quiet
        )
    // Paket reads the packages where NuGet keeps them by default, so NuGet has to put them there.
    info.Environment.Remove "NUGET_PACKAGES" |> ignore
    info.Environment["DOTNET_NOLOGO"] <- "1"
    info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] <- "1"
    info.Environment["MSBUILDDISABLENODEREUSE"] <- "1"
    info.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] <- "0"
    Process.Start info

let private finish (file: string) arguments exitCode output =
    if exitCode <> 0 then
        raise (Failed(String.concat " " (file :: arguments), exitCode, output))

/// Runs a step whose output belongs on the screen.
let run (file: string) (arguments: string list) =
    use running = start false root file arguments
    running.WaitForExit()
    finish file arguments running.ExitCode ""

/// What a step writes that runs in a folder.
let outputOf (folder: string) (file: string) (arguments: string list) =
    use running = start true folder file arguments
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    finish file arguments running.ExitCode (output + errors.Result)
    output

/// Runs a step whose output is shown only if it fails.
let runQuietly (file: string) (arguments: string list) = outputOf root file arguments |> ignore

let timed (name: string) (step: unit -> unit) =
    let clock = Stopwatch.StartNew()
    printf $"{name} ... "
    stdout.Flush()
    step ()
    printfn $"{clock.Elapsed.TotalSeconds:F0} s"

// ---------------------------------------------------------------------------------------------------------- restore

/// Name and version of every package that paket.lock pins.
let lockedPackages () = [
    for line in File.ReadLines(path "paket.lock") do
        let found = Regex.Match(line, @"^    (\S+) \(([^)]+)\)")

        if found.Success then
            found.Groups[1].Value, found.Groups[2].Value
]

/// NuGet downloads what paket.lock names, from whatever sources this machine has; Paket restores from NuGet's folder.
let restore () =
    let folder = path "artifacts/restore"
    let stamp = Path.Combine(folder, "restored")

    let lock =
        File.ReadAllBytes(path "paket.lock") |> SHA256.HashData |> Convert.ToHexString

    let cache =
        Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")

    let present (name: string, version: string) =
        Directory.Exists(Path.Combine(cache, name.ToLowerInvariant(), version))

    let packages = lockedPackages ()

    let upToDate =
        File.Exists stamp
        && File.ReadAllText stamp = lock
        && List.forall present packages
        && File.Exists(path ".paket/Paket.Restore.targets")

    if not upToDate then
        timed "Restoring packages" (fun () ->
            Directory.CreateDirectory folder |> ignore

            let downloads =
                [
                    for name, version in packages ->
                        $"    <PackageDownload Include=\"{name}\" Version=\"[{version}]\" />"
                ]
                |> String.concat "\n"
            // Its own empty props: the packages are downloaded for everyone, not for this repository's settings.
            for file in [ "Directory.Build.props"; "Directory.Build.targets" ] do
                File.WriteAllText(Path.Combine(folder, file), "<Project />\n")

            let project = Path.Combine(folder, "Packages.csproj")

            File.WriteAllText(
                project,
                $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <ItemGroup>\n{downloads}\n  </ItemGroup>\n</Project>\n"
            )

            runQuietly "dotnet" [ "restore"; project ]
            runQuietly "dotnet" [ "tool"; "restore" ]
            runQuietly "dotnet" [ "paket"; "restore" ]
            File.WriteAllText(stamp, lock))

/// Every file that a build reads, with its size and time, in a line each.
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

/// Builds, unless nothing has changed since the last time: to find that out takes MSBuild some ten seconds.
let build () =
    restore ()
    let stamp = path "artifacts/built"
    let built = path "artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

    if
        not (
            File.Exists built
            && File.Exists stamp
            && File.ReadAllText stamp = buildInputs ()
        )
    then
        File.Delete stamp

        timed "Building" (fun () ->
            runQuietly "dotnet" [
                "build"
                "SedDsl.sln"
                "-c"
                "Release"
                "--nologo"
                "-v"
                "quiet"
                "-clp:NoSummary"
            ])

        File.WriteAllText(stamp, buildInputs ())

// --------------------------------------------------------------------------------------------------------- commands

/// Runs every test project and adds up what they say. Arguments go to each runner, for example -method "*Wav*".
let test (arguments: string list) =
    build ()
    let results = path "artifacts/test-results"
    Directory.CreateDirectory results |> ignore

    let outcomes = [
        for project in Directory.GetDirectories(path "tests") |> Array.sort do
            let name = Path.GetFileName project
            let report = Path.Combine(results, name + ".xml")
            File.Delete report

            let runner =
                path $"""artifacts/bin/{name}/release/{name}{if windows then ".exe" else ""}"""

            let arguments =
                [ "-noLogo"; "-result-xml"; report ]
                @ (if Console.IsOutputRedirected then [ "-noColor" ] else [])
                @ arguments

            use running = start false root runner arguments
            running.WaitForExit()

            if not (File.Exists report) then
                finish runner arguments (max 1 running.ExitCode) ""

            for assembly in XDocument.Load(report).Descendants(XName.Get "assembly") do
                let count (attribute: string) =
                    match assembly.Attribute(XName.Get attribute) with
                    | null -> 0
                    | value -> int value.Value

                count "passed", count "failed" + count "errors", count "skipped" + count "not-run"
    ]

    let total pick = List.sumBy pick outcomes
    let failed = total (fun (_, failed, _) -> failed)

    printfn
        $"{total (fun (passed, _, _) -> passed)} passed, {failed} failed, {total (fun (_, _, skipped) -> skipped)} skipped"

    if failed > 0 then
        exit 1

let sources = [ "build.fsx"; "src"; "tests"; "tools"; "experiments" ]

let checkFormat () =
    restore ()

    timed "Checking the format" (fun () ->
        runQuietly "dotnet" ("fantomas" :: "--check" :: sources)
        runQuietly "dotnet" [ "csharpier"; "check"; "src"; "tests"; "tools" ])

let format () =
    restore ()

    timed "Formatting" (fun () ->
        runQuietly "dotnet" ("fantomas" :: sources)
        runQuietly "dotnet" [ "csharpier"; "format"; "src"; "tests"; "tools" ])

let clean () =
    for folder in [ "artifacts"; ".paket"; "paket-files" ] do
        if Directory.Exists(path folder) then
            Directory.Delete(path folder, true)

    printfn "Removed artifacts, .paket and paket-files; corpora and results under runs stay."

let experiments () =
    Directory.GetFiles(path "experiments", "*.fsx")
    |> Array.filter (fun file -> File.ReadLines file |> Seq.exists _.StartsWith("run ["))
    |> Array.map (fun file -> Path.GetFileNameWithoutExtension file |> string)
    |> Array.sort
    |> List.ofArray

let runExperiment (name: string) (arguments: string list) =
    build ()
    run "dotnet" ("fsi" :: path $"experiments/{name}.fsx" :: arguments)

/// Times parts of SedDsl, with PyTorch beside it where python3-torch is installed.
let bench (arguments: string list) =
    build ()
    run (path $"""artifacts/bin/Sed.Bench/release/Sed.Bench{if windows then ".exe" else ""}""") arguments

// --------------------------------------------------------------------------------------------------------- packages

let private packageFolder () = path "artifacts/packages"

/// Packages of the libraries and of the command line into artifacts/packages.
let pack () =
    build ()

    if Directory.Exists(packageFolder ()) then
        Directory.Delete(packageFolder (), true)

    for project in [ "src/Sed.Core"; "src/Sed.Dsl"; "src/Sed.Runner"; "tools/sed" ] do
        timed $"Packing {Path.GetFileName project}" (fun () ->
            runQuietly "dotnet" [
                "pack"
                path project
                "-c"
                "Release"
                "--no-build"
                "--nologo"
                "-v"
                "quiet"
                "-o"
                packageFolder ()
            ])

    for file in Directory.GetFiles(packageFolder (), "*nupkg") |> Array.sort do
        printfn $"  {Path.GetRelativePath(root, file)} {float (FileInfo(file).Length) / 1e6:F1} MB"

let private program (name: string) = if windows then name + ".exe" else name

/// Installs the packages into projects of somebody else, without a registry, and runs what their READMEs promise.
let packTest () =
    let work = path "artifacts/pack-test"

    if Directory.Exists work then
        Directory.Delete(work, true)

    let cache =
        Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")
    // The projects see what is packed and what the cache has, no registry and no setting of this repository.
    let folder name =
        Directory.CreateDirectory(Path.Combine(work, name)).FullName

    let run = folder "run"

    for file in [ "Directory.Build.props"; "Directory.Build.targets" ] do
        File.WriteAllText(Path.Combine(work, file), "<Project />\n")

    let configuration = Path.Combine(work, "NuGet.Config")

    File.WriteAllText(
        configuration,
        $"""<configuration>
  <packageSources>
    <clear />
    <add key="packed" value="{packageFolder ()}" />
  </packageSources>
  <fallbackPackageFolders>
    <add key="cache" value="{cache}" />
  </fallbackPackageFolders>
  <config>
    <add key="globalPackagesFolder" value="{Path.Combine(work, "packages")}" />
  </config>
</configuration>
"""
    )

    let expect (what: string) (expected: string list) (output: string) =
        for line in expected do
            if not (output.Contains line) then
                raise (Failed(what, 1, $"It should have said '{line}', and said:\n{output}"))

    let heard = "1.0 2.0 Car"

    for name, expected in
        [
            "csharp",
            [
                heard
                "log-mel (2, 500, 40)"
                "strong (2, 500, 17), weak (2, 17)"
                "F 0.666"
            ]
            "fsharp",
            [
                heard
                "log-mel [|2L; 500L; 40L|]"
                "weak [|2L; 17L|]"
                "F 0.666"
                "6 trials"
            ]
        ] do
        timed $"Using the packages in a project of its own, {name}" (fun () ->
            let copy = folder name

            for file in Directory.GetFiles(path $"tools/pack-test/{name}") do
                File.Copy(file, Path.Combine(copy, Path.GetFileName file))

            [ "build"; copy; "--nologo"; "-v"; "quiet"; "-clp:NoSummary" ]
            |> runQuietly "dotnet"

            outputOf run (Path.Combine(copy, "out", program name)) []
            |> expect name expected)

    timed "Installing the command line" (fun () ->
        let tools = folder "tools"

        [
            "tool"
            "install"
            "Sed.Tool"
            "--tool-path"
            tools
            "--configfile"
            configuration
        ]
        |> runQuietly "dotnet"

        let sed arguments =
            outputOf run (Path.Combine(tools, program "dotnet-sed")) arguments

        sed [ "help" ] |> expect "sed help" [ "evaluate"; "predict" ]
        let predicted = sed [ "predict"; "tiny.sed"; "street.wav" ]
        expect "sed predict" [ "street.wav\t1"; "Car" ] predicted
        File.WriteAllText(Path.Combine(run, "predicted.tsv"), predicted)
        File.WriteAllText(Path.Combine(run, "truth.tsv"), "street.wav\t1.0\t2.0\tCar\n")

        sed [ "evaluate"; "--reference"; "truth.tsv"; "--estimated"; "predicted.tsv" ]
        |> expect "sed evaluate" [ "100.0" ])

    printfn "The packages work, in C#, in F# and as a command line"

/// The command line for those who only score, as one file that needs neither .NET nor libtorch.
let tool () =
    build ()

    timed "Publishing the command line for scoring" (fun () ->
        runQuietly "dotnet" [
            "publish"
            path "tools/sed-alone"
            "-c"
            "Release"
            "--nologo"
            "-v"
            "quiet"
            "-clp:NoSummary"
            "-p:BuildProjectReferences=false"
            "-o"
            path "artifacts/tool"
        ])

    let file = path $"""artifacts/tool/{program "sed"}"""
    printfn $"  {Path.GetRelativePath(root, file)} {float (FileInfo(file).Length) / 1e6:F1} MB"

/// Writes the page of the language from the comments in its source.
let words () =
    build ()
    run "dotnet" [ "fsi"; path "tools/words/words.fsx" ]

/// API pages of the libraries, by DocFX, from what was built.
let docs () =
    build ()
    let folder = path "artifacts/docs"
    let tool = path $"""artifacts/docs/tool/docfx{if windows then ".exe" else ""}"""

    if not (File.Exists tool) then
        timed "Installing DocFX" (fun () ->
            runQuietly "dotnet" [
                "tool"
                "install"
                "docfx"
                "--version"
                "2.81.0"
                "--tool-path"
                Path.Combine(folder, "tool")
            ])

    File.Copy(path "tools/docs/docfx.json", Path.Combine(folder, "docfx.json"), true)
    timed "Writing the pages" (fun () -> runQuietly tool [ Path.Combine(folder, "docfx.json") ])
    printfn $"""{Path.Combine(folder, "site", "api", "Sed.html")}"""

let help () =
    printfn
        $"""dotnet fsi build.fsx [command]

  (none)       restore and build
  test         build and run every test; arguments go to the test runners
  check        test, after checking the format
  format       format every source file (Fantomas, CSharpier)
  bench        time training beside PyTorch; or one part: bench train 64 20, bench metrics, bench resume 20
  pack         make the packages, in artifacts/packages
  pack-test    make them, install them into projects of somebody else and run these
  tool         the command line for those who only score, as one file without libtorch, in artifacts/tool
  words        write src/Sed.Dsl/README.md, the page of the language
  docs         API pages of the libraries, in artifacts/docs/site
  clean        remove what the build made
  help         this text

  an experiment's name builds and runs it; arguments go to the script:
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
    | "check" ->
        checkFormat ()
        test arguments
    | "format" -> format ()
    | "bench" -> bench arguments
    | "pack" -> pack ()
    | "pack-test" ->
        pack ()
        packTest ()
    | "tool" -> tool ()
    | "words" -> words ()
    | "docs" -> docs ()
    | "clean" -> clean ()
    | "help"
    | "--help"
    | "-h" -> help ()
    | name when List.contains name (experiments ()) -> runExperiment name arguments
    | unknown ->
        eprintfn $"There is no command '{unknown}'.\n"
        help ()
        exit 2
with
| Failed(command, exitCode, output) ->
    printfn "failed"
    eprintfn $"{output.TrimEnd()}\n\nThis step failed with exit code {exitCode}:\n  {command}"
    exit (if exitCode > 0 && exitCode < 256 then exitCode else 1)
| :? ComponentModel.Win32Exception as missing ->
    eprintfn $"A program could not be started: {missing.Message}"
    exit 1
