/// seddsl weights.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.WeightsTests

open System.IO
open Xunit
open Sed.Tests

let private golden name =
    Repository.path [| "tests"; "Sed.Core.Tests"; "Networks"; "Weights"; "Golden"; name |]

[<Fact>]
let ``The tensors of a checkpoint are listed with what was skipped`` () =
    let file = golden "checkpoint.pt"
    let run = Run.seddsl [ "weights"; file ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    Assert.Equal<string list>(
        [
            $"{file}: PyTorch, 9 tensors, 38 values"
            "the weights are taken from 'state_dict'"
            "'module.' is removed from the names"
            "not tensors of the network: epoch, best, optimizer, note"
            ""
            "  conv.weight               (2, 1, 3, 3)"
            "  conv.bias                 (2)"
            "  norm.weight               (2)"
            "  norm.bias                 (2)"
            "  norm.running_mean         (2)"
            "  norm.running_var          (2)"
            "  norm.num_batches_tracked  ()"
            "  out.weight                (3, 2)"
            "  out.bias                  (3)"
        ],
        List.ofArray (run.Output.TrimEnd().Split '\n')
    )

[<Fact>]
let ``Code in a file is refused by its name`` () =
    let file = golden "code.pt"
    let run = Run.seddsl [ "weights"; file ]
    Assert.Equal(2, run.ExitCode)
    Assert.StartsWith($"seddsl weights: {file}: it contains Python's posix.system, which is neither", run.Errors)
    Assert.False(File.Exists "executed.txt")
