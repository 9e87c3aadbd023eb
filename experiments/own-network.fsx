// A custom network compared with the built-in ones: a torch module that is written in this script is used as a layer.
#load "sed.fsx"
open Sed
open TorchSharp

/// Dilated convolutions over the frames with ReLU. The dilation doubles from one to the next.
type Dilated(width: int, units: int) as this =
    inherit torch.nn.Module<torch.Tensor, torch.Tensor>("Dilated")

    let layer (from: int) (dilation: int64) : torch.nn.Module<torch.Tensor, torch.Tensor> =
        torch.nn.Conv1d(from, units, 3L, padding = dilation, dilation = dilation)

    let stack =
        torch.nn.Sequential(
            layer width 1L,
            torch.nn.ReLU(),
            layer units 2L,
            torch.nn.ReLU(),
            layer units 4L,
            torch.nn.ReLU()
        )

    do this.RegisterComponents()

    /// (batch, frames, width) to (batch, frames, units).
    override _.forward(input) =
        use channelsFirst = input.transpose (1, 2)
        use found = stack.forward channelsFirst
        found.transpose (1, 2)

/// Trials are trained again if the code of the module changes.
let dilated = customLayer "dilated" 1 48 (fun width -> new Dilated(width, 48))

let temporal =
    layers "temporal convolutions" {
        conv 48
        pool 5
        conv 48
        pool 8
        layer dilated
        dense 64
        dropout 0.15
        weak DenseOverFrames
    }

let ownNetwork =
    experiment "own-network" {
        title "Temporal convolutions instead of recurrent layers"
        question "Is recurrence needed?"
        data Soundscapes.smartCars
        vary Network [ crnn { dropout 0.15 }; temporal ]
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1; 2 ] quick
    }

run [ ownNetwork ]
