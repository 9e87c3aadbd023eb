/// The design of a detector as an F# script.
module Sed.Tool.Train.Script

open System
open System.Globalization
open Sed
open Sed.Core.Corpora

/// The first words of every script, by which scripts of this command are recognised.
let start = "// Trains the same detector as: "

/// A string literal of F#.
let private quoted (text: string) =
    let escaped =
        text
        |> String.collect (fun letter ->
            match letter with
            | '"' -> "\\\""
            | '\\' -> "\\\\"
            | letter when Char.IsControl letter -> $"\\u{int letter:X4}"
            | letter -> string letter)
    $"\"{escaped}\""

/// A literal of type float.
let private number (value: float) =
    let text = value.ToString("R", CultureInfo.InvariantCulture)
    if text.Contains '.' || text.Contains 'E' then
        text
    else
        text + ".0"

let private letter (value: char) =
    match value with
    | '\'' -> "'\\''"
    | '\\' -> "'\\\\'"
    | other -> $"'{other}'"

/// A block with a line for each keyword; `empty` if there are no keywords.
let private block (indent: string) (head: string) (empty: string) (keywords: string list) =
    match keywords with
    | [] -> [ $"{indent}{empty}" ]
    | some -> [
        $"{indent}{head} {{"
        for keyword in some do
            $"{indent}    {keyword}"
        $"{indent}}}"
      ]

let private recordings (design: Design) =
    block "    " $"corpusWith {quoted design.Folder}" $"corpus {quoted design.Folder}" [
        match design.Clip with
        | Some seconds -> $"clip {number seconds}<s>"
        | None -> ()
        match design.Group with
        | Some(:? NameField as field) -> $"groupBy (field {letter field.Separator} {field.Index})"
        | Some(:? GroupColumn as column) -> $"groupBy (column {quoted column.Name})"
        | _ -> ()
        match design.Classes with
        | Some names ->
            let list = names |> List.map quoted |> String.concat "; "
            $"classes [ {list} ]"
        | None -> ()
    ]

let private features (design: Design) =
    match design.Encoder with
    | Some choice ->
        block "    " $"encoder {quoted choice.File}" $"encoder {quoted choice.File} {{ standardise PerBand }}" [
            match choice.Output with
            | Some name -> $"output {quoted name}"
            | None -> ()
            match choice.Rate with
            | Some rate -> $"rate {number (float rate)}<Hz>"
            | None -> ()
            match choice.Window with
            | Some seconds -> $"window {number seconds}<s>"
            | None -> ()
            match choice.Hop with
            | Some milliseconds -> $"hop {number milliseconds}<ms>"
            | None -> ()
        ]
    | None -> block "    " "logMel" "" [ "window 80.0<ms>"; "hop 40.0<ms>"; "bands 64" ]

let private network (design: Design) =
    let start = [
        match design.From with
        | Some file -> $"startFrom {quoted file}"
        | None -> ()
    ]
    match design.Encoder with
    | Some _ ->
        block "    " "layers \"GRU\"" "" [
            "biGru 32 Merge.Concatenate"
            "denseRelu 64"
            "weak LinearSoftmax"
            "dropout 0.3"
            yield! start
        ]
    | None ->
        block "    " "crnn" "" [
            "convolutions [ 24, 4; 24, 4; 24, 4 ]"
            "recurrent [ 32 ]"
            "dense [ 32 ]"
            "weak LinearSoftmax"
            yield! start
        ]

let private training (design: Design) =
    block "    " "training" "" [
        "optimizer (adam 1e-3)"
        "schedule (Cosine 2)"
        $"batch {Design.batch}"
        $"epochs {design.Epochs}"
        match design.Labels with
        | StrongLabels -> "labels Strong"
        | WeakLabels ->
            "labels WeakOnly"
            "weights 0.02 1.0"
        | BothLabels ->
            $"labels (Mixed [ annotated Strong {number design.StrongShare}; annotated WeakOnly {number (1.0 - design.StrongShare)} ])"
        (if design.SelectsByEvents then
             "monitor StrongF"
         else
             "monitor WeakF")
        match design.Protocol with
        | CrossValidation _ -> "keepLast true"
        | TestSplit _
        | ValidationSplit -> $"patience {max 10 (design.Epochs / 3)}"
    ]

let private splits (design: Design) =
    match design.Protocol with
    | CrossValidation folds -> [
        $"folds {folds}"
        "retrain true"
        "selectOn Validation"
        "scoreOn Validation"
      ]
    | TestSplit(test, hasValidation) -> [
        if not hasValidation then
            $"validation {number Design.share}"
        "selectOn Validation"
        $"scoreOn {test}"
      ]
    | ValidationSplit -> [ "selectOn Validation"; "scoreOn Validation" ]

/// The script. `command`: the command line with the same effect; `runs` and `out`: the run folder and the model file.
let text (command: string) (runs: string) (out: string) (design: Design) : string =
    let value name lines = $"let {name} =" :: lines @ [ "" ]
    let arguments =
        Sed.Runner.Caller.commandLine [ "--out"; runs; "--export-model"; out ]
    [
        start + command
        $"// Save this script in the folder experiments of SedDsl, and run it in the folder where the command above was run:"
        $"// dotnet fsi SCRIPT {arguments}"
        "#load \"sed.fsx\""
        "open Sed"
        "open Sed.Core.Networks.Layers"
        ""
        yield! value "recordings" (recordings design)
        yield! value "frames" (features design)
        yield! value "detectorNetwork" (network design)
        yield! value "detectorTraining" (training design)
        "let detector ="
        $"    experiment {quoted design.Name} {{"
        $"        title {quoted Design.caption}"
        "        data recordings"
        "        features frames"
        "        network detectorNetwork"
        "        train detectorTraining"
        "        detect (detection { tune ThresholdPerClass })"
        for line in splits design do
            $"        {line}"
        $"        addRow {quoted (Design.row design)} []"
        $"        seeds [ 1..{design.Seeds} ]"
        (if design.ScoresEvents then
             "        report [ StrongF; StrongER; WeakF ]"
         else
             "        report [ WeakF ]")
        "        figures [ ClassF1 ]"
        "    }"
        ""
        "run [ detector ]"
    ]
    |> List.map (fun line -> line + "\n")
    |> String.concat ""
