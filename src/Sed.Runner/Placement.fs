namespace Sed.Runner

open System
open System.Diagnostics
open System.Globalization

/// A GPU, by its number, with the memory that is free on it.
type internal Gpu = { Number: int; FreeMiB: float }

/// Which trials are trained where, when there are GPUs.
module internal Placement =
    // What libtorch and CUDA's libraries take of a GPU before there is a tensor.
    let private contextMiB = 700.0

    // Values that training keeps of a value that a network's layers make: itself, its gradient, and what the layer needs.
    let private keptOfValue = 6.0

    let private bytesOfFloat = 4.0
    let private bytesOfMiB = 1048576.0

    /// What a training takes of a GPU at most, in MiB: its features, which stay there, its weights with their optimizer's
    /// state, and the values of a batch.
    let trialMiB clips frames bands (parameters: int64) (valuesPerClip: int64) batch =
        let values =
            float clips * float frames * float bands
            + 4.0 * float parameters
            + keptOfValue * float batch * float valuesPerClip
        contextMiB + values * bytesOfFloat / bytesOfMiB

    /// The devices of so many trials at once, at most: each on the GPU that has most left for it. At least one trial has a
    /// place, on the GPU that has most, even where it may be too small: training itself finds out.
    let devices (gpus: Gpu list) (trialMiB: float) (most: int) : string list =
        let rec place (free: Map<int, float>) placed =
            let number, left =
                free |> Map.toList |> List.maxBy (fun (number, left) -> left, -number)
            if List.length placed >= most || left < trialMiB && not placed.IsEmpty then
                List.rev placed
            else
                place (Map.add number (left - trialMiB) free) ($"cuda:{number}" :: placed)
        match gpus with
        | [] -> []
        | _ -> place (Map [ for gpu in gpus -> gpu.Number, gpu.FreeMiB ]) []

    /// What nvidia-smi says of each GPU, a line of number and free MiB each; lines of anything else are passed over.
    let internal parse (text: string) : Gpu list = [
        for line in text.Split '\n' do
            match line.Split ',' |> Array.map _.Trim() with
            | [| number; free |] ->
                match
                    Int32.TryParse number, Double.TryParse(free, NumberStyles.Float, CultureInfo.InvariantCulture)
                with
                | (true, number), (true, free) -> { Number = number; FreeMiB = free }
                | _ -> ()
            | _ -> ()
    ]

    /// The GPUs of this machine that libtorch may use; none where there is no nvidia-smi.
    let gpus (count: int) : Gpu list =
        try
            let info =
                ProcessStartInfo(
                    "nvidia-smi",
                    [ "--query-gpu=index,memory.free"; "--format=csv,noheader,nounits" ],
                    RedirectStandardOutput = true
                )
            use asked = nonNull (Process.Start info)
            let said = asked.StandardOutput.ReadToEnd()
            asked.WaitForExit()
            // Where CUDA_VISIBLE_DEVICES leaves some out, its numbers are others.
            let visible =
                Environment.GetEnvironmentVariable "CUDA_VISIBLE_DEVICES" |> Option.ofObj
            match visible with
            | None -> parse said |> List.truncate count
            | Some text ->
                let named =
                    text.Split(',', StringSplitOptions.RemoveEmptyEntries) |> Array.map _.Trim()
                let known = parse said
                [
                    for place in 0 .. min count named.Length - 1 do
                        match List.tryFind (fun gpu -> string gpu.Number = named[place]) known with
                        | Some gpu -> { gpu with Number = place }
                        | None -> ()
                ]
        with :? ComponentModel.Win32Exception -> []
