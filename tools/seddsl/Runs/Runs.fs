namespace Sed.Tool.Runs

open Argu
open Sed.Runner
open Sed.Tool

module Show =
    let private work (arguments: ParseResults<ShowArguments>) =
        StoredTables.describe "runs" (arguments.GetResult Run) (arguments.GetResults ShowArguments.Metric)
        |> StoredTables.print

    let command = {
        Name = "show"
        Summary = "shows a kept table: its rows' scores with intervals, and what they specify"
        NeedsTorch = false
        Run = Command.run<ShowArguments> "show" work
    }

module Compare =
    let private work (arguments: ParseResults<CompareArguments>) =
        let left, right = arguments.GetResult Runs
        StoredTables.compare "runs" left right (arguments.GetResults CompareArguments.Metric)
        |> StoredTables.print

    let command = {
        Name = "compare"
        Summary = "compares two kept tables: what differs in specification and in result"
        NeedsTorch = false
        Run = Command.run<CompareArguments> "compare" work
    }
