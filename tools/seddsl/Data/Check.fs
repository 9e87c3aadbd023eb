namespace Sed.Tool.Data

open System
open System.IO
open Argu
open Sed.Core.Corpora.Checks
open Sed.Tool

type CheckArguments =
    | [<MainCommand; ExactlyOnce>] Folder of folder: string
    | [<Unique>] Csv of path: string
    | [<Unique>] Names of count: int
    | [<Unique>] Cache of folder: string
    | [<Unique>] No_Cache

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Folder _ -> "the corpus: label files and audio, in any of the layouts that are known"
            | Csv _ -> "writes every finding to this file"
            | Names _ -> "how many names are shown for each kind of finding (default 3)"
            | Cache _ ->
                "where decoded files are remembered, so that a second check takes seconds (default: the user's data folder)"
            | No_Cache -> "decodes everything anew"

module Check =
    let private userFolder () =
        Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.LocalApplicationData, "SedDsl", "checks")

    let private work (arguments: ParseResults<CheckArguments>) =
        let cache =
            if arguments.Contains No_Cache then
                null
            else
                match arguments.TryGetResult Cache with
                | Some folder -> Place.folder "--cache" folder
                | None -> userFolder ()

        let names = arguments.GetResult(Names, 3)
        if names < 0 then
            raise (BadArguments [ $"--names {names}: give 0 or more" ])

        let report =
            use progress = new Progress()

            let counted = {
                new IProgress<struct (int * int)> with
                    member _.Report(struct (finished, all)) = progress.Count "decoding" finished all
            }

            Preflight.Check(arguments.GetResult Folder, cache, counted)

        printf $"{report.ToText names}"
        match arguments.TryGetResult Csv with
        | Some path -> Place.write "--csv" path PreflightReport.CsvHeader report.WriteCsv
        | None -> ()
        // Says why, where nothing of the corpus can be used.
        let manifest = report.ToManifest()
        printfn ""
        printfn $"usable: {manifest.Describe()}"

    let command = {
        Name = "check"
        Summary = "looks for everything that is wrong with a corpus: labels and audio"
        NeedsTorch = false
        Run = Command.run<CheckArguments> "check" work
    }
