namespace Sed.Tool.Runs

open Argu

type ShowArguments =
    | [<MainCommand; ExactlyOnce>] Run of run: string
    | Metric of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Run _ -> "a kept table: the folder of runs and the table's name, for example runs/table2"
            | Metric _ -> "a metric that is shown, by its name; may be repeated (default: weak F, strong F, strong ER)"

type CompareArguments =
    | [<MainCommand; ExactlyOnce>] Runs of left: string * right: string
    | Metric of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Runs _ -> "two kept tables, for example runs/table2 elsewhere/table2"
            | Metric _ ->
                "a metric that is compared, by its name; may be repeated (default: weak F, strong F, strong ER)"
