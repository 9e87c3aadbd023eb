/// The stored hash of the clips of each training run that was prepared in a workspace. With these hashes, machines that
/// should not read the corpora, such as a cluster's login node, can find the folders of trials.
module internal Sed.Runner.PreparedCorpora

open System.IO
open Sed
open Sed.Core.Runtime

let private file out =
    Path.Combine(out, "corpora", "prepared.tsv")

/// The `Specification.identityKey` of each prepared training run, with the hash of its clips.
let private stored out : (string * string) list =
    try
        [
            for line in File.ReadAllLines(file out) do
                match line.Split '\t' with
                | [| key; hash |] -> key, hash
                | _ -> ()
        ]
    with
    | :? FileNotFoundException
    | :? DirectoryNotFoundException -> []

/// The hash of a trial's clips at their last preparation; None if they were never prepared.
let private hashOf out (specification: Specification) : string option =
    stored out
    |> List.tryFind (fst >> (=) (Specification.identityKey specification))
    |> Option.map snd

/// The folder of a trial; None if its corpus was never prepared.
let trialFolder out (specification: Specification) : string option =
    hashOf out specification
    |> Option.map (fun hash -> Path.Combine(out, "trials", Specification.hash hash specification))

/// Prepares the corpora and features of all trials, and stores the hashes of their clips. The hashes of other scripts in
/// the same run folder are kept.
let prepare (workspace: Workspace) (trials: Trial list) =
    for trial in trials do
        if trial.Specification.Members.IsEmpty then
            workspace.Source trial.Specification |> ignore
    let prepared =
        [
            for trial in trials -> Specification.identityKey trial.Specification, workspace.Content trial.Specification
        ]
        |> List.distinct
    let others =
        stored workspace.Folder
        |> List.filter (fun (key, _) -> not (List.exists (fst >> (=) key) prepared))
    AtomicFile.Write(
        file workspace.Folder,
        String.concat "" [ for key, hash in others @ prepared -> $"{key}\t{hash}\n" ]
    )
