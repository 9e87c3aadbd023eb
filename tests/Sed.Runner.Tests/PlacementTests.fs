/// Where trials are trained when there are GPUs, which the lists here stand for, and on how many processors.
module Sed.Runner.Tests.PlacementTests

open System.IO
open Xunit
open Sed.Core.Runtime
open Sed.Runner

let private gpu number free = { Number = number; FreeMiB = free }

[<Fact>]
let ``trials are spread over the GPUs, each where most is left, and no more than fit`` () =
    let gpus = [ gpu 0 5000.0; gpu 1 8000.0 ]
    let all = [ "cuda:1"; "cuda:1"; "cuda:0"; "cuda:1"; "cuda:0" ]
    Assert.Equal<string list>(all, Placement.devices gpus 2500.0 100)
    Assert.Equal<string list>(List.truncate 4 all, Placement.devices gpus 2500.0 4)
    Assert.Equal<string list>([ "cuda:1" ], Placement.devices gpus 2500.0 1)

[<Fact>]
let ``of equal GPUs the first comes first`` () =
    Assert.Equal<string list>(
        [ "cuda:0"; "cuda:1"; "cuda:2" ],
        Placement.devices [ for number in 0..2 -> gpu number 1000.0 ] 600.0 100
    )

[<Fact>]
let ``where nothing fits one trial is tried all the same, and where there is no GPU none is placed`` () =
    Assert.Equal<string list>([ "cuda:1" ], Placement.devices [ gpu 0 100.0; gpu 1 200.0 ] 2500.0 8)
    Assert.Empty(Placement.devices [] 2500.0 8)

[<Fact>]
let ``what nvidia-smi says is read, and what it does not know is passed over`` () =
    Assert.Equal<Gpu list>(
        [ gpu 0 81037.0; gpu 2 500.5 ],
        Placement.parse "0, 81037\n1, [N/A]\nNo devices were found\n2, 500.5\n"
    )

[<Fact>]
let ``a training's memory grows with its clips, its batch and its network`` () =
    let small = Placement.trialMiB 1000 500 40 218_000L 1_500_000L 32
    // 80 kB a clip, 16 B a parameter, 6 floats of each value of a batch, and 700 MiB for libtorch.
    Assert.Equal(700.0 + (1000.0 * 80e3 + 218e3 * 16.0 + 32.0 * 1.5e6 * 24.0) / 1048576.0, small, 6)

[<Fact>]
let ``trials share the processors with those that some process is at, and one that is alone has all`` () =
    let root = Directory.CreateTempSubdirectory("sed-share-").FullName
    try
        let folders = [ for number in 1..4 -> Path.Combine(root, string number) ]
        let take (folder: string) =
            Directory.CreateDirectory folder |> ignore
            TrialFolder.tryLock folder |> Option.get
        Assert.Equal(8, Places.threadsNow 2 8 folders)
        using (take folders[0]) (fun _ ->
            Assert.Equal(8, Places.threadsNow 2 8 folders)
            using (take folders[2]) (fun _ ->
                Assert.Equal(4, Places.threadsNow 2 8 folders)
                using (take folders[3]) (fun _ ->
                    Assert.Equal(2, Places.threadsNow 2 8 folders)
                    Assert.Equal(4, Places.threadsNow 4 8 folders)
                    Assert.Equal(1, Places.threadsNow 1 2 folders))))
        Assert.Equal(8, Places.threadsNow 2 8 folders)
    finally
        Directory.Delete(root, recursive = true)
