/// Exit codes and messages of the program as a process. Unwritable output, a consumer that ends early, missing standard
/// streams and signals end the program with one message and leave no temporary file.
module Sed.Tool.Tests.ExitTests

open System
open System.Diagnostics
open System.IO
open Xunit

/// Runs a line of bash in which $seddsl is the program. Returns the exit code, the output and the error output.
let private bash (folder: Folder) (line: string) =
    Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs Linux.")
    let info =
        ProcessStartInfo(
            "bash",
            [ "-c"; line ],
            WorkingDirectory = folder.Path "",
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )
    info.Environment["seddsl"] <- Path.Combine(AppContext.BaseDirectory, "seddsl")
    use running = nonNull (Process.Start info)
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output, errors.Result

let private files (folder: Folder) =
    Directory.GetFiles(folder.Path "", "*", SearchOption.AllDirectories)
    |> Array.map (fun file -> string (Path.GetFileName file))
    |> Array.sort

let private evaluate = "$seddsl evaluate --reference list.tsv --estimated list.tsv"

[<Theory>]
[<InlineData("| head -1 >/dev/null; exit ${PIPESTATUS[0]}", "the program that reads the output has ended.")>]
[<InlineData(">/dev/full", "the output cannot be written: no space is left on its device.")>]
[<InlineData(">&-", "standard output is closed.")>]
[<InlineData(">&- <&-", "standard output is closed.")>]
let ``output that cannot be written ends the program with one message`` (redirection: string, cause: string) =
    use folder = new Folder()
    folder.List("list.tsv", [ for k in 1..100 -> $"a.wav {k} {k + 1} class{k}" ])
    |> ignore
    let code, output, errors = bash folder $"{evaluate} {redirection}"
    Assert.Equal($"seddsl: Stopped, because {cause}\n", errors)
    Assert.Equal("", output)
    Assert.Equal(1, code)

[<Fact>]
let ``an error that cannot be printed keeps its exit code`` () =
    use folder = new Folder()
    let code, _, _ = bash folder $"{evaluate} 2>/dev/full"
    Assert.Equal(2, code)

[<Fact>]
let ``without a browser, --open prints a note with the address and the command goes on`` () =
    use folder = new Folder()
    Directory.CreateDirectory(folder.Path "reports") |> ignore
    File.WriteAllText(folder.Path "reports/own.html", "")
    let code, output, errors =
        bash folder "PATH=/none $seddsl report own --runs . --open"
    let file = output.TrimEnd '\n'
    Assert.EndsWith("own.html", file)
    Assert.Equal(
        $"seddsl report: --open: the system cannot start a browser; open this address yourself: {file}\n",
        errors
    )
    Assert.Equal(0, code)

[<Fact>]
let ``a stream without standard input is refused`` () =
    use folder = new Folder()
    LoudnessModel.write (folder.Path "m.sed") |> ignore
    let code, _, errors = bash folder "$seddsl predict m.sed --stream <&-"
    Assert.StartsWith("seddsl predict: --stream: standard input is closed; ", errors)
    Assert.Equal(2, code)

[<Fact>]
let ``SIGTERM ends a prediction with one message and without temporary files`` () =
    use folder = new Folder()
    LoudnessModel.write (folder.Path "m.sed") |> ignore
    Sed.Core.Audio.WavWriter.Write(folder.Path "long.wav", ReadOnlySpan<float32>(Array.zeroCreate (8000 * 3600)), 8000)
    // The signal is sent as soon as there is output.
    let line =
        "$seddsl predict m.sed long.wav --out out.tsv --scores scores & p=$!; "
        + "until ls *.unfinished >/dev/null 2>&1; do sleep 0.02; kill -0 $p || exit 99; done; kill -TERM $p; wait $p"
    let code, _, errors = bash folder line
    Assert.Equal("Interrupted; the remaining recordings were not processed.\n", errors)
    Assert.Equal(143, code)
    Assert.Equal<string>([ "long.wav"; "m.sed" ], files folder)

[<Fact>]
let ``a full disk ends a prediction with one message and without temporary files`` () =
    use folder = new Folder()
    LoudnessModel.write (folder.Path "m.sed") |> ignore
    Sed.Core.Audio.WavWriter.Write(folder.Path "long.wav", ReadOnlySpan<float32>(Array.zeroCreate (8000 * 60)), 8000)
    let code, _, errors =
        bash
            folder
            ("mkdir small && mount -t tmpfs -o size=16k tmpfs small || exit 77; "
             + "$seddsl predict m.sed long.wav --out small/out.tsv --scores small/scores; code=$?; "
             + "find small -type f >left; umount small; exit $code")
    Assert.SkipWhen((code = 77), "A small disk cannot be mounted here.")
    Assert.Equal("", File.ReadAllText(folder.Path "left"))
    Assert.StartsWith("seddsl predict: ", errors)
    Assert.Contains("No space left on device", errors)
    Assert.DoesNotContain(".unfinished", errors)
    Assert.Single(errors.TrimEnd().Split '\n') |> ignore
    Assert.Equal(2, code)
