// Fine-tuning: networks that start from published weights, trained on the soundscapes of transfer.fsx. The weights are
// read from the folder models or from the folder in the environment variable MODELS: gpvad_teacher1.pth (Dinkel et al.,
// TASLP 2021) and mn04_as.pt (EfficientAT, Schmid et al., ICASSP 2023).
// Run: dotnet fsi experiments/finetune.fsx --data soundscapes:esc10
#load "architectures.fsx"
open Sed
open Architectures

let teacher = [
    Features(logMel { preset Cdur })
    Network(
        Architectures.voiceActivityTeacher
        |> Network.startFromWith (pretrained "gpvad_teacher1.pth") Architectures.voiceActivityNames
    )
]

let mobileNet = [
    Features(logMel { preset EfficientAt })
    Network(
        Architectures.mobileNetOfFrames 0.4
        |> Network.startFromWith (pretrained "mn04_as.pt") (Architectures.mobileNetNames 0.4)
    )
]

let finetune =
    experiment "finetune" {
        title "Fine-tuning of pretrained networks"
        question "How good are networks that start from weights trained on AudioSet?"
        data (Soundscapes.ofFolder "esc10")
        clips 800 440 440

        train (
            training {
                optimizer (adam 5e-4)
                schedule (Cosine 1)
                batch 16
                weights 0.02 1.0
                monitor WeakF
                epochs 6
                patience 6
                layerDecay 0.9
            }
        )

        validation 0.2
        selectOn Validation
        addRow "GPVAD's teacher, random weights" [
            Features(logMel { preset Cdur })
            Network Architectures.voiceActivityTeacher
        ]
        addRow "GPVAD's teacher, fine-tuned" teacher
        addRow "mn04, fine-tuned" mobileNet
        compareWith "GPVAD's teacher, random weights"
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER; EventF ]
    }

run [ finetune ]
