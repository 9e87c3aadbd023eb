namespace Sed.Tool.Find

open Argu
open Sed.Core.Annotations.Formats

type FindArguments =
    | [<MainCommand; ExactlyOnce>] Sources of clip: string * folder: string
    | [<Unique>] Model of file: string
    | [<Unique>] Encoder of file: string
    | [<Unique>] Encoder_Output of name: string
    | [<Unique>] Encoder_Rate of hertz: int
    | [<Unique>] Encoder_Window of seconds: float
    | [<Unique>] Encoder_Hop of milliseconds: float
    | [<Unique>] Onset of seconds: float
    | [<Unique>] Offset of seconds: float
    | [<Unique>] Count of stretches: int
    | [<Unique>] Stretch of seconds: float
    | [<Unique>] Format of name: string
    | [<Unique>] Label of name: string
    | [<Unique>] Out of file: string
    | [<Unique>] Run of folder: string
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Sources _ -> "the audio file with the example, and the folder with the recordings to search."
            | Model _ -> "model file (.sed): compare the vectors of its encoder or, without one, of its network."
            | Encoder _ -> "ONNX file of a pretrained encoder: compare its vectors."
            | Encoder_Output _ -> "name of the encoder output that contains the vectors (default: its only output)."
            | Encoder_Rate _ ->
                "the encoder's sampling rate in Hz (default: the metadata entry sample_rate of the ONNX file)."
            | Encoder_Window _ ->
                "length in seconds of the windows into which longer recordings are divided (default: the fixed length of the encoder's input, or 10; required for an encoder that outputs one vector for an input of any length)."
            | Encoder_Hop _ ->
                "time in ms between two vectors of the encoder (default: the measured time; for an encoder that outputs one vector per window, the length of the window)."
            | Onset _ -> "start of the example in its file, in seconds (default: 0)."
            | Offset _ -> "end of the example in its file, in seconds (default: the end of the file)."
            | Count _ -> "number of stretches to list (default: 20)."
            | Stretch _ -> "longer recordings are divided into stretches of this length in seconds (default: 5)."
            | Format _ ->
                let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
                $"write the stretches as annotations: {names}. Default: a list with the columns filename, onset, offset and similarity."
            | Label _ -> "label of the annotations of --format (default: similar)."
            | Out _ ->
                "the file to write to, instead of standard output, or the folder in which one file is written for each recording."
            | Run _ ->
                "folder in which the vectors of the recordings are kept (default: runs). Vectors are computed only for new recordings."
            | Device _ -> "device of the model: auto (default), cpu, cuda or cuda:N."
