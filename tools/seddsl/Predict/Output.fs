/// What was heard, as lists and as JSON, written while recordings are listened to.
module Sed.Tool.Predict.Output

open System
open System.Globalization
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open Sed.Core.Annotations
open Sed.Core.Models

/// Takes recording after recording, then the names and reasons of those that were left out.
type Output =
    abstract Heard: name: string * recording: Recording -> unit
    abstract LeftOut: name: string * reason: string -> unit
    /// Closes what is written; also where not all recordings were heard.
    abstract Finish: unit -> unit

let private number (seconds: float) =
    seconds.ToString("R", CultureInfo.InvariantCulture)

let eventRow (name: string) (sound: SoundEvent) =
    $"{name}\t{number sound.Onset}\t{number sound.Offset}\t{sound.Label}"

/// A list with a header, a recording without rows as its name alone; as DCASE and DESED have them.
let private list (to_: TextWriter) (header: string) (rows: string -> Recording -> string list) =
    to_.WriteLine header
    {
        new Output with
            member _.Heard(name, recording) =
                match rows name recording with
                | [] -> to_.WriteLine name
                | rows ->
                    for row in rows do
                        to_.WriteLine row
                to_.Flush()
            member _.LeftOut(_, _) = ()
            member _.Finish() = to_.Flush()
    }

let events to_ =
    list to_ "filename\tonset\toffset\tevent_label" (fun name recording -> [
        for sound in recording.Events -> eventRow name sound
    ])

let tags to_ =
    list to_ "filename\tstart\tend\tevent_label" (fun name recording -> [
        for label in recording.Tags -> $"{name}\t0\t{number recording.Seconds}\t{label}"
    ])

let private writeEvent (json: Utf8JsonWriter) (sound: SoundEvent) =
    json.WriteStartObject()
    json.WriteNumber("onset", sound.Onset)
    json.WriteNumber("offset", sound.Offset)
    json.WriteString("label", sound.Label)
    json.WriteEndObject()

let private jsonOptions indented =
    JsonWriterOptions(Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

/// An event in one line.
let jsonLine (sound: SoundEvent) =
    use bytes = new MemoryStream()
    (use json = new Utf8JsonWriter(bytes, jsonOptions false)
     writeEvent json sound)
    Text.Encoding.UTF8.GetString(bytes.ToArray())

/// One document: the model, every recording with its events, tags and probabilities, and what was left out.
let json (to_: TextWriter) (model: SedModel) =
    let bytes = new MemoryStream()
    let json = new Utf8JsonWriter(bytes, jsonOptions true)
    let leftOut = ResizeArray<struct (string * string)>()
    let pass () =
        json.Flush()
        to_.Write(Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, int bytes.Length))
        to_.Flush()
        bytes.SetLength 0L
    json.WriteStartObject()
    json.WriteString("model", model.Saved.Name)
    json.WriteNumber("hop", model.HopSeconds)
    json.WriteStartArray "files"
    {
        new Output with
            member _.Heard(name, recording) =
                json.WriteStartObject()
                json.WriteString("file", name)
                json.WriteNumber("seconds", recording.Seconds)
                json.WriteStartArray "events"
                for sound in recording.Events do
                    writeEvent json sound
                json.WriteEndArray()
                json.WriteStartArray "tags"
                for label in recording.Tags do
                    json.WriteStringValue label
                json.WriteEndArray()
                json.WriteStartObject "probabilities"
                for label, probability in Seq.zip model.Classes recording.TagProbabilities do
                    json.WriteNumber(label, probability)
                json.WriteEndObject()
                json.WriteEndObject()
                pass ()
            member _.LeftOut(name, reason) = leftOut.Add(struct (name, reason))
            member _.Finish() =
                json.WriteEndArray()
                json.WriteStartArray "leftOut"
                for struct (name, reason) in leftOut do
                    json.WriteStartObject()
                    json.WriteString("file", name)
                    json.WriteString("reason", reason)
                    json.WriteEndObject()
                json.WriteEndArray()
                json.WriteEndObject()
                pass ()
                to_.WriteLine()
                to_.Flush()
                json.Dispose()
    }
