module Sed.Tool.Check

open System
open System.IO
open Argu
open Sed.Core.Corpora
open Sed.Core.Corpora.Checks

type private CheckArguments =
    | [<MainCommand; ExactlyOnce>] Folder of folder: string
    | [<Unique>] Csv of file: string
    | [<Unique>] Names of count: int
    | [<Unique>] Cache of folder: string
    | [<Unique>] No_Cache

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Folder _ -> "the corpus folder, with label files and audio in any supported layout."
            | Csv _ -> "write every finding to this file."
            | Names _ -> "number of file names shown for each kind of finding (default: 3)."
            | Cache _ ->
                "folder in which the results of decoding are cached, so that a second check takes only seconds (default: a folder in the user's application data)."
            | No_Cache -> "decode every file again."

/// The default folder of cached decoding results.
let defaultCache () =
    Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.LocalApplicationData, "SedDsl", "checks")

let private work (arguments: ParseResults<CheckArguments>) =
    let cache =
        if arguments.Contains No_Cache then
            null
        else
            match arguments.TryGetResult Cache with
            | Some folder -> OutputPath.folder "--cache" folder
            | None -> defaultCache ()

    let names = arguments.GetResult(Names, 3)
    if names < 0 then
        raise (BadArguments [ $"--names must be 0 or more, was {names}" ])

    let report =
        use progress = new Progress()
        Preflight.Check(arguments.GetResult Folder, cache, progress.Counter "decoding")

    printf $"{report.ToText names}"
    match arguments.TryGetResult Csv with
    | Some path -> OutputPath.write "--csv" path PreflightReport.CsvHeader report.WriteCsv
    | None -> ()
    // Raises an error with the reasons if no clip of the corpus is usable.
    let manifest = report.ToManifest()
    printfn ""
    printfn $"usable: {manifest.Describe()}"
    printf $"{KnownShares.Describe manifest}"

/// seddsl check: reports the problems of a corpus.
let command = {
    Name = "check"
    Summary = "reports every problem in a corpus's label files and audio"
    Examples = [ "seddsl check corpus"; "seddsl check corpus --csv findings.csv" ]
    NeedsTorch = false
    Run = Command.run<CheckArguments> work
}
