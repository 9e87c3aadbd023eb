/// The hashes of the corpora that were prepared in a workspace. They determine the folders of trials on machines that
/// should not read the corpora, such as a cluster's login node.
module internal Sed.Runner.PreparedCorpora

open System.IO
open Sed
open Sed.Core.Runtime

let private file out =
    Path.Combine(out, "corpora", "prepared.tsv")

let private key (specification: Specification) =
    let clips = specification.Clips
    $"{specification.Corpus.Description} {clips.Training} {clips.Testing} {clips.Evaluation}".ReplaceLineEndings " "

/// The hash of a trial's corpus at its last preparation; None if it was never prepared.
let private hashOf out (specification: Specification) : string option =
    let wanted = key specification
    try
        File.ReadAllLines(file out)
        |> Seq.map (fun line -> line.Split '\t')
        |> Seq.tryFind (fun cells -> cells[0] = wanted && cells.Length = 2)
        |> Option.map (fun cells -> cells[1])
    with
    | :? FileNotFoundException
    | :? DirectoryNotFoundException -> None

/// The folder of a trial; None if its corpus was never prepared.
let trialFolder out (specification: Specification) : string option =
    hashOf out specification
    |> Option.map (fun hash -> Path.Combine(out, "trials", Specification.hash hash specification))

/// Prepares the corpora and features of all trials, and stores the hashes of the corpora.
let prepare (workspace: Workspace) (trials: Trial list) =
    for trial in trials do
        if trial.Specification.Members.IsEmpty then
            workspace.Source trial.Specification |> ignore
    let lines =
        [
            for trial in trials -> $"{key trial.Specification}\t{(workspace.Whole trial.Specification).Hash}\n"
        ]
        |> List.distinct
    AtomicFile.Write(file workspace.Folder, String.concat "" lines)
