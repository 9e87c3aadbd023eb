namespace Sed.Runner

open System
open System.Diagnostics
open System.Globalization
open Sed

/// A GPU: its index and its free memory.
type internal Gpu = { Index: int; FreeMiB: float }

/// Assigns devices and processors to concurrent trials.
module internal DeviceAssignment =
    // Memory that libtorch and the CUDA libraries allocate on a GPU before the first tensor.
    let private contextMiB = 700.0

    // Number of values in memory for each activation: the activation, its gradient, and the intermediate values that
    // its layer keeps for backpropagation.
    let private valuesPerActivation = 6.0

    let private bytesOfFloat = 4.0
    let private bytesOfMiB = 1048576.0

    // Main memory of one training run on the CPU, including the features.
    let private bytesOfTrial = 2.0 * 1024.0 ** 3.0

    /// Upper bound of the GPU memory of one training run, in MiB: the features of all clips, the weights with their
    /// optimizer state, and the activations of one batch.
    let trialMiB clips frames bands (parameters: int64) (activationsPerClip: int64) batch =
        let values =
            float clips * float frames * float bands
            + 4.0 * float parameters
            + valuesPerActivation * float batch * float activationsPerClip
        contextMiB + values * bytesOfFloat / bytesOfMiB

    /// Returns the device of each concurrent trial, for at most `most` trials. Each trial is assigned to the GPU with
    /// the most free memory. The first trial is assigned even if no GPU seems large enough, because `trialMiB` is an
    /// upper bound.
    let devices (gpus: Gpu list) (trialMiB: float) (most: int) : string list =
        let rec assign (free: Map<int, float>) assigned =
            let index, left =
                free |> Map.toList |> List.maxBy (fun (index, left) -> left, -index)
            if List.length assigned >= most || left < trialMiB && not assigned.IsEmpty then
                List.rev assigned
            else
                assign (Map.add index (left - trialMiB) free) ($"cuda:{index}" :: assigned)
        match gpus with
        | [] -> []
        | _ -> assign (Map [ for gpu in gpus -> gpu.Index, gpu.FreeMiB ]) []

    /// Parses nvidia-smi's output, one line of "index, free MiB" for each GPU. Other lines are ignored.
    let internal parse (text: string) : Gpu list = [
        for line in text.Split '\n' do
            match line.Split ',' |> Array.map _.Trim() with
            | [| index; free |] ->
                match Int32.TryParse index, Double.TryParse(free, NumberStyles.Float, CultureInfo.InvariantCulture) with
                | (true, index), (true, free) -> { Index = index; FreeMiB = free }
                | _ -> ()
            | _ -> ()
    ]

    /// The GPUs of this machine that libtorch may use, with libtorch's indices. Empty without nvidia-smi.
    let gpus (count: int) : Gpu list =
        try
            let info =
                ProcessStartInfo(
                    "nvidia-smi",
                    [ "--query-gpu=index,memory.free"; "--format=csv,noheader,nounits" ],
                    RedirectStandardOutput = true
                )
            use nvidiaSmi = nonNull (Process.Start info)
            let output = nvidiaSmi.StandardOutput.ReadToEnd()
            nvidiaSmi.WaitForExit()
            // CUDA_VISIBLE_DEVICES renumbers the GPUs for libtorch but not for nvidia-smi.
            match Environment.GetEnvironmentVariable "CUDA_VISIBLE_DEVICES" |> Option.ofObj with
            | None -> parse output |> List.truncate count
            | Some text ->
                let visible =
                    text.Split(',', StringSplitOptions.RemoveEmptyEntries) |> Array.map _.Trim()
                let known = parse output
                [
                    for index in 0 .. min count visible.Length - 1 do
                        match List.tryFind (fun gpu -> string gpu.Index = visible[index]) known with
                        | Some gpu -> { gpu with Index = index }
                        | None -> ()
                ]
        with :? ComponentModel.Win32Exception -> []

    /// Upper bound of the GPU memory that any of `trials` needs, in MiB.
    let private largestMiB (workspace: Workspace) (trials: Trial list) =
        trials
        |> List.filter _.Specification.Members.IsEmpty
        |> List.map (fun trial ->
            let source = workspace.Source trial.Specification
            let network = TrialNetwork.description workspace trial.Specification
            trialMiB
                source.Manifest.Clips.Count
                source.Store.Frames
                source.Store.Bands
                network.Parameters
                network.ActivationCount
                trial.Specification.Training.Options.BatchSize)
        |> List.fold max 0.0

    /// One device for each trial that is trained concurrently. The first device is the one that this process uses. The
    /// number of devices is at most `--jobs` and at most the number of `waiting` trials. Without `--jobs`, cores and
    /// memory limit the number on the CPU; on GPUs, their free memory always limits it. The number is 1 if this process
    /// cannot start workers.
    let forTrials (canStart: bool) (options: Options) (workspace: Workspace) (waiting: Trial list) : string list =
        let own = string workspace.Device
        let most = options.Jobs |> Option.defaultValue Int32.MaxValue |> min waiting.Length
        if not canStart || most < 2 then
            [ own ]
        elif workspace.Device.``type`` = TorchSharp.DeviceType.CPU then
            let capacity =
                int (float (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / bytesOfTrial)
                |> min Environment.ProcessorCount
            List.replicate (options.Jobs |> Option.defaultValue capacity |> min most |> max 1) own
        else
            let gpus =
                gpus (TorchSharp.torch.cuda.device_count ())
                |> List.filter (fun gpu -> options.Device = "auto" || $"cuda:{gpu.Index}" = own)
            let all = devices gpus (largestMiB workspace waiting) most
            // This process already uses its device.
            match List.tryFindIndex ((=) own) all with
            | Some index -> own :: List.removeAt index all
            | None -> own :: List.truncate (all.Length - 1) all

    /// The number of CPU compute threads for each training run at this moment. The processors are divided among the
    /// trials that are being trained, so that all processors are used even when only a few trials remain. The result is
    /// at least `share`, because some of these trials may be running on other machines.
    let threadsNow (share: int) (processors: int) (folders: string list) =
        let training = folders |> List.filter TrialFolder.isTaken |> List.length
        max share (processors / max 1 training)
