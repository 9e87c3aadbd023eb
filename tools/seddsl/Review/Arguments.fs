namespace Sed.Tool.Review

open Argu

type ReviewArguments =
    | [<MainCommand; ExactlyOnce>] Sources of model: string * folder: string
    | [<Unique>] Queue of list: string
    | [<Unique>] All
    | [<Unique; CustomCommandLine("--tags")>] Whole_Recordings
    | [<Unique>] Annotator of name: string
    | [<Unique>] Port of number: int
    | [<Unique>] Open
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Sources _ ->
                "the model (a .sed file, or a folder with one) and the folder with the recordings. The model can be 'none': the page then shows no detections."
            | Queue _ ->
                "list of the stretches to review, in order: a header with filename, onset and offset (s), and one row per stretch (default: review/next.tsv in the folder if it exists; otherwise all recordings)."
            | All -> "review all recordings, even if the folder has a list review/next.tsv."
            | Whole_Recordings -> "start with tags of whole recordings instead of events."
            | Annotator _ -> "name in the column 'reviewer' of the lists (default: the name of the user)."
            | Port _ -> "port of the page, 1 to 65535 (default: any free port)."
            | Open -> "open the page in a browser."
            | Device _ -> "device of the model: auto, cpu, cuda or cuda:N (default: auto)."
