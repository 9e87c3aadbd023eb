/// Detections as tab-separated lists or JSON, written recording by recording.
module Sed.Tool.Predict.Output

open System
open System.Globalization
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open Sed.Core.Annotations
open Sed.Core.Models

/// Writes the detections of one recording after another.
type Output =
    abstract Write: name: string * prediction: Prediction -> unit
    /// Records that a recording could not be read.
    abstract Skip: name: string * reason: string -> unit
    /// Completes the output. Also called after an interruption.
    abstract Finish: unit -> unit

let private number (seconds: float) =
    seconds.ToString("R", CultureInfo.InvariantCulture)

/// "name onset offset label", tab-separated, times in seconds.
let eventRow (name: string) (event: SoundEvent) =
    $"{name}\t{number event.Onset}\t{number event.Offset}\t{event.Label}"

/// A list with a header, in the format of DCASE and DESED. A recording without rows is listed by its name alone.
let private list (target: TextWriter) (header: string) (rows: string -> Prediction -> string list) =
    target.WriteLine header
    {
        new Output with
            member _.Write(name, prediction) =
                match rows name prediction with
                | [] -> target.WriteLine name
                | rows ->
                    for row in rows do
                        target.WriteLine row
                target.Flush()
            member _.Skip(_, _) = ()
            member _.Finish() = target.Flush()
    }

let events target =
    list target "filename\tonset\toffset\tevent_label" (fun name prediction -> [
        for event in prediction.Events -> eventRow name event
    ])

let tags target =
    list target "filename\tstart\tend\tevent_label" (fun name prediction -> [
        for label in prediction.Tags -> $"{name}\t0\t{number prediction.Seconds}\t{label}"
    ])

let private writeEvent (json: Utf8JsonWriter) (event: SoundEvent) =
    json.WriteStartObject()
    json.WriteNumber("onset", event.Onset)
    json.WriteNumber("offset", event.Offset)
    json.WriteString("label", event.Label)
    json.WriteEndObject()

let private jsonOptions indented =
    JsonWriterOptions(Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

/// An event as JSON on one line.
let jsonLine (event: SoundEvent) =
    use bytes = new MemoryStream()
    (use json = new Utf8JsonWriter(bytes, jsonOptions false)
     writeEvent json event)
    Text.Encoding.UTF8.GetString(bytes.ToArray())

/// One JSON document: the model, each recording's events, tags and tag probabilities, and the skipped recordings.
let json (target: TextWriter) (model: SedModel) =
    let bytes = new MemoryStream()
    let json = new Utf8JsonWriter(bytes, jsonOptions true)
    let skipped = ResizeArray<struct (string * string)>()
    let flush () =
        json.Flush()
        target.Write(Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, int bytes.Length))
        target.Flush()
        bytes.SetLength 0L
    json.WriteStartObject()
    json.WriteString("model", model.Saved.Name)
    json.WriteNumber("hop", model.HopSeconds)
    json.WriteStartArray "files"
    {
        new Output with
            member _.Write(name, prediction) =
                json.WriteStartObject()
                json.WriteString("file", name)
                json.WriteNumber("seconds", prediction.Seconds)
                json.WriteStartArray "events"
                for event in prediction.Events do
                    writeEvent json event
                json.WriteEndArray()
                json.WriteStartArray "tags"
                for label in prediction.Tags do
                    json.WriteStringValue label
                json.WriteEndArray()
                json.WriteStartObject "probabilities"
                for label, probability in Seq.zip model.Classes prediction.TagProbabilities do
                    json.WriteNumber(label, probability)
                json.WriteEndObject()
                json.WriteEndObject()
                flush ()
            member _.Skip(name, reason) = skipped.Add(struct (name, reason))
            member _.Finish() =
                json.WriteEndArray()
                json.WriteStartArray "skipped"
                for struct (name, reason) in skipped do
                    json.WriteStartObject()
                    json.WriteString("file", name)
                    json.WriteString("reason", reason)
                    json.WriteEndObject()
                json.WriteEndArray()
                json.WriteEndObject()
                flush ()
                target.WriteLine()
                target.Flush()
                json.Dispose()
    }
