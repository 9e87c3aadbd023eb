namespace Sed.Runner.Tests.Cluster

open System
open Xunit
open Sed
open Sed.Runner

/// These tests clear the PATH, so other tests must not run at the same time.
[<CollectionDefinition("no programs", DisableParallelization = true)>]
type NoPrograms() = class end

/// A machine without Slurm.
[<Collection("no programs")>]
module NoSlurmTests =
    let private problems arguments =
        match Options.parse "small.fsx" "runs" arguments with
        | Some(_, problems) -> List.map Problem.print problems
        | None -> []

    [<Fact>]
    let ``a missing sbatch is reported`` () =
        let path = Environment.GetEnvironmentVariable "PATH"
        try
            Environment.SetEnvironmentVariable("PATH", "")
            Assert.Equal<string list>(
                [
                    "--on: sbatch is not installed on this machine; run the command on a login node of the cluster, or use --dry-run to print the submission script"
                ],
                problems [ "--on"; "slurm" ]
            )
        finally
            Environment.SetEnvironmentVariable("PATH", path)

    [<Fact>]
    let ``a run without jobs names the command that follows a run on this machine`` () =
        let runs = IO.Directory.CreateTempSubdirectory("sed-no-jobs-").FullName
        try
            let error =
                Assert.Throws<IO.InvalidDataException>(fun () -> SubmittedJobs.describe runs |> ignore)
            Assert.Equal(
                $"{runs}: no jobs of this folder were submitted to Slurm. `seddsl report NAME --runs {runs} --serve` follows a run on this machine.",
                error.Message
            )
        finally
            IO.Directory.Delete(runs, true)
