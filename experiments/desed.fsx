// DCASE Task 4 since 2018, domestic sounds (DESED): synthetic clips with strong labels, recorded clips with weak labels,
// and recorded clips without labels. The baselines of 2022 to 2024 are those of DESED_task (Turpault, Serizel, Cornell et
// al.), with their batches, losses and mean teacher; FDY-CRNN is that of Nam et al. (2022). As there, mixup mixes half of
// the batches: the clips with strong labels and the clips with weak labels, each with a weight of their own.
// Data: without `--data`, soundscapes in the layout of DESED that are synthesised here. `--data likeDesed:DIR` mixes them
// from a folder with one folder of recordings per class; `--data DIR` uses DESED itself, the folder that contains audio and
// metadata. Rows with an encoder need mn04_frames.onnx (EfficientAT, Schmid et al. 2023) in the folder models, or in that
// of the environment variable MODELS; without it they are left out. The authors use BEATs instead. If the environment
// variables DESED and MAESTRO name the folders of both corpora, the baseline of 2024 is trained, too.
// Run: dotnet fsi experiments/desed.fsx --data likeDesed:esc10
#load "task4.fsx"
open System
open System.IO
open Sed
open Task4
open Systems.Systems
open Sed.Core.Networks.Layers

// Batches of the recipes: strong labels, weak labels and no labels in the ratio 1 to 1 to 2. The loss of the strong output
// uses only clips with strong labels, that of the weak output only clips with weak labels.
let supervised =
    MixedUntilFirstEnds [
        annotated Strong 0.5 |> inLosses [ StrongLoss ]
        annotated WeakOnly 0.5 |> inLosses [ WeakLoss ]
    ]

let semiSupervised =
    MixedUntilFirstEnds [
        annotated Strong 0.25 |> inLosses [ StrongLoss; ConsistencyLoss ]
        annotated WeakOnly 0.25 |> inLosses [ WeakLoss; ConsistencyLoss ]
        annotated Unlabelled 0.5 |> inLosses [ ConsistencyLoss ] |> withoutMixup
    ]

let recipe2022 = [ Labels semiSupervised; MeanTeacher(0.999, 2.0, 50); TeacherMovesFirst true ]

let private settingsOf axes system =
    system |> List.filter (fun setting -> List.contains (Setting.axis setting) axes)

/// Features and network of a system of task4.fsx.
let networkOf system =
    settingsOf [ "features"; "network" ] system

/// Features of a system of task4.fsx.
let featuresOf system = settingsOf [ "features" ] system

let encoderFile = pretrained "mn04_frames.onnx"

let hasEncoder = File.Exists encoderFile

/// The baseline of 2023: the vectors of the encoder beside the maps of the convolutions, in front of the recurrent layers.
/// All sources of one network read the audio at the same rate and are standardised over the training clips.
let beside mel =
    combined [
        named "mel" mel
        named
            "encoder"
            (encoder encoderFile {
                output "embedding"
                rate 32000.0<Hz>
            })
    ]

let withEncoder network = [
    Features(
        beside (
            logMel {
                preset Desed
                rate 32000.0<Hz>
                fft 4096
            }
        )
    )
    Network network
]

// The quick profile: networks of the same kinds with three instead of seven blocks, on 40 bands every 100 ms.
let tenths =
    logMel {
        rate 32000.0<Hz>
        window 100.0<ms>
        hop 100.0<ms>
        bands 40
        range 0.0<Hz> 16000.0<Hz>
    }

let smallBlocks convolution =
    [ 5; 4; 2 ]
    |> List.mapi (fun number bands ->
        let pooling =
            layers "pooling" {
                drop 0.2
                poolMean 1 bands
            }
        Network.above (convolution number) pooling)
    |> List.reduce Network.above

let smallRecurrent name =
    layers name {
        biGru 32 Merge.Concatenate
        drop 0.2
        weak FlooredClassAttention
    }

let gatedBlock _ =
    layers "gated block" {
        convLinear 16
        gateMaps
    }

let smallBaseline =
    Network.above (smallBlocks gatedBlock) (smallRecurrent "small CRNN")

let smallDynamic =
    let block number =
        if number = 0 then
            gatedBlock number
        else
            layers "dynamic block" {
                freqDynamicConv 16
                normMaps
                contextGate
            }
    Network.above (smallBlocks block) (smallRecurrent "small FDY-CRNN")

let smallWithEncoder =
    let fusion =
        layers "fusion" {
            fuse "mel" "encoder"
            drop 0.2
            dense 32
        }
    Network.above (smallBlocks gatedBlock) (Network.above fusion (smallRecurrent "small CRNN and encoder"))

let quickTeacher = MeanTeacher(0.99, 2.0, 10)

// Settings of a profile must name an existing row.
let lastRow, lastSettings =
    if hasEncoder then
        "baseline with mn04, mean teacher", [ Features(beside tenths); Network smallWithEncoder ]
    else
        "baseline, mean teacher", [ Features tenths; Network smallBaseline ]

let desed =
    experiment "desed" {
        title "Semi-supervised training on the data of DCASE Task 4"
        question "Do unlabelled recordings, a better network and a pretrained encoder improve the baseline?"
        data Soundscapes.likeDesed
        clips 1600 400 400

        train (
            training {
                optimizer (adam 1e-3)
                schedule (RampUp 50)
                batch 48
                augment [ sometimes 0.5 (mixupPerKind 0.2) ]
                epochs 200
                patience 200
                monitor (WeakF + IntersectionMacroF)
            }
        )

        addRow "baseline, supervised" (Labels supervised :: networkOf Task4.baseline)
        addRow "baseline, mean teacher" (recipe2022 @ networkOf Task4.baseline)
        addRow "FDY-CRNN, mean teacher" (recipe2022 @ networkOf Task4.frequencyDynamic)
        addRows [
            if hasEncoder then
                lastRow, recipe2022 @ withEncoder Task4.baselineWithEncoder
        ]
        compareWith "baseline, supervised"
        selectOn Validation
        scoreOn Testing
        seeds [ 1..5 ]
        report [ Psds1; Psds2; IntersectionMacroF; EventMacroF; StrongMacroF ]
        otherSystems
            "DESED_task @c6bcb45, dev-test (DESED's validation/validation); 2021 and 2022 with PSDS at 50 thresholds"
            [
                "2021", [ Psds1, 0.353; Psds2, 0.553; IntersectionMacroF, 0.795; EventMacroF, 0.421 ]
                "2022", [ Psds1, 0.336; Psds2, 0.536; IntersectionMacroF, 0.641; EventMacroF, 0.401 ]
                "2022, also with strong labels of recordings",
                [ Psds1, 0.351; Psds2, 0.552; IntersectionMacroF, 0.643; EventMacroF, 0.429 ]
                "2023", [ Psds1, 0.359; Psds2, 0.562; IntersectionMacroF, 0.642; EventMacroF, 0.407 ]
                "2023 with BEATs", [ Psds1, 0.500; Psds2, 0.762; IntersectionMacroF, 0.807; EventMacroF, 0.571 ]
                "2024 with BEATs", [ (Psds1, 0.49) ]
            ]
        // The decay of the mean teacher is smaller, because there are fewer steps.
        profile "quick" [ 1..5 ] [
            TrainingClips 800
            TestingClips 300
            EvaluationClips 20
            Optimizer(adam 3e-3)
            Schedule(RampUp 5)
            Batch 32
            Epochs 40
            Patience 40
        ]
        profileRow "quick" "baseline, supervised" [ Features tenths; Network smallBaseline; Batch 16 ]
        profileRow "quick" "baseline, mean teacher" [ Features tenths; Network smallBaseline; quickTeacher ]
        profileRow "quick" "FDY-CRNN, mean teacher" [ Features tenths; Network smallDynamic; quickTeacher ]
        profileRow "quick" lastRow (quickTeacher :: lastSettings)
        profileRows "smoke" [ Width 0.125; Batch 16; Epochs 2 ]
    }

/// The baseline of 2024: DESED and MAESTRO in one training, with 27 classes. Classes that a corpus does not annotate are
/// unknown in its clips, except that some classes of MAESTRO also count as a class of DESED. MAESTRO has soft labels; as in
/// the baseline's code, its clips are used in the strong loss only.
let desed2024 (domestic: string) (maestro: string) =
    let nameOf (folder: string) = DirectoryInfo(folder).Name
    experiment "desed-2024" {
        title "DESED and MAESTRO in one training"
        question "How good is the baseline of 2024 with another encoder?"
        data [
            corpusWith domestic {
                rate 16000.0<Hz>
                clip 10.0<s>
            }
            corpusWith maestro {
                rate 16000.0<Hz>
                clip 10.0<s>
                also [
                    "people talking", "Speech"
                    "children voices", "Speech"
                    "announcement", "Speech"
                    "cutlery and dishes", "Dishes"
                ]
            }
        ]
        train (
            training {
                optimizer (adam 1e-3)
                schedule (RampUpAnnealed 50 100)
                batch 60
                labels (
                    MixedUntilFirstEnds [
                        annotatedIn (nameOf maestro) Strong 0.2 |> inLosses [ StrongLoss ]
                        annotatedIn (nameOf domestic) Strong 0.2
                        |> inLosses [ StrongLoss; ConsistencyLoss ]
                        annotatedIn (nameOf domestic) WeakOnly 0.2
                        |> inLosses [ WeakLoss; ConsistencyLoss ]
                        annotatedIn (nameOf domestic) Unlabelled 0.4
                        |> inLosses [ ConsistencyLoss ]
                        |> withoutMixup
                    ]
                )
                meanTeacher 0.999 2.0 50
                teacherMovesFirst true
                augment [ sometimes 0.5 (mixupPerKind 0.2) ]
                clipGradients 5.0
                epochs 300
                patience 200
                monitor (WeakF + IntersectionMacroF)
            }
        )
        addRow "baseline" (Network Task4.baseline2024 :: featuresOf Task4.baseline)
        addRows [
            if hasEncoder then
                "baseline with mn04", withEncoder Task4.baseline2024WithEncoder
        ]
        selectOn Validation
        scoreOn Testing
        seeds [ 1..5 ]
        report [ Psds1; MpAuc; IntersectionMacroF ]
        otherSystems "DESED_task @c6bcb45, dev-test" [ ("2024 with BEATs", [ Psds1, 0.49; MpAuc, 0.73 ]) ]
    }

// The folders of both corpora are named by environment variables.
let folderIn (variable: string) =
    Environment.GetEnvironmentVariable variable
    |> Option.ofObj
    |> Option.filter Directory.Exists

run [
    desed
    match folderIn "DESED", folderIn "MAESTRO" with
    | Some domestic, Some maestro -> desed2024 domestic maestro
    | _ -> ()
]
