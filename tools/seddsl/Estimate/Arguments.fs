namespace Sed.Tool.Estimate

open Argu

type EstimateArguments =
    | [<MainCommand; ExactlyOnce>] Sources of model: string * folder: string
    | [<Unique>] Precision of value: float
    | [<Unique>] Stretch of seconds: float
    | [<Unique>] Unseen of round: int
    | [<Unique>] Out of file: string
    | [<Unique>] Json
    | [<Unique>] Queues of folder: string
    | [<Unique>] Run of folder: string
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Sources _ ->
                "the model (a .sed file), and the folder with the recordings, their reviewed labels and the queues of 'seddsl next'."
            | Precision _ -> "the precision for which the lowest threshold is chosen, between 0 and 1 (default: 0.9)."
            | Stretch _ -> "length of a stretch in seconds, as for 'seddsl next' (default: the model's clip length)."
            | Unseen _ ->
                "the first round of 'seddsl next' whose labels the model was not trained on (default: the round of the first queue that is newer than the model file)."
            | Out _ ->
                "write the model with calibrated probabilities, and with a threshold for each class, to this file (.sed)."
            | Json -> "print JSON instead of tables."
            | Queues _ -> "folder of the queues (default: the folder review in the folder of the recordings)."
            | Run _ ->
                "folder in which the scores of the recordings are kept, as for 'seddsl next' (default: runs). Scores are computed only for new recordings."
            | Device _ -> "device of the model: auto, cpu, cuda or cuda:N (default: auto)."
