// The commands on runs: show and compare for stored results tables, status for submitted jobs.
namespace Sed.Tool

open Argu
open Sed.Runner

type private ShowArguments =
    | [<MainCommand; ExactlyOnce>] Table of table: string
    | Metric of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Table _ -> "a results table: the runs folder and the table's name, for example runs/table2."
            | Metric _ ->
                $"a metric or another column to show; may be repeated (default: weak F, strong F and strong ER). Not every table contains all of these: {TableColumns.describe ()}."

type private CompareArguments =
    | [<MainCommand; ExactlyOnce>] Tables of first: string * second: string
    | Metric of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Tables _ -> "two results tables, for example runs/table2 elsewhere/table2."
            | Metric _ ->
                "a metric or another column to compare, as for 'seddsl show'; may be repeated (default: weak F, strong F and strong ER)."

/// seddsl show: a results table with intervals and settings.
module Show =
    let private work (arguments: ParseResults<ShowArguments>) =
        StoredTables.describe "runs" (arguments.GetResult Table) (arguments.GetResults ShowArguments.Metric)
        |> StoredTables.print

    let command = {
        Name = "show"
        Summary = "shows a results table: metrics with deviations over trials, and settings"
        Examples = [ "seddsl show runs/table2"; "seddsl show runs/table2 --metric \"strong F\"" ]
        NeedsTorch = false
        Run = Command.run<ShowArguments> work
    }

/// seddsl compare: the differences between two results tables.
module Compare =
    let private work (arguments: ParseResults<CompareArguments>) =
        let first, second = arguments.GetResult Tables
        StoredTables.compare "runs" first second (arguments.GetResults CompareArguments.Metric)
        |> List.iter StoredTables.print

    let command = {
        Name = "compare"
        Summary = "compares two results tables: metrics and settings"
        Examples = [ "seddsl compare runs/table2 elsewhere/table2" ]
        NeedsTorch = false
        Run = Command.run<CompareArguments> work
    }

type private StatusArguments =
    | [<MainCommand; ExactlyOnce>] Run of run: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Run _ ->
                "the runs folder, for example runs, optionally with the name of an experiment or a table: runs/table2."

/// seddsl status: the jobs that were submitted to Slurm.
module Status =
    let private work (arguments: ParseResults<StatusArguments>) =
        for line in SubmittedJobs.describe (arguments.GetResult StatusArguments.Run) do
            printfn $"{line}"

    let command = {
        Name = "status"
        Summary = "shows the state of the jobs that a run submitted to Slurm"
        Examples = [ "seddsl status runs"; "seddsl status runs/table2" ]
        NeedsTorch = false
        Run = Command.run<StatusArguments> work
    }
