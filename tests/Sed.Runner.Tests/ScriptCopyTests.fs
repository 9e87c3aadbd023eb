/// Copies of scripts, which worker processes and cluster jobs run.
module Sed.Runner.Tests.ScriptCopyTests

open System.Diagnostics
open System.IO
open Xunit
open Sed.Runner
open Sed.Tests

let private within (test: string -> unit) =
    let folder = Directory.CreateTempSubdirectory("sed-copy-").FullName
    try
        test folder
    finally
        Directory.Delete(folder, true)

[<Fact>]
let ``a copy has the script and the files that it loads, under their own names and lines`` () =
    within (fun folder ->
        let file name (text: string) =
            let path = Path.Combine(folder, name)
            Directory.CreateDirectory(nonNull (Path.GetDirectoryName path)) |> ignore
            File.WriteAllText(path, text)
            path
        let shared = file "lib/shared.fsx" "let rate = 0.5\n"
        let library = file "library.dll" ""
        let script =
            file
                "mine.fsx"
                "#!/usr/bin/env -S dotnet fsi\n#r \"library.dll\"\n#r \"nuget: Argu\"\n#load @\"lib/shared.fsx\" \"missing.fsx\"\nprintfn \"#load\"\n"
        let copies = Path.Combine(folder, "copies")
        let copy = ScriptFiles.copy copies script
        Assert.Equal("mine.fsx", Path.GetFileName copy)
        let lines = File.ReadAllLines copy
        Assert.Equal<string[]>(
            [|
                $"# 1 \"{script}\""
                "///usr/bin/env -S dotnet fsi"
                $"#r \"{library}\""
                "#r \"nuget: Argu\""
            |],
            lines[..3]
        )
        Assert.Matches($"^#load \"{copies}/mine-[0-9a-f]{{12}}/0/shared.fsx\" \"missing.fsx\"$", lines[4])
        Assert.Equal("printfn \"#load\"", lines[5])
        Assert.Equal(copy, ScriptFiles.copy copies script)
        File.WriteAllText(shared, "let rate = 0.1\n")
        Assert.NotEqual<string>(copy, ScriptFiles.copy copies script))

let private sed = Repository.path [| "experiments"; "sed.fsx" |]

let private text =
    $"#load \"{sed}\"\n"
    + """open Sed
let edited =
    experiment "edited" {
        title "A script that is edited while it runs"
        data Soundscapes.smartCars
        clips 12 8 4
        network (crnn { convolutions [ 4, 5; 4, 8 ]; recurrent [ 4 ]; dense [] })
        train (training { epochs 2; batch 4 })
        vary StrongWeight [ 0.2; 0.4; 0.6; 0.8 ]
        seeds [ 1 ]
        report [ WeakF ]
    }
run edited
"""

let private edit (text: string) =
    text.Replace("[ 0.2; 0.4; 0.6; 0.8 ]", "[ 0.1; 0.3; 0.5; 0.7 ]")

[<Fact>]
let ``worker processes train the plan of the process that started them, even if the script is edited`` () =
    within (fun folder ->
        let script = Path.Combine(folder, "edited.fsx")
        File.WriteAllText(script, text)
        let runs = Path.Combine(folder, "runs")
        let info =
            ProcessStartInfo(
                "dotnet",
                [
                    "fsi"
                    script
                    "--jobs"
                    "2"
                    "--device"
                    "cpu"
                    "--no-report"
                    "--out"
                    runs
                ],
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )
        use running = nonNull (Process.Start info)
        let errors = running.StandardError.ReadToEndAsync()
        let rec untilWorkersStart () =
            match running.StandardOutput.ReadLine() with
            | null -> ()
            | line when line.StartsWith "Training 2 trials at a time" -> ()
            | _ -> untilWorkersStart ()
        untilWorkersStart ()
        File.WriteAllText(script, edit text)
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        Assert.Equal("", errors.Result)
        Assert.Equal(0, running.ExitCode)
        Assert.DoesNotContain("The worker processes have ended", output)
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(runs, "trials")).Length)
        // The copy is the script that was run, without the later edit.
        let copy =
            Assert.Single(Directory.GetFiles(Path.Combine(runs, "scripts"), "edited.fsx", SearchOption.AllDirectories))
        let code, plan, _ = Repository.dotnet [ "fsi"; copy; "--plan" ]
        Assert.Equal(0, code)
        Assert.Contains("row 4: strong weight 0.8", plan))

[<Fact>]
let ``a worker process with another plan trains nothing`` () =
    within (fun folder ->
        let script = Path.Combine(folder, "edited.fsx")
        File.WriteAllText(script, text)
        let runs = Path.Combine(folder, "runs")
        let code, output, errors =
            Repository.dotnet [
                "fsi"
                script
                "--worker"
                "1"
                "--plan-key"
                "0123456789abcdef"
                "--out"
                runs
            ]
        Assert.Equal((3, ""), (code, output))
        Assert.StartsWith($"{script}: the script describes different trials than when this job was submitted.", errors)
        Assert.False(Directory.Exists(Path.Combine(runs, "trials"))))
