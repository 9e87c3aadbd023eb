// Distribution: packages, the single-file command without libtorch, and documentation.
#load "steps.fsx"
open System
open System.IO
open Steps

let private packageFolder () = path "artifacts/packages"

/// Builds the packages of the libraries and the command into artifacts/packages.
let pack () =
    if Directory.Exists(packageFolder ()) then
        Directory.Delete(packageFolder (), true)

    for project in [ "src/Sed.Core"; "src/Sed.Dsl"; "src/Sed.Runner"; "tools/seddsl" ] do
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

/// Installs the packages in separate projects, without a registry, and runs the examples of their READMEs.
let packTest () =
    let work = path "artifacts/pack-test"

    if Directory.Exists work then
        Directory.Delete(work, true)

    let cache =
        Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".nuget", "packages")
    // The projects use only the new packages and NuGet's cache: no registry, and no settings of this repository.
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
                raise (Failed(what, 1, $"Expected '{line}' in the output:\n{output}"))

    let detected = "1.0 2.0 Car"

    for name, expected in
        [
            "csharp",
            [
                detected
                "log-mel (2, 500, 40)"
                "strong (2, 500, 17), weak (2, 17)"
                "F 0.666"
            ]
            "fsharp",
            [
                detected
                "log-mel [|2L; 500L; 40L|]"
                "weak [|2L; 17L|]"
                "F 0.666"
                "6 trials"
            ]
        ] do
        timed $"Using the packages in a separate project ({name})" (fun () ->
            let copy = folder name

            for file in Directory.GetFiles(path $"tools/pack-test/{name}") do
                File.Copy(file, Path.Combine(copy, Path.GetFileName file))

            [ "build"; copy; "--nologo"; "-v"; "quiet"; "-clp:NoSummary" ]
            |> runQuietly "dotnet"

            outputOf run (Path.Combine(copy, "out", program name)) []
            |> expect name expected)

    timed "Installing the command seddsl" (fun () ->
        let tools = folder "tools"

        [
            "tool"
            "install"
            "SedDsl.Tool"
            "--tool-path"
            tools
            "--configfile"
            configuration
        ]
        |> runQuietly "dotnet"

        let seddsl arguments =
            outputOf run (Path.Combine(tools, program "seddsl")) arguments

        seddsl [ "help" ] |> expect "seddsl help" [ "evaluate"; "predict" ]
        let predicted = seddsl [ "predict"; "tiny.sed"; "street.wav" ]
        expect "seddsl predict" [ "street.wav\t1"; "Car" ] predicted
        File.WriteAllText(Path.Combine(run, "predicted.tsv"), predicted)
        File.WriteAllText(Path.Combine(run, "truth.tsv"), "street.wav\t1.0\t2.0\tCar\n")

        seddsl [ "evaluate"; "--reference"; "truth.tsv"; "--estimated"; "predicted.tsv" ]
        |> expect "seddsl evaluate" [ "100.0" ])

    printfn "The packages work in C#, in F# and as a command-line tool"

/// Builds the command without libtorch as a single file that does not need an installation of .NET.
let tool () =
    timed "Publishing the command without libtorch" (fun () ->
        runQuietly "dotnet" [
            "publish"
            path "tools/seddsl-alone"
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

    let file = path $"""artifacts/tool/{program "seddsl"}"""
    printfn $"  {Path.GetRelativePath(root, file)} {float (FileInfo(file).Length) / 1e6:F1} MB"

/// Generates the language reference from the comments in the source.
let words () =
    run "dotnet" [ "fsi"; path "tools/words/words.fsx" ]

/// Generates API documentation with DocFX from the build output.
let docs () =
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
    timed "Generating the documentation" (fun () -> runQuietly tool [ Path.Combine(folder, "docfx.json") ])
    printfn $"""{Path.Combine(folder, "site", "api", "Sed.html")}"""
