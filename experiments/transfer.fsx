// Pretrained encoders: how much do vectors learnt from AudioSet improve a network that is trained on few weak labels?
// Data: soundscapes mixed from ESC-10 (Piczak, ACM MM 2015): `--data soundscapes:DIR`, where DIR has one folder of
// recordings per class. Encoder: EfficientAT mn04_as (Schmid et al., ICASSP 2023) as models/mn04_frames.onnx with the
// output "embedding". The environment variable MODELS can name a folder other than models.
// Run: dotnet fsi experiments/transfer.fsx --data soundscapes:esc10
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

let mn04 =
    encoder (pretrained "mn04_frames.onnx") {
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

/// Log-mel energies and vectors of mn04 every 100 ms.
let fused =
    Features(
        combined [
            named
                "mel"
                (logMel {
                    window 100.0<ms>
                    hop 100.0<ms>
                    bands 40
                    range 0.0<Hz> 16000.0<Hz>
                })
            named "mn" mn04
        ]
    )

let fusedNetwork =
    layers "CRNN + mn04" {
        conv 16
        pool 5
        conv 16
        pool 8
        fuse "mel" "mn"
        biGru 32 Merge.Concatenate
        denseRelu 64
        weak LinearSoftmax
        dropout 0.3
    }

let rows = [
    "from scratch", []
    "mn04, linear", [ Features mn04; Network linear ]
    "mn04, dense", [ Features mn04; Network dense64 ]
    "mn04, GRU", [ Features mn04; Network recurrent ]
    "mn04 and log-mel, GRU", [ fused; Network fusedNetwork ]
]

let weakly =
    training {
        optimizer (adam 1e-3)
        weights 0.02 1.0
        monitor WeakF
        epochs 40
        patience 15
    }

/// Networks are selected on validation clips and scored on testing clips.
let transfer =
    experiment "transfer" {
        title "Pretrained encoders"
        question "How much does a pretrained encoder improve a network that is trained on weak labels?"
        data (Soundscapes.ofFolder "esc10")
        network (crnn { weak LinearSoftmax })

        train weakly

        validation 0.2
        selectOn Validation
        addRows rows
        compareWith "from scratch"
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER; EventF ]
        profile "quick" [ 1..3 ] quick
    }

/// How many labelled clips are needed?
let transferClips =
    experiment "transfer-clips" {
        title "Pretrained encoders and few labelled clips"
        question "How many labelled clips does a network need with and without a pretrained encoder?"
        data (Soundscapes.ofFolder "esc10")
        network (crnn { weak LinearSoftmax })

        train weakly

        validation 0.2
        selectOn Validation
        vary Recipe [ rows[0]; rows[3] ]
        vary TrainingClips [ 50; 100; 200; 400; 800 ]
        compareWith "recipe from scratch, training clips 800"
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1..3 ] (quick |> List.filter (fun setting -> not setting.IsTrainingClips))
    }

run [ transfer; transferClips ]
