namespace Sed.Tool.Tests

open System
open System.IO
open Xunit

/// seddsl report on folders of runs, without a script.
[<Collection "console">]
type ReportTests() =
    let refused (arguments: string list) =
        let run = Run.seddsl ("report" :: arguments)
        Assert.Equal(2, run.ExitCode)
        Assert.Equal("", run.Output)
        run.Errors.TrimEnd()

    [<Fact>]
    member _.``the report's path is found by the run's name or by its path``() =
        use runs = new Folder()
        let reports = Directory.CreateDirectory(runs.Path "reports").FullName
        let file = Path.Combine(reports, "own.html")
        File.WriteAllText(file, "")
        for arguments in [ [ "own"; "--runs"; runs.Path "" ]; [ runs.Path "own" ] ] do
            let run = Run.seddsl ("report" :: arguments)
            Assert.Equal("", run.Errors)
            Assert.Equal(0, run.ExitCode)
            Assert.Equal(file, Path.GetFullPath(run.Output.TrimEnd()))

    [<Fact>]
    member _.``missing runs, invalid ports and damaged plans are reported with a remedy``() =
        use runs = new Folder()
        let place = runs.Path "nothing"
        Assert.Equal(
            $"seddsl report: There is no run 'nothing' in {runs.Prefix.TrimEnd Path.DirectorySeparatorChar}. The folder contains no runs.",
            refused [ place ]
        )
        Assert.Equal(refused [ place ], refused [ place; "--serve" ])
        Assert.Equal(
            "seddsl report: --port must be between 1 and 65535, was 99999",
            refused [ place; "--serve"; "--port"; "99999" ]
        )
        Assert.Equal("seddsl report: --port needs --serve", refused [ place; "--port"; "8080" ])
        Directory.CreateDirectory(runs.Path "tables") |> ignore
        File.WriteAllText(runs.Path(Path.Combine("tables", "nothing.plan.json")), "{}")
        Assert.StartsWith($"seddsl report: {runs.Prefix}tables", refused [ place; "--serve" ])
        Assert.EndsWith("Remove it and run the script again.", refused [ place ])
