/// Which corpora were made ready in a workspace, so that trials' folders are known where corpora are not to be read.
module internal Sed.Runner.Prepared

open System.IO
open Sed

let private file out =
    Path.Combine(out, "corpora", "prepared.tsv")

let private key (specification: Specification) =
    $"%A{specification.Corpus} %A{specification.Clips}".ReplaceLineEndings " "

/// The hash of a trial's corpus, when it was last made ready; None where it never was.
let private hashOf out (specification: Specification) : string option =
    try
        File.ReadAllLines(file out)
        |> Seq.map (fun line -> line.Split '\t')
        |> Seq.tryFind (fun cells -> cells[0] = key specification && cells.Length = 2)
        |> Option.map (fun cells -> cells[1])
    with
    | :? FileNotFoundException
    | :? DirectoryNotFoundException -> None

/// The folder of a trial, if its corpus was made ready.
let trialFolder out (specification: Specification) : string option =
    hashOf out specification
    |> Option.map (fun hash -> Path.Combine(out, "trials", Specification.hash hash specification))

/// Makes ready what trials share, and notes it.
let make (workspace: Workspace) (trials: Trial list) =
    for trial in trials do
        if trial.Specification.Members.IsEmpty then
            workspace.Source trial.Specification |> ignore
    [
        for trial in trials -> $"{key trial.Specification}\t{(workspace.Whole trial.Specification).Hash}\n"
    ]
    |> List.distinct
    |> String.concat ""
    |> AtomicFile.write (file workspace.Folder)
