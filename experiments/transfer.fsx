// Pretrained encoders: how much do vectors learnt from AudioSet improve a network that is trained on few weak labels? Data:
// soundscapes mixed from ESC-10 (Piczak, ACM MM 2015): `--data soundscapes:DIR`, where DIR has one folder of recordings per
// class. Encoder: EfficientAT mn04_as (Schmid et al., ICASSP 2023) as an ONNX file with the output "embedding", in the
// working folder or at the path in MN04.
// Run: MN04=mn04_frames.onnx dotnet fsi experiments/transfer.fsx --data soundscapes:esc10
#load "sed.fsx"
open System
open Sed
open Sed.Core.Networks.Layers

let mn04 =
    let file =
        match Environment.GetEnvironmentVariable "MN04" with
        | null
        | "" -> "mn04_frames.onnx"
        | path -> path
    encoder file {
        output "embedding"
        rate 32000.0<Hz>
    }

let linear =
    layers "linear" {
        weak LinearSoftmax
        dropout 0.0
    }

let dense64 =
    layers "dense" {
        denseRelu 64
        weak LinearSoftmax
        dropout 0.3
    }

let recurrent =
    layers "GRU" {
        biGru 32 Merge.Concatenate
        denseRelu 64
        weak LinearSoftmax
        dropout 0.3
    }

let transfer =
    experiment "transfer" {
        title "Pretrained encoders"
        question "How much does a pretrained encoder improve a network that is trained on weak labels?"
        data (Soundscapes.ofFolder "esc10")
        network (crnn { weak LinearSoftmax })

        train (
            training {
                optimizer (adam 1e-3)
                weights 0.02 1.0
                monitor (WeakF + StrongF)
                epochs 40
                patience 15
            }
        )

        addRow "from scratch" []
        addRow "mn04, linear" [ Features mn04; Network linear ]
        addRow "mn04, dense" [ Features mn04; Network dense64 ]
        addRow "mn04, GRU" [ Features mn04; Network recurrent ]
        compareWith "from scratch"
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1; 2; 3 ] quick
    }

run [ transfer ]
