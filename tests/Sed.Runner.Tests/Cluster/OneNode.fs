namespace Sed.Runner.Tests.Cluster

open System
open System.Diagnostics
open System.IO
open System.Threading
open Xunit

/// A Slurm cluster of this machine alone, with all its files in a temporary folder. Only root can start it. Tests are
/// skipped if Slurm is not installed or cannot run.
type internal OneNode() =
    let folder = Directory.CreateTempSubdirectory("sed-slurm-").FullName
    let within name = Path.Combine(folder, name)
    let host = Environment.MachineName.Split('.').[0]
    let conf = within "slurm.conf"
    let mutable daemons: string list = []

    let started (program: string) (arguments: string list) =
        let info =
            ProcessStartInfo(program, arguments, RedirectStandardOutput = true, RedirectStandardError = true)
        info.Environment["SLURM_CONF"] <- conf
        info.Environment["DOTNET_NOLOGO"] <- "1"
        info.WorkingDirectory <- folder
        nonNull (Process.Start info)

    let run program arguments =
        use running = started program arguments
        let errors = running.StandardError.ReadToEndAsync()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        running.ExitCode, output, errors.Result

    let find (program: string) =
        [ "/usr/sbin"; "/usr/bin"; "/usr/local/sbin"; "/usr/local/bin" ]
        |> List.map (fun place -> Path.Combine(place, program))
        |> List.tryFind File.Exists

    let rec reaches (seconds: float) (reached: unit -> bool) =
        if reached () then
            true
        elif seconds <= 0.0 then
            false
        else
            Thread.Sleep 200
            reaches (seconds - 0.2) reached

    let daemon (program: string) (name: string) (arguments: string list) =
        // Reading the daemon's output would block, because its children inherit the open streams.
        let info =
            ProcessStartInfo("sh", [ "-c"; $"exec \"$@\" >/dev/null 2>&1 </dev/null"; "sh"; program ] @ arguments)
        info.Environment["SLURM_CONF"] <- conf
        use running = nonNull (Process.Start info)
        running.WaitForExit()
        daemons <- within name :: daemons

    let isIdle () =
        let _, output, _ = run "sinfo" [ "--noheader"; "--format=%T" ]
        output.Contains "idle"

    let start (munged: string) (slurmctld: string) (slurmd: string) =
        let key = Array.zeroCreate<byte> 1024
        Random.Shared.NextBytes key
        File.WriteAllBytes(within "munge.key", key)
        File.SetUnixFileMode(within "munge.key", UnixFileMode.UserRead)
        File.SetUnixFileMode(folder, enum<UnixFileMode> 0o755)
        for name in [ "state"; "spool" ] do
            Directory.CreateDirectory(within name) |> ignore
        let port = Random.Shared.Next(20000, 30000)
        File.WriteAllText(
            conf,
            String.concat "\n" [
                "ClusterName=sed"
                $"SlurmctldHost={host}(127.0.0.1)"
                "SlurmUser=root"
                "SlurmdUser=root"
                "AuthType=auth/munge"
                $"""AuthInfo=socket={within "munge.sock"}"""
                $"SlurmctldPort={port}"
                $"SlurmdPort={port + 1}"
                $"""StateSaveLocation={within "state"}"""
                $"""SlurmdSpoolDir={within "spool"}"""
                $"""SlurmctldPidFile={within "slurmctld.pid"}"""
                $"""SlurmdPidFile={within "slurmd.pid"}"""
                $"""SlurmctldLogFile={within "slurmctld.log"}"""
                $"""SlurmdLogFile={within "slurmd.log"}"""
                "ProctrackType=proctrack/linuxproc"
                "TaskPlugin=task/none"
                "MpiDefault=none"
                "KillWait=2"
                "MaxArraySize=2"
                "SchedulerParameters=sched_interval=1,bf_interval=1"
                "SelectType=select/cons_tres"
                "SelectTypeParameters=CR_CPU"
                $"NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} State=UNKNOWN"
                "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
                ""
            ]
        )
        daemon munged "munge.pid" [
            $"""--socket={within "munge.sock"}"""
            $"""--key-file={within "munge.key"}"""
            $"""--pid-file={within "munge.pid"}"""
            $"""--log-file={within "munge.log"}"""
            $"""--seed-file={within "munge.seed"}"""
            "--force"
        ]
        daemon slurmctld "slurmctld.pid" [ "-f"; conf ]
        // The setting for running without cgroups depends on the version.
        [ "disabled"; "cgroup/v1"; "autodetect" ]
        |> List.exists (fun cgroups ->
            File.WriteAllText(within "cgroup.conf", $"CgroupPlugin={cgroups}\n")
            daemon slurmd "slurmd.pid" [ "-f"; conf ]
            reaches 3.0 isIdle)

    let stop () =
        for pid in List.distinct daemons do
            if File.Exists pid then
                run "kill" [ File.ReadAllText(pid).Trim() ] |> ignore
        reaches 5.0 (fun () -> daemons |> List.forall (File.Exists >> not)) |> ignore
        Directory.Delete(folder, true)

    do
        match find "munged", find "slurmctld", find "slurmd" with
        | Some munged, Some slurmctld, Some slurmd when Environment.UserName = "root" ->
            if not (start munged slurmctld slurmd) then
                let log = within "slurmd.log"
                let why = if File.Exists log then File.ReadAllText log else ""
                stop ()
                Assert.Skip $"Slurm does not run here: {why}"
        | Some _, Some _, Some _ -> Assert.Skip "Only root can start Slurm."
        | _ -> Assert.Skip "Slurm is not installed."

    /// The working folder of all programs.
    member _.Folder = folder

    /// The name of its node.
    member _.Node = host

    /// Starts a program that uses this cluster.
    member _.Start(program: string, arguments: string list) = started program arguments

    /// Runs a program that uses this cluster. Returns exit code, output and errors.
    member _.Run(program: string, arguments: string list) = run program arguments

    /// Kills the process that trains a part of a script's trials.
    member _.KillTraining(part: string) =
        for info in DirectoryInfo("/proc").GetDirectories() do
            try
                let isOurs = DirectoryInfo(Path.Combine(info.FullName, "cwd")).LinkTarget = folder
                let words = File.ReadAllText(Path.Combine(info.FullName, "cmdline")).Split '\000'
                if isOurs && words |> Seq.pairwise |> Seq.contains ("--part", part) then
                    Process.GetProcessById(int info.Name).Kill()
            with
            | :? IOException
            | :? UnauthorizedAccessException
            | :? FormatException
            | :? ArgumentException -> () // not a process, or one that has just ended

    /// The logs of the daemons and the jobs, for failure messages.
    member _.Logs =
        [
            yield! Directory.GetFiles(folder, "*.log")
            yield! Directory.GetFiles(folder, "*.out", SearchOption.AllDirectories)
        ]
        |> List.map (fun file -> $"\n{Path.GetFileName file}:\n{File.ReadAllText file}")
        |> String.concat ""

    interface IDisposable with
        member _.Dispose() = stop ()
