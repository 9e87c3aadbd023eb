namespace Sed.Tool.Predict

open Argu

type PredictArguments =
    | [<MainCommand; Mandatory>] Model_And_Recordings of path: string list
    | [<Unique>] Out of file: string
    | [<Unique; CustomCommandLine "--tags">] TagsOnly
    | [<Unique>] Json
    | [<Unique>] Scores of folder: string
    | [<Unique>] Without_Prefix of text: string
    | [<Unique>] Threshold of probability: float
    | [<Unique>] Median of seconds: float
    | [<Unique>] Device of name: string
    | [<Unique>] Stream
    | [<Unique>] Rate of hertz: int

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Model_And_Recordings _ ->
                "the model file, then recordings of any length, format and rate, or folders of them"
            | Out _ -> "writes to this file instead of standard output"
            | TagsOnly -> "a list of tags (file, start, end, label) instead of events (file, onset, offset, label)"
            | Json -> "JSON with events, tags and their probabilities; with --stream an object in each line"
            | Scores _ ->
                "also writes every recording's frame probabilities there, one list each, as sed_scores_eval has them"
            | Without_Prefix _ ->
                "names recordings without it where their names begin so: Y for DCASE 2017's, whose lists have none"
            | Threshold _ -> "the decision threshold, between 0 and 1, instead of the model's"
            | Median _ -> "length of the median filter in seconds, 0 for none, instead of the model's"
            | Device _ -> "auto (default), cpu, cuda or cuda:1"
            | Stream ->
                "listens to standard input, raw 16-bit little-endian mono PCM, and prints events when they have ended"
            | Rate _ -> "samples per second of standard input; 44100 by default"
