/// The device that an option names.
module internal Sed.Runner.Devices

open Sed.Core.Runtime

/// auto takes CUDA where libtorch has it.
let choose (name: string) = Devices.Choose name
