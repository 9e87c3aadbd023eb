/// Embeds the audio of a report's clips in the page.
module internal Sed.Runner.ClipSounds

open System
open System.IO
open Sed.Core.Audio

/// The maximum total size of the audio in a page, in bytes of base-64 text.
let mostBytes = 3_000_000

/// The sample rate (Hz) of 16-bit WAV, which is used if ffmpeg cannot encode Opus.
let private wavRate = 16_000

type private Encoded = {
    Media: string
    Bytes: byte[]
    /// A description of the encoding.
    Encoding: string
}

let private encode (samples: float32[]) rate =
    match OpusEncoder.TryEncode(ReadOnlySpan samples, rate) with
    | null -> {
        Media = "audio/wav"
        Bytes = WavWriter.ToBytes(ReadOnlySpan(Resampler.Resample(ReadOnlySpan samples, rate, wavRate)), wavRate)
        Encoding = "WAV, 16 kHz, because no ffmpeg with Opus is installed"
      }
    | bytes -> {
        Media = OpusEncoder.MediaType
        Bytes = bytes
        Encoding = "Opus, 32 kbit/s"
      }

/// Reads and encodes the beginning of a file, mixed to mono. Returns an error message if the file cannot be read.
let private read (file: string) (seconds: float) =
    try
        let sound = AudioFile.Read file
        let length = int (Math.Ceiling(seconds * float sound.SampleRate))
        Ok(encode (Array.truncate length sound.Samples) sound.SampleRate)
    with
    | :? IOException
    | :? UnauthorizedAccessException as unreadable -> Error unreadable.Message

/// Embeds the beginning of each file, for the given duration in seconds. Audio that would exceed the page's limit is
/// left out.
let embed (clips: (string * float) list) : Sound list =
    ((0, []), clips)
    ||> List.fold (fun (used, sounds) (file, seconds) ->
        match read file seconds with
        | Error why -> used, Sound.Missing $"The audio cannot be read. {why}" :: sounds
        | Ok encoded ->
            let text = Convert.ToBase64String encoded.Bytes
            if used + text.Length > mostBytes then
                used,
                Sound.Missing
                    $"The audio is left out because the page would exceed {mostBytes / 1_000_000} MB of audio."
                :: sounds
            else
                used + text.Length,
                Sound.Embedded($"data:{encoded.Media};base64,{text}", encoded.Encoding)
                :: sounds)
    |> snd
    |> List.rev

/// A notice that the page contains audio; None if it contains none.
let notice (sounds: Sound list) =
    let embedded =
        sounds
        |> List.choose (fun sound ->
            match sound with
            | Sound.Embedded(uri, encoding) -> Some(uri, encoding)
            | Sound.Missing _ -> None)
    match embedded with
    | [] -> None
    | some ->
        let bytes = some |> List.sumBy (fun (uri, _) -> uri.Length)
        let encodings = some |> List.map snd |> List.distinct |> String.concat "; "
        Some
            $"This page contains the audio of these clips ({encodings}; {max 1 (bytes / 1000)} kB). Check the licences of the recordings before you share it, or leave the audio out with --no-audio."
