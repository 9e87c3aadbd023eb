// Systems published for DESED (DCASE Task 4) as settings of rows: features, network and training on weak labels alone.
// Usage: `#load "task4.fsx"`, then `addRow "DESED baseline" Task4.baseline`. The networks are those of the authors'
// code. The authors scale the features to the minimum and maximum of each clip (here: to mean 0 and deviation 1) and
// also train on strong labels and on unlabelled clips with a mean teacher. Mixup is that of the authors: DESED_task
// mixes half of the batches, Nam et al. mix all. The authors' other augmentations (time shift, time mask,
// FilterAugment) are left out. Frames of the strong output last 64 ms.
#load "systems.fsx"
open Sed
open Systems.Systems
open Sed.Core.Networks.Layers

module Task4 =
    // Batches of DESED_task: clips with strong labels, with weak labels and without labels in the ratio 1 to 1 to 2. The loss
    // of the strong output uses only clips with strong labels, that of the weak output only clips with weak labels.

    /// The labels of the baselines of DESED, for training without unlabelled clips.
    let supervised =
        MixedUntilFirstEnds [
            annotated Strong 0.5 |> inLosses [ StrongLoss ]
            annotated WeakOnly 0.5 |> inLosses [ WeakLoss ]
        ]

    let private semiSupervised =
        MixedUntilFirstEnds [
            annotated Strong 0.25 |> inLosses [ StrongLoss; ConsistencyLoss ]
            annotated WeakOnly 0.25 |> inLosses [ WeakLoss; ConsistencyLoss ]
            annotated Unlabelled 0.5 |> inLosses [ ConsistencyLoss ] |> withoutMixup
        ]

    /// The labels and the mean teacher of the baselines of DCASE Task 4, 2021 to 2023.
    let recipe2022 = [ Labels semiSupervised; MeanTeacher(0.999, 2.0, 50); TeacherMovesFirst true ]

    /// The decoding of the baselines of DCASE Task 4, 2021 to 2023: a median filter of 7 frames of 64 ms, which is also
    /// applied to the frame scores from which PSDS is computed.
    let decoding = detection { median 0.448<s> }

    let private desed augmentation network =
        clipsAlone
        @ [
            Features(
                logMel {
                    preset Desed
                    standardise PerClip
                }
            )
            Network network
            Batch 48
            Augment [ augmentation ]
        ]

    // Seven blocks of a convolution with a gate, dropout and average pooling; the first two pool over frames, too.
    let private convolutions rate filters block =
        let pooling frames =
            layers "pooling" {
                drop rate
                poolMean frames 2
            }
        filters
        |> List.mapi (fun number maps -> Network.above (block number maps) (pooling (if number < 2 then 2 else 1)))
        |> List.reduce Network.above

    // Two GRUs with `units` units each, and attention.
    let private recurrent name units =
        layers name {
            biGru units Merge.Concatenate
            biGru units Merge.Concatenate
            drop 0.5
            weak FlooredClassAttention
        }

    // The convolutions of the baselines since 2022, with gated linear units.
    let private gatedConvolutions rate =
        convolutions rate [ 16; 32; 64; 128; 128; 128; 128 ] (fun _ maps ->
            layers "block" {
                convLinear maps 1e-3 0.99
                gateMaps
            })

    // Joins the vectors of an encoder, the source "encoder", with the maps of convolutions on the source "mel".
    let private joined =
        layers "fusion" {
            fuse "mel" "encoder"
            drop 0.5
            dense 128
        }

    /// The CRNN of the baselines of DCASE 2022 and 2023 Task 4, without embeddings (DESED_task,
    /// recipes/dcase2022_task4_baseline): gated linear units and two GRUs; 1,112,420 parameters with 10 classes. One
    /// output every 64 ms.
    let baseline =
        recurrent "CRNN of DESED" 128
        |> Network.above (gatedConvolutions 0.5)
        |> desed (sometimes 0.5 (mixup 0.2))

    /// The network of the baseline of DCASE 2023 Task 4 with an encoder. A dense layer in front of the GRUs joins the
    /// vectors of the encoder, the source "encoder", with the maps of the convolutions on the source "mel". One output
    /// every 64 ms.
    let baselineWithEncoder =
        recurrent "CRNN of DESED and encoder" 128
        |> Network.above joined
        |> Network.above (gatedConvolutions 0.5)

    let private recurrent2024 name =
        layers name {
            biGru 192 Merge.Concatenate
            drop 0.2
            weak MaskedClassAttention
        }

    /// The network of the baseline of DCASE 2024 Task 4 (DESED_task, recipes/dcase2024_task4_baseline) without its
    /// encoder: one GRU of 192 units, a dropout of 0.2, masked frames in front of the GRU, and attention among the
    /// classes that the clip's corpus annotates. One output every 64 ms.
    let baseline2024 =
        recurrent2024 "CRNN of DESED 2024"
        |> Network.above (
            layers "masks" {
                maskFrames 16 0.3
                drop 0.2
            }
        )
        |> Network.above (gatedConvolutions 0.2)

    /// `baseline2024` with an encoder. Its vectors are masked separately from the 128 maps of the convolutions, and
    /// joined with them as in `baselineWithEncoder`. 1,119,238 parameters with 27 classes and vectors of 768 values.
    /// One output every 64 ms.
    let baseline2024WithEncoder =
        recurrent2024 "CRNN of DESED 2024 and encoder"
        |> Network.above (
            layers "fusion" {
                fuse "mel" "encoder"
                maskFramesApart 128 16 0.3
                drop 0.2
                dense 128
            }
        )
        |> Network.above (gatedConvolutions 0.2)

    // A network of Nam et al.: context gates, and `convolution` from the second block on.
    let private nam name convolution =
        let first maps =
            layers "first block" { convLinear maps 1e-3 0.99 }
        let gate = layers "gate" { contextGate }
        let block number maps =
            Network.above (if number = 0 then first maps else convolution number maps) gate
        recurrent name 256
        |> Network.above (convolutions 0.5 [ 32; 64; 128; 256; 256; 256; 256 ] block)
        |> desed (mixup 0.2)

    /// Nam et al. 2022, FDY-CRNN (arXiv 2203.15296): frequency dynamic convolutions; 11,061,468 parameters with 10
    /// classes. One output every 64 ms.
    let frequencyDynamic =
        nam "FDY-CRNN" (fun _ maps ->
            layers "block" {
                freqDynamicConv maps
                normMaps 1e-3 0.99
            })

    /// Nam et al. 2024, DFD-CRNN (arXiv 2406.05341): dilated frequency dynamic convolutions, as in the configuration
    /// with the best PSDS1; 11,061,468 parameters with 10 classes. One output every 64 ms.
    let dilatedFrequencyDynamic =
        nam "DFD-CRNN" (fun number maps ->
            layers "block" {
                freqDynamicConv maps (if number < 6 then [ 1; 2; 3; 3 ] else [ 1; 1; 1; 1 ]) 45.0
                normMaps 1e-3 0.99
            })

    /// Nam et al. 2023 (arXiv 2306.11277): convolutions with squeeze-and-excitation of the maps and, in each frame, of
    /// the bands; 4,547,988 parameters with 10 classes. One output every 64 ms.
    let squeezeExcitation =
        let block number maps =
            let gated =
                layers "block" {
                    convLinear maps 1e-3 0.99
                    contextGate
                }
            let excited =
                layers "excitation" {
                    squeezeExciteNoBias 4
                    squeezeExciteNoBias 4 Excited.Bands
                }
            if number < 6 then Network.above gated excited else gated
        recurrent "SE-CRNN" 256
        |> Network.above (convolutions 0.5 [ 32; 64; 128; 256; 256; 256; 256 ] block)
        |> desed (mixup 0.2)

    let private settingsOf axes system =
        system |> List.filter (fun setting -> List.contains (Setting.axis setting) axes)

    /// Features and network of a system of this module.
    let networkOf system =
        settingsOf [ "features"; "network" ] system

    /// Features of a system of this module.
    let featuresOf system = settingsOf [ "features" ] system

    /// The encoder of the rows with an encoder: mn04 of EfficientAT (Schmid et al. 2023).
    let private encoderFile = pretrained "mn04_frames.onnx"

    /// Whether the file of the encoder exists: mn04_frames.onnx in the folder models, or in the folder that the
    /// environment variable MODELS names.
    let hasEncoder = System.IO.File.Exists encoderFile

    /// Features for a network with an encoder: `mel` as the source "mel", and the vectors of the encoder as the source
    /// "encoder". All sources of one network read the audio at the same rate and are standardised over the training
    /// clips.
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

    /// The settings of a row with an encoder: features with the encoder, and `network`.
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
