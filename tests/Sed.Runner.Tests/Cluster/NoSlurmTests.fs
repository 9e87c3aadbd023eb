namespace Sed.Runner.Tests.Cluster

open System
open Xunit
open Sed
open Sed.Runner

/// Whatever else runs would not find its programs meanwhile.
[<CollectionDefinition("no programs", DisableParallelization = true)>]
type NoPrograms() = class end

/// A machine that lacks Slurm.
[<Collection("no programs")>]
module NoSlurmTests =
    let private problems arguments =
        match Options.parse "small.fsx" "runs" arguments with
        | Some(_, problems) -> List.map Problem.print problems
        | None -> []

    [<Fact>]
    let ``a machine without sbatch says so`` () =
        let path = Environment.GetEnvironmentVariable "PATH"
        try
            Environment.SetEnvironmentVariable("PATH", "")
            Assert.Equal<string list>(
                [
                    "--on: there is no sbatch here, which submits jobs to Slurm; run it where the cluster's users log in; --dry-run prints what would be submitted"
                ],
                problems [ "--on"; "slurm" ]
            )
        finally
            Environment.SetEnvironmentVariable("PATH", path)
