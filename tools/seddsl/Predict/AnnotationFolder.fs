/// Detections as one annotation file for each recording.
module internal Sed.Tool.Predict.AnnotationFolder

open System.Collections.Generic
open System.IO
open System.Text
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Audio
open Sed.Core.Runtime
open Sed.Tool
open Sed.Tool.Predict.Output

/// Converts a name to a path that stays inside a folder: removes the root and the segments "." and "..".
let private inside (name: string) =
    name.Substring((string (Path.GetPathRoot name)).Length).Split '/'
    |> Array.filter (fun segment -> segment <> "" && segment <> "." && segment <> "..")
    |> String.concat "/"

/// The path of each recording's annotation file, which is always inside the folder. The path consists of the
/// recording's name without a root and without the segments "." and "..", and the format's suffix instead of the audio
/// extension. If the names of several recordings differ only in the extension, the extension is kept before the suffix.
let private paths (format: IAnnotationFormat) (folder: string) (names: string list) =
    let stem (name: string) =
        if AudioFile.HasAudioExtension name then
            string (Path.ChangeExtension(name, null))
        else
            name
    let repeated =
        names
        |> List.map inside
        |> List.distinct
        |> List.countBy stem
        |> List.filter (fun (_, count) -> count > 1)
        |> List.map fst
        |> Set
    readOnlyDict [
        for name in names ->
            let whole = inside name
            let own = if repeated.Contains(stem whole) then whole else stem whole
            name, Path.Combine(folder, own + format.FileSuffix)
    ]

/// The annotation files to write, by the names of the recordings; None if the output is not a folder. The output is a
/// folder in three cases: it exists as a folder, its path ends with a separator, or the format does not store the names
/// of recordings and there are several recordings. Messages name `option` as the option that sets the folder.
let files (option: string) (format: IAnnotationFormat) (out: string option) (recordings: Recordings.Recording list) =
    let isEach = not format.NamesRecordings && recordings.Length > 1
    match out with
    | None when isEach ->
        raise (
            BadArguments [
                $"--format {format.Name} writes one file for each recording; name a folder with {option}, for example {option} labels/"
            ]
        )
    | Some out when isEach || Directory.Exists out || Path.EndsInDirectorySeparator out ->
        let paths =
            paths format (OutputPath.folder option out) [ for recording in recordings -> recording.Name ]
        let problems = [
            for path, count in [ for recording in recordings -> paths[recording.Name] ] |> List.countBy id do
                if count > 1 then
                    $"{option}: the annotations of {count} recordings would be written to {path}; process their folders one at a time"
            for recording in recordings do
                let path = paths[recording.Name]
                let isBeside =
                    Path.GetDirectoryName(Path.GetFullPath path) =
                        Path.GetDirectoryName(Path.GetFullPath recording.Path)
                if isBeside && File.Exists path then
                    $"{option}: {path} exists beside its recording and may contain annotations; name a different folder"
        ]
        if not problems.IsEmpty then
            raise (BadArguments problems)
        Some paths
    | _ -> None

/// An output that writes the events of each recording to the annotation file of the recording.
let write (format: IAnnotationFormat) (paths: IReadOnlyDictionary<string, string>) = {
    new Output with
        member _.Write(name, prediction) =
            let bytes = Encoding.UTF8.GetByteCount(string (Path.GetFileName paths[name]))
            if bytes > AtomicFile.MaxNameBytes then
                let problem =
                    $"{name}: the name of its annotation file has {bytes} bytes, but file names have at most {AtomicFile.MaxNameBytes}; shorten the recording's name"
                raise (AnnotationException([ Problem.Of problem ], 1))
            use text = new StringWriter(NewLine = "\n")
            let writer = format.Write text
            writer.Add(name, prediction.Events)
            writer.Finish()
            Directory.CreateDirectory(string (Path.GetDirectoryName paths[name])) |> ignore
            AtomicFile.Write(paths[name], text.ToString())
        member _.Skip(_, _) = ()
        member _.Finish() = ()
}
