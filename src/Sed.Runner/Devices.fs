/// The device that an option names.
module internal Sed.Runner.Devices

open TorchSharp

/// auto takes CUDA where libtorch has it.
let choose (name: string) =
    match name.Split ':' with
    | [| "auto" |] -> if torch.cuda.is_available () then torch.CUDA else torch.CPU
    | [| "cuda" |] -> torch.CUDA
    | [| "cuda"; index |] -> torch.device (DeviceType.CUDA, int index)
    | _ -> torch.CPU
