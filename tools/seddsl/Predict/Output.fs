/// Writers of detections, recording by recording: in an annotation format, as a list of tags, or as JSON.
module Sed.Tool.Predict.Output

open System
open System.Globalization
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Models

/// Writes the detections of one recording after another.
type Output =
    abstract Write: name: string * prediction: Prediction -> unit
    /// Records that a recording could not be processed, or that its detections could not be written.
    abstract Skip: name: string * reason: string -> unit
    /// Completes the output. Also called after an interruption.
    abstract Finish: unit -> unit

let private number (seconds: float) =
    seconds.ToString("R", CultureInfo.InvariantCulture)

/// "name onset offset label", tab-separated, times in seconds.
let eventRow (name: string) (event: SoundEvent) =
    $"{ListNames.Field name}\t{number event.Onset}\t{number event.Offset}\t{ListNames.Field event.Label}"

/// Writes events in an annotation format.
let events (format: IAnnotationFormat) (target: TextWriter) =
    let writer = format.Write target
    {
        new Output with
            member _.Write(name, prediction) = writer.Add(name, prediction.Events)
            member _.Skip(_, _) = ()
            member _.Finish() = writer.Finish()
    }

/// Writes a tab-separated list of tags with a header. A recording without tags is listed by its name alone.
let tags (target: TextWriter) =
    target.WriteLine "filename\tstart\tend\tevent_label"
    {
        new Output with
            member _.Write(name, prediction) =
                ListNames.Require(name, Seq.append [ name ] prediction.Tags)
                if prediction.Tags.Count = 0 then
                    target.WriteLine(ListNames.Field name)
                for label in prediction.Tags do
                    target.WriteLine $"{ListNames.Field name}\t0\t{number prediction.Seconds}\t{ListNames.Field label}"
                target.Flush()
            member _.Skip(_, _) = ()
            member _.Finish() = target.Flush()
    }

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

/// Writes one JSON document: the model, the events, tags and tag probabilities of each recording, and the skipped ones.
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
