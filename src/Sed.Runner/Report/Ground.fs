/// What a report's numbers stand on: the corpus, the machine, and how to run it again.
module internal Sed.Runner.Ground

open System
open Sed
open Sed.Core.Corpora

/// A column of numbers.
let column text : Heading = { Text = text; Number = true }
/// A column of words.
let named text : Heading = { Text = text; Number = false }

/// A table without notes.
let tableOf title headings rows : TableView = {
    Title = title
    Headings = headings
    Rows = rows
    Notes = []
}

/// Of many left-out clips the first ones say enough.
let private mostLeftOut = 100

let private leftOut (manifest: Manifest) : TableView =
    let told = manifest.LeftOut |> Seq.truncate mostLeftOut |> Seq.toList
    {
        tableOf $"{manifest.LeftOut.Count} clips that are labelled and were left out" [
            named "clip"
            named "split"
            named "why"
        ] [
            for clip in told -> [ clip.Name; string(clip.Split).ToLowerInvariant(); clip.Reason ]
        ] with
            Notes = [
                if manifest.LeftOut.Count > told.Length then
                    $"The first {told.Length}; findings.csv under checks in the folder of the runs names all."
            ]
    }

/// The clips of the corpus, by split and class, and those that could not be used.
let corpus (manifest: Manifest) =
    let splits =
        manifest.Clips |> Seq.map _.Split |> Seq.distinct |> Seq.sort |> Seq.toList
    let counted label split =
        manifest.Clips
        |> Seq.filter (fun clip -> clip.Split = split && Seq.contains label clip.WeakLabels)
        |> Seq.length
    let seconds = FormattableString.Invariant $"{manifest.ClipSeconds}"
    {
        Id = "corpus"
        Heading = "The corpus"
        ByRow = false
        Contents = [
            Content.Text
                $"{manifest.Corpus}: {manifest.Describe()}; clips of {seconds} s at {manifest.SampleRate} Hz. Manifest {manifest.Hash.Substring(0, 16)}."
            Content.Table(
                tableOf "Clips of each class" [
                    named "class"
                    for split in splits do
                        column (string(split).ToLowerInvariant())
                ] [
                    for label in manifest.Classes -> label :: [ for split in splits -> string (counted label split) ]
                ]
            )
            if manifest.LeftOut.Count > 0 then
                Content.Folded(leftOut manifest)
        ]
    }

/// Versions and machine.
let environment (rows: FinishedRow list) = {
    Id = "environment"
    Heading = "Environment"
    ByRow = false
    Contents = [
        let results = [
            for row in rows do
                yield! List.map snd row.Trials
        ]
        Content.Table(
            tableOf "Versions and machine" [ named "what"; named "which" ] [
                for name, value in Surroundings.describe results -> [ name; value ]
            ]
        )
    ]
}

/// The words that start the run again, and every trial spelled out.
let again (plan: Plan) (command: string) = {
    Id = "again"
    Heading = "Run it again"
    ByRow = false
    Contents = [ Content.Verbatim command; Content.Verbatim(Plan.print plan) ]
}
