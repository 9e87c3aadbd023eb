/// Assignment of trials to GPUs, which are simulated here, and of processors to trials.
module Sed.Runner.Tests.DeviceAssignmentTests

open System.IO
open Xunit
open Sed.Core.Runtime
open Sed.Runner

let private gpu index free = { Index = index; FreeMiB = free }

[<Fact>]
let ``each trial goes to the GPU with the most free memory, until the GPUs are full`` () =
    let gpus = [ gpu 0 5000.0; gpu 1 8000.0 ]
    let all = [ "cuda:1"; "cuda:1"; "cuda:0"; "cuda:1"; "cuda:0" ]
    Assert.Equal<string list>(all, DeviceAssignment.devices gpus 2500.0 100)
    Assert.Equal<string list>(List.truncate 4 all, DeviceAssignment.devices gpus 2500.0 4)
    Assert.Equal<string list>([ "cuda:1" ], DeviceAssignment.devices gpus 2500.0 1)

[<Fact>]
let ``of equal GPUs the one with the lowest index is used first`` () =
    Assert.Equal<string list>(
        [ "cuda:0"; "cuda:1"; "cuda:2" ],
        DeviceAssignment.devices [ for index in 0..2 -> gpu index 1000.0 ] 600.0 100
    )

[<Fact>]
let ``one trial is assigned even if no GPU is large enough, and none without a GPU`` () =
    Assert.Equal<string list>([ "cuda:1" ], DeviceAssignment.devices [ gpu 0 100.0; gpu 1 200.0 ] 2500.0 8)
    Assert.Empty(DeviceAssignment.devices [] 2500.0 8)

[<Fact>]
let ``nvidia-smi's output is parsed, and GPUs without free memory are ignored`` () =
    Assert.Equal<Gpu list>(
        [ gpu 0 81037.0; gpu 2 500.5 ],
        DeviceAssignment.parse "0, 81037\n1, [N/A]\nNo devices were found\n2, 500.5\n"
    )

[<Fact>]
let ``the memory estimate depends on clips, batch size and network`` () =
    let small = DeviceAssignment.trialMiB 1000 500 40 218_000L 1_500_000L 32
    // 80 kB for each clip, 16 B for each parameter, 6 floats for each activation of a batch, and 700 MiB for libtorch.
    Assert.Equal(700.0 + (1000.0 * 80e3 + 218e3 * 16.0 + 32.0 * 1.5e6 * 24.0) / 1048576.0, small, 6)

[<Fact>]
let ``concurrent trials share the processors, and a single trial uses all of them`` () =
    let root = Directory.CreateTempSubdirectory("sed-share-").FullName
    try
        let folders = [ for number in 1..4 -> Path.Combine(root, string number) ]
        let take (folder: string) =
            Directory.CreateDirectory folder |> ignore
            TrialFolder.tryLock folder |> Option.get
        Assert.Equal(8, DeviceAssignment.threadsNow 2 8 folders)
        using (take folders[0]) (fun _ ->
            Assert.Equal(8, DeviceAssignment.threadsNow 2 8 folders)
            using (take folders[2]) (fun _ ->
                Assert.Equal(4, DeviceAssignment.threadsNow 2 8 folders)
                using (take folders[3]) (fun _ ->
                    Assert.Equal(2, DeviceAssignment.threadsNow 2 8 folders)
                    Assert.Equal(4, DeviceAssignment.threadsNow 4 8 folders)
                    Assert.Equal(1, DeviceAssignment.threadsNow 1 2 folders))))
        Assert.Equal(8, DeviceAssignment.threadsNow 2 8 folders)
    finally
        Directory.Delete(root, recursive = true)
