namespace Sed.Tool.Next

open Argu
open Sed.Core.Annotations.Formats

type NextArguments =
    | [<MainCommand; ExactlyOnce>] Sources of model: string * folder: string
    | [<Unique>] Count of stretches: int
    | [<Unique>] Minutes of minutes: float
    | [<Unique>] Random of share: float
    | [<Unique>] Seed of number: int
    | [<Unique>] Stretch of seconds: float
    | [<Unique>] Clips of folder: string
    | [<Unique>] Format of name: string
    | [<Unique>] Out of folder: string
    | [<Unique>] Run of folder: string
    | [<Unique>] Labelled_Elsewhere
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Sources _ -> "the model file (.sed) and the folder with the recordings."
            | Count _ -> "number of stretches to propose."
            | Minutes _ -> "total length of the stretches to propose, in minutes (default without --count: 10)."
            | Random _ ->
                "share of the stretches that are drawn at random, from 0 to 1 (default: 0.2). Only stretches that are drawn at random give unbiased estimates."
            | Seed _ -> "seed of the random draws (default: 1)."
            | Stretch _ ->
                "longer recordings are divided into stretches of this length in seconds (default: the model's clip length). The length must be the same in all rounds."
            | Clips _ ->
                "also write the stretches as WAV files to this folder, with the detected events as annotations."
            | Format _ ->
                let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
                $"format of the annotations of --clips: {names} (default: audacity)."
            | Out _ -> "folder of the queue next.tsv (default: the folder review in the folder of the recordings)."
            | Run _ ->
                "folder in which the vectors and scores of the recordings are kept (default: runs). Only recordings whose vectors or scores are not stored yet are processed; with a new model, these are all recordings."
            | Labelled_Elsewhere ->
                "do not propose stretches of earlier queues again, even if the folder has no labels for them."
            | Device _ -> "device of the model: auto (default), cpu, cuda or cuda:N."
