/// What a report's clips sound like, small enough to lie in its page.
module internal Sed.Runner.ClipSounds

open System
open System.IO
open Sed.Core.Audio

/// Of all sounds of a page together, as it holds them: bytes in base 64.
let mostBytes = 3_000_000

/// Without ffmpeg sound is kept as 16 bits at this rate (Hz).
let private plainRate = 16_000

type private Encoded = {
    Media: string
    Bytes: byte[]
    /// How it is encoded, in words.
    How: string
}

let private encode (samples: float32[]) rate =
    match OpusEncoder.TryEncode(ReadOnlySpan samples, rate) with
    | null -> {
        Media = "audio/wav"
        Bytes = WavWriter.ToBytes(ReadOnlySpan(Resampler.Resample(ReadOnlySpan samples, rate, plainRate)), plainRate)
        How = "WAV, 16 kHz, since there is no ffmpeg here that encodes Opus"
      }
    | bytes -> {
        Media = OpusEncoder.MediaType
        Bytes = bytes
        How = "Opus, 32 kbit/s"
      }

/// The first seconds of a file as the network is given them, mono; or why it cannot be heard.
let private read (file: string) (seconds: float) =
    try
        let sound = AudioFile.Read file
        let length = int (Math.Ceiling(seconds * float sound.SampleRate))
        Ok(encode (Array.truncate length sound.Samples) sound.SampleRate)
    with
    | :? IOException
    | :? UnauthorizedAccessException as unreadable -> Error unreadable.Message

/// The sounds of files, each as long as its figure (s), in the order of their worth: once the page is full, the others are left
/// out.
let embed (clips: (string * float) list) : Sound list =
    ((0, []), clips)
    ||> List.fold (fun (used, sounds) (file, seconds) ->
        match read file seconds with
        | Error why -> used, Sound.Missing $"Its sound cannot be read. {why}" :: sounds
        | Ok encoded ->
            let text = Convert.ToBase64String encoded.Bytes
            if used + text.Length > mostBytes then
                used,
                Sound.Missing
                    $"Its sound is left out: the page would hold more than {mostBytes / 1_000_000} MB of sound."
                :: sounds
            else
                used + text.Length, Sound.Embedded($"data:{encoded.Media};base64,{text}", encoded.How) :: sounds)
    |> snd
    |> List.rev

/// What whoever passes the page on should know; None where it holds no sound.
let inWords (sounds: Sound list) =
    let embedded =
        sounds
        |> List.choose (fun sound ->
            match sound with
            | Sound.Embedded(uri, how) -> Some(uri, how)
            | Sound.Missing _ -> None)
    match embedded with
    | [] -> None
    | some ->
        let bytes = some |> List.sumBy (fun (uri, _) -> uri.Length)
        let how = some |> List.map snd |> List.distinct |> String.concat "; "
        Some
            $"The sound of these clips is part of this page ({how}; {max 1 (bytes / 1000)} kB). Whoever gets the page gets these recordings: mind their licences, or leave the sound out with --no-audio."
