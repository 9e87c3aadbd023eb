/// The stored hash of the clips of each training run that was prepared in a workspace. With these hashes, machines that
/// should not read the corpora, such as a cluster's login node, can find the folders of trials. Each training run has a
/// file of its own, so that concurrent preparations do not overwrite each other's hashes.
module internal Sed.Runner.PreparedCorpora

open System.IO
open Sed
open Sed.Core.Runtime

let private file out (specification: Specification) =
    Path.Combine(out, "corpora", "prepared", Specification.identityKey specification)

/// The folder of a trial; None if its corpus was never prepared.
let trialFolder out (specification: Specification) : string option =
    try
        let hash = File.ReadAllText(file out specification)
        Some(Path.Combine(out, "trials", Specification.hash hash specification))
    with
    | :? FileNotFoundException
    | :? DirectoryNotFoundException -> None

/// Prepares the corpora and features of all trials, and stores the hashes of their clips.
let prepare (workspace: Workspace) (trials: Trial list) =
    for trial in trials do
        if trial.Specification.Members.IsEmpty then
            workspace.Source trial.Specification |> ignore
    for trial in trials do
        AtomicFile.WriteIfChanged(file workspace.Folder trial.Specification, workspace.Content trial.Specification)
