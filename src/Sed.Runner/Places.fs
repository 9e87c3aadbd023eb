/// On which devices trials are trained at once, and on how many processors.
module internal Sed.Runner.Places

open System
open Sed

// What a training may take, features on the device included; more trials at once than this bears would only wait for memory.
let private bytesOfTrial = 2.0 * 1024.0 ** 3.0

/// What the largest of some trials takes of a GPU.
let private mibOnGpu (workspace: Workspace) (trials: Trial list) =
    trials
    |> List.filter _.Specification.Members.IsEmpty
    |> List.map (fun trial ->
        let source = workspace.Source trial.Specification
        let network = TrialNetwork.description workspace trial.Specification
        Placement.trialMiB
            source.Manifest.Clips.Count
            source.Store.Frames
            source.Store.Bands
            network.Parameters
            network.ActivationCount
            trial.Specification.Training.Batch)
    |> List.fold max 0.0

/// The devices of the trials that are trained at once: as many as are asked for, or else as there are cores, memory and work
/// for. The first is this process's own.
let forTrials (options: Options) (workspace: Workspace) (waiting: Trial list) : string list =
    let own = string workspace.Device
    let most = options.Jobs |> Option.defaultValue Int32.MaxValue |> min waiting.Length
    if not Helpers.Possible || most < 2 then
        [ own ]
    elif workspace.Device.``type`` = TorchSharp.DeviceType.CPU then
        let bears =
            int (float (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / bytesOfTrial)
            |> min Environment.ProcessorCount
        List.replicate (options.Jobs |> Option.defaultValue bears |> min most |> max 1) own
    else
        let gpus =
            Placement.gpus (TorchSharp.torch.cuda.device_count ())
            |> List.filter (fun gpu -> options.Device = "auto" || $"cuda:{gpu.Number}" = own)
        let all = Placement.devices gpus (mibOnGpu workspace waiting) most
        // One of them is this process's, which has its device already.
        match List.tryFindIndex ((=) own) all with
        | Some index -> own :: List.removeAt index all
        | None -> own :: List.truncate (all.Length - 1) all

/// Threads for each training now, where several processes are at the trials in these folders: the first while the others
/// start, and the last when nothing else is left, has all of so many processors. None has less than its share: who is at the
/// other trials may be on other machines.
let threadsNow (share: int) (processors: int) (folders: string list) =
    let taken = folders |> List.filter TrialFolder.isTaken |> List.length
    max share (processors / max 1 taken)
