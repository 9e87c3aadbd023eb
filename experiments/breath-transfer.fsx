// Children's breath sounds with a pretrained encoder: the data of breath.fsx and the encoder of transfer.fsx.
// Run: dotnet fsi experiments/breath-transfer.fsx --data DIR
#load "sprsound.fsx"
open Sed
open Sed.Core.Networks.Layers
open Sprsound

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

let recurrent =
    layers "GRU" {
        biGru 64 Merge.Concatenate
        weak LinearSoftmax
        dropout 0.3
    }

let fused =
    layers "CRNN + mn04" {
        fuse "mel" "mn"
        biGru 64 Merge.Concatenate
        weak LinearSoftmax
        dropout 0.3
    }
    |> Network.above convolutions

let strong = [ Labels Strong; StrongWeight 1.0; WeakWeight 0.2 ]
let weak = [ Labels WeakOnly; StrongWeight 0.0; WeakWeight 1.0; Monitor(Score WeakF) ]
let both = Features(combined [ named "mel" mel; named "mn" mn04 ])

let breathTransfer =
    experiment "breath-transfer" {
        title "A pretrained encoder for breath sounds"
        question "Does an encoder that was trained on AudioSet improve the detection of breath sounds?"
        data sprsound
        features mel
        network crnn64

        // The best epoch is chosen on held-out training patients. With strong labels, "mn04 and log-mel" has mean frame AUCs of
        // 0.782 (Normal), 0.869 (Fine Crackle) and 0.900 (Wheeze) on the testing patients (three seeds); with the last epoch
        // instead of the best one, it has 0.740, 0.827 and 0.886.
        train (
            training {
                optimizer (adam 1e-3)
                schedule (Cosine 1)
                batch 16
                epochs 30
                patience 30
                monitor FrameAuc
                averageWeights 0.99
            }
        )

        validation 0.15
        selectOn Validation
        scoreOn Testing
        detect (detection { tune ThresholdPerClass })
        addRow "strong, from scratch" strong
        addRow "strong, mn04, linear" (strong @ [ Features mn04; Network linear ])
        addRow "strong, mn04, GRU" (strong @ [ Features mn04; Network recurrent ])
        addRow "strong, mn04 and log-mel" (strong @ [ both; Network fused ])
        addRow "strong, ensemble" [
            ensembleOf [
                "strong, from scratch"
                "strong, mn04, linear"
                "strong, mn04, GRU"
                "strong, mn04 and log-mel"
            ]
        ]
        addRow "weak, from scratch" weak
        addRow "weak, mn04, GRU" (weak @ [ Features mn04; Network recurrent ])
        addRow "weak, mn04 and log-mel" (weak @ [ both; Network fused ])
        compareWith "strong, from scratch"
        seeds [ 1..3 ]
        report [ FrameAuc; StrongMacroF; BestStrongMacroF; StrongER; WeakF; MeanAP; MpAuc ]
        figures [ PerClass [] ]
    }

run [ breathTransfer ]
