namespace Sed.Tool.Train

open Argu

type TrainArguments =
    | [<MainCommand; ExactlyOnce>] Folder of folder: string
    | [<Unique>] Encoder of file: string
    | [<Unique>] Encoder_Output of name: string
    | [<Unique>] Encoder_Rate of hertz: int
    | [<Unique>] Encoder_Window of seconds: float
    | [<Unique>] Encoder_Hop of milliseconds: float
    | [<Unique>] From of file: string
    | [<Unique>] Out of file: string
    | [<Unique>] Script of file: string
    | [<Unique>] Run of folder: string
    | [<Unique>] Classes of names: string
    | Class of label: string
    | [<Unique>] Group_By of field: string
    | [<Unique>] Epochs of count: int
    | [<Unique>] Seeds of count: int
    | [<Unique>] Jobs of count: int
    | [<Unique>] Device of name: string
    | [<Unique>] No_Audio
    | [<Hidden; Unique>] Worker of threads: int
    | [<Hidden; Unique>] Plan_Key of key: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Folder _ ->
                "the folder with recordings and annotations in any supported layout, for example a.wav with the Audacity labels a.txt. Example: seddsl train recordings --encoder encoder.onnx"
            | Encoder _ ->
                "ONNX file of a pretrained encoder. Without it, a convolutional recurrent network is trained from scratch."
            | Encoder_Output _ -> "name of the encoder output that contains the vectors (default: its only output)."
            | Encoder_Rate _ ->
                "the encoder's sampling rate in Hz (default: the metadata entry sample_rate of the ONNX file)."
            | Encoder_Window _ ->
                "length in seconds of the windows into which longer recordings are divided (default: the fixed length of the encoder's input, or 10; required for an encoder that outputs one vector for an input of any length)."
            | Encoder_Hop _ ->
                "time in ms between two vectors of the encoder (default: the measured time; for an encoder that outputs one vector per window, the length of the window)."
            | From _ ->
                "start from the networks of this model file, for example after more recordings were labelled. The folder must contain test recordings; the report compares the scores of all rounds on them."
            | Out _ -> "the model file to write (default: detector.sed)."
            | Script _ -> "write the equivalent F# script to this file."
            | Run _ ->
                "folder for features, training runs and the report (default: runs). A repeated call resumes an interrupted run."
            | Classes _ -> "the classes to detect, separated by commas (default: all labels)."
            | Class _ -> "a class to detect, in place of --classes if a label contains a comma; may be repeated."
            | Group_By _ ->
                "what identifies the recorder, place or day of a recording: the number of a field of the file names, counted from 0, or the name of a column of the lists. Recordings with the same value form a group, and are held out together. With the value 'none', every recording is its own group. Default: detected from the file names."
            | Epochs _ -> "number of epochs (default: depends on the number of recordings)."
            | Seeds _ -> "number of networks whose probabilities are averaged (default: 3)."
            | Jobs _ -> "number of networks trained at the same time (default: as cores and memory allow)."
            | Device _ -> "device: auto (default), cpu, cuda or cuda:N."
            | No_Audio -> "leave the recordings out of the report."
            | Worker _
            | Plan_Key _ -> "for the processes that this command starts."
