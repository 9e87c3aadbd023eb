/// Slurm's commands, as they are installed.
module internal Sed.Runner.Slurm

open System
open System.Diagnostics
open System.IO

/// The jobs of a plan that were submitted, by their numbers.
type Jobs = { Prepare: string; Array: string }

/// Whether jobs can be submitted from here.
let isInstalled () =
    (Environment.GetEnvironmentVariable "PATH"
     |> Option.ofObj
     |> Option.defaultValue "")
        .Split
        Path.PathSeparator
    |> Array.exists (fun folder -> folder <> "" && File.Exists(Path.Combine(folder, "sbatch")))

/// What a program printed, or what it complained of.
let private said (program: string) (arguments: string list) (input: string) =
    let info =
        ProcessStartInfo(
            program,
            arguments,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )
    use running = nonNull (Process.Start info)
    let errors = running.StandardError.ReadToEndAsync()
    running.StandardInput.Write input
    running.StandardInput.Close()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    if running.ExitCode = 0 then
        Ok output
    else
        Error(errors.Result.Trim())

/// Submits what a script asks for; what Slurm says where it refuses.
let submit (script: string) : Result<Jobs, string> =
    said "bash" [ "-s" ] script
    |> Result.map (fun output ->
        let number (name: string) =
            output.Split '\n'
            |> Array.find _.StartsWith(name + " ")
            |> fun line -> line.Substring(name.Length + 1).Trim()
        {
            Prepare = number "prepare"
            Array = number "array"
        })

/// Whether a job waits or runs; one that Slurm has forgotten does not.
let isAlive (job: string) =
    match said "squeue" [ "--noheader"; "--format=%T"; "--jobs"; job ] "" with
    | Ok output -> output.Trim() <> ""
    | Error complaint when complaint.Contains "Invalid job id" -> false
    | Error _ -> true // the controller is busy or away for a moment
