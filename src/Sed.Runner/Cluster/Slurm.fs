/// Runs the commands of the installed Slurm.
module internal Sed.Runner.Slurm

open System
open System.Diagnostics
open System.IO

/// The numbers of the two submitted jobs.
type Jobs = { Prepare: string; Array: string }

/// Whether sbatch is on the PATH.
let isInstalled () =
    (Environment.GetEnvironmentVariable "PATH"
     |> Option.ofObj
     |> Option.defaultValue "")
        .Split
        Path.PathSeparator
    |> Array.exists (fun folder -> folder <> "" && File.Exists(Path.Combine(folder, "sbatch")))

/// Runs a program. Returns its output or, if it fails, its error output.
let private outputOf (program: string) (arguments: string list) (input: string) =
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

/// Runs a submission script. Returns Slurm's error message if it rejects the jobs.
let submit (script: string) : Result<Jobs, string> =
    outputOf "bash" [ "-s" ] script
    |> Result.map (fun output ->
        let number (name: string) =
            output.Split '\n'
            |> Array.find _.StartsWith(name + " ")
            |> fun line -> line.Substring(name.Length + 1).Trim()
        {
            Prepare = number "prepare"
            Array = number "array"
        })

/// Whether a job is waiting or running. Slurm forgets a job some time after its end.
let isActive (job: string) =
    match outputOf "squeue" [ "--noheader"; "--format=%T"; "--jobs"; job ] "" with
    | Ok output -> output.Trim() <> ""
    | Error complaint when complaint.Contains "Invalid job id" -> false
    | Error _ -> true // the controller may be temporarily unavailable
