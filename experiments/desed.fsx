// DCASE Task 4 since 2018, domestic sounds (DESED): synthetic clips with strong labels, recorded clips with weak
// labels, and recorded clips without labels. The baselines of 2022 to 2024 have the networks, batches and mean teacher
// of DESED_task (Turpault, Serizel, Cornell et al.); FDY-CRNN has the network of Nam et al. (2022) and the training of
// the baseline. All of these rows differ from DESED_task in the following:
// - Features are standardised by the mean and deviation of their clip (with an encoder, of all training clips) and then
//   mixed. DESED_task mixes mel magnitudes and scales each clip to minimum and maximum. The vectors of an encoder are
//   mixed with the features of their clip; in DESED_task, they stay unmixed in 2023 and are mixed with a weight and
//   partners of their own in 2024.
// - Early stopping: DESED_task adds the macro F1 of the student's weak output on 10 % of the weakly labelled clips and
//   its intersection-based F1 on the synthetic validation clips. Here, both scores are those of the teacher on the
//   synthetic validation clips, without the median filter, and the F1 of the weak output is a micro average.
// - Scores are those of the teacher. Beyond the ends of a clip, the median filter has zeros instead of the reflected clip.
// "Narrow" marks networks that the quick profile makes narrower.
// Data: without `--data`, soundscapes in the layout of DESED that are synthesised here. `--data likeDesed:DIR` mixes
// them from a folder with one folder of recordings per class. These soundscapes have no counterpart of the recordings
// with strong labels (audioset_strong.tsv). `--data DIR` uses DESED itself, the folder that contains audio and
// metadata, with the recordings of audioset_strong.tsv if they are there. Rows with an encoder need mn04_frames.onnx
// (EfficientAT, Schmid et al. 2023) in the folder models, or in the folder that the environment variable MODELS names;
// without this file, these rows are left out. The authors use BEATs instead. If the environment variables DESED and
// MAESTRO name the folders of both corpora, the baseline of 2024 is trained, too.
// Run: dotnet fsi experiments/desed.fsx --data likeDesed:esc10
#load "task4.fsx"
open System
open System.IO
open Sed
open Task4
open Systems.Systems
open Sed.Core.Networks.Layers

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
    if Task4.hasEncoder then
        "baseline with mn04, mean teacher (quick: narrow)",
        [ Features(Task4.beside tenths); Network smallWithEncoder; Batch 32 ]
    else
        "baseline, mean teacher (quick: narrow)", [ Features tenths; Network smallBaseline ]

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
                monitor (WeakOutputF + IntersectionMacroF)
            }
        )
        detect Task4.decoding

        addRow
            "baseline, supervised (quick: narrow)"
            (Labels Task4.supervised :: Batch 24 :: Task4.networkOf Task4.baseline)
        addRow "baseline, mean teacher (quick: narrow)" (Task4.recipe2022 @ Task4.networkOf Task4.baseline)
        addRow "FDY-CRNN, mean teacher (quick: narrow)" (Task4.recipe2022 @ Task4.networkOf Task4.frequencyDynamic)
        addRows [
            if Task4.hasEncoder then
                lastRow, Batch 96 :: Task4.recipe2022 @ Task4.withEncoder Task4.baselineWithEncoder
        ]
        compareWith "baseline, supervised (quick: narrow)"
        selectOn Validation
        scoreOn Testing
        seeds [ 1..5 ]
        report [ Psds1; Psds2; IntersectionMacroF; EventMacroF20; StrongMacroF ]
        otherSystems
            "DESED_task @c6bcb45, dev-test (DESED's validation/validation); 2021 and 2022 with PSDS at 50 thresholds"
            [
                "2021", [ Psds1, 0.353; Psds2, 0.553; IntersectionMacroF, 0.795; EventMacroF20, 0.421 ]
                "2022", [ Psds1, 0.336; Psds2, 0.536; IntersectionMacroF, 0.641; EventMacroF20, 0.401 ]
                "2022, also with strong labels of recordings",
                [ Psds1, 0.351; Psds2, 0.552; IntersectionMacroF, 0.643; EventMacroF20, 0.429 ]
                "2023", [ Psds1, 0.359; Psds2, 0.562; IntersectionMacroF, 0.642; EventMacroF20, 0.407 ]
                "2023 with BEATs", [ Psds1, 0.500; Psds2, 0.762; IntersectionMacroF, 0.807; EventMacroF20, 0.571 ]
                "2024 with BEATs, also trained on MAESTRO", [ (Psds1, 0.49) ]
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
        profileRow "quick" "baseline, supervised (quick: narrow)" [ Features tenths; Network smallBaseline; Batch 16 ]
        profileRow "quick" "baseline, mean teacher (quick: narrow)" [
            Features tenths
            Network smallBaseline
            quickTeacher
        ]
        profileRow "quick" "FDY-CRNN, mean teacher (quick: narrow)" [
            Features tenths
            Network smallDynamic
            quickTeacher
        ]
        profileRow "quick" lastRow (quickTeacher :: lastSettings)
        profileRows "smoke" [ Width 0.125; Batch 16; Epochs 2 ]
    }

// The baseline of 2024: DESED and MAESTRO in one training, with 27 classes. Classes that a corpus does not annotate are
// unknown in its clips; for training, some classes of MAESTRO also count as a class of DESED. MAESTRO has soft labels, and
// its clips are used in the strong loss only. A batch has 12 clips of MAESTRO, 6 synthetic clips, 6 clips that are
// synthetic or recorded with strong labels, 12 with weak labels and 24 without labels. As in DESED_task, PSDS1 is computed
// on the test clips of DESED for its classes (in the split Testing), and mpAUC on those of MAESTRO for 11 of its classes
// (in the split Evaluation). Further differences from DESED_task:
// - The classes that are unknown in a clip are left out of the mean of a loss; in DESED_task, they count with a loss of
//   0. In the clips of MAESTRO, the class Dog is unknown here, and absent there.
// - The labels of mixed clips with weak labels are soft; there, every class that is present in one of the clips is
//   present. The two parts of DESED with strong labels are mixed separately from each other.
// - Early stopping leaves out MAESTRO; there, 10 % of its training recordings add the segment-based F1 with the best
//   thresholds, and every tenth epoch is validated.
// - The median filter has the same length for all classes, the median of the class-wise lengths of DESED_task, which
//   are 1 to 17 frames and were tuned on the test clips.
// - The clips of MAESTRO, which overlap, are scored one by one; there, the scores of a recording's clips are averaged.
let desed2024 (domestic: string) (maestro: string) =
    let ofDesed name own =
        corpusWith domestic {
            named name
            lists own
            rate 16000.0<Hz>
            clip 10.0<s>
        }
    let synthetic = "*/synthetic21_train/soundscapes.tsv"
    let corpora = [
        ofDesed "synthetic" [ synthetic ]
        ofDesed "strong" [ synthetic; "audioset_strong.tsv" ]
        ofDesed "others" [
            "weak.tsv"
            "unlabel_in_domain.tsv"
            "*/synthetic21_validation/soundscapes.tsv"
            "*/validation/validation.tsv"
        ]
        corpusWith maestro {
            named "maestro"
            lists [ "maestro_real_train.tsv" ]
            rate 16000.0<Hz>
            clip 10.0<s>
            groupBy (field '-' 0)
            also [
                "people talking", "Speech"
                "children voices", "Speech"
                "announcement", "Speech"
                "cutlery and dishes", "Dishes"
            ]
        }
        corpusWith maestro {
            named "maestro test"
            lists [ "maestro_real_validation.tsv" ]
            split Evaluation
            rate 16000.0<Hz>
            clip 10.0<s>
            groupBy (field '-' 0)
            classes [
                "birds_singing"
                "brakes_squeaking"
                "car"
                "children voices"
                "cutlery and dishes"
                "footsteps"
                "large_vehicle"
                "metro approaching"
                "metro leaving"
                "people talking"
                "wind_blowing"
            ]
        }
    ]
    // The same trials, scored on the test clips of one of the corpora.
    let scoredOn name caption tested metrics scores =
        experiment name {
            title $"DESED and MAESTRO in one training, scored on {caption}"
            question "How good is the baseline of 2024 with another encoder?"
            data corpora

            train (
                training {
                    optimizer (adam 1e-3)
                    schedule (RampUpAnnealed 50 100)
                    batch 60
                    labels (
                        MixedUntilFirstEnds [
                            annotatedIn "maestro" Strong 0.2 |> inLosses [ StrongLoss ]
                            annotatedIn "synthetic" Strong 0.1 |> inLosses [ StrongLoss; ConsistencyLoss ]
                            annotatedIn "strong" Strong 0.1 |> inLosses [ StrongLoss; ConsistencyLoss ]
                            annotated WeakOnly 0.2 |> inLosses [ WeakLoss; ConsistencyLoss ]
                            annotated Unlabelled 0.4 |> inLosses [ ConsistencyLoss ] |> withoutMixup
                        ]
                    )
                    meanTeacher 0.999 2.0 50
                    teacherMovesFirst true
                    augment [ sometimes 0.5 (mixupPerKind 0.2) ]
                    clipGradients 5.0
                    epochs 300
                    patience 200
                    monitor (WeakOutputF + IntersectionMacroF)
                }
            )
            detect Task4.decoding

            addRow "baseline" (Network Task4.baseline2024 :: Task4.featuresOf Task4.baseline)
            addRows [
                if Task4.hasEncoder then
                    "baseline with mn04", Task4.withEncoder Task4.baseline2024WithEncoder
            ]
            selectOn Validation
            scoreOn tested
            seeds [ 1..5 ]
            report metrics
            otherSystems "DESED_task @c6bcb45, dev-test" [ ("2024 with BEATs", scores) ]
        }
    [
        scoredOn "desed-2024" "DESED" Testing [ Psds1; IntersectionMacroF ] [ (Psds1, 0.49) ]
        scoredOn "maestro-2024" "MAESTRO" Evaluation [ MpAuc; BestStrongMacroF ] [ (MpAuc, 0.73) ]
    ]

// The environment variables DESED and MAESTRO name the folders of the two corpora.
let folderIn (variable: string) =
    Environment.GetEnvironmentVariable variable
    |> Option.ofObj
    |> Option.filter Directory.Exists

run [
    desed
    match folderIn "DESED", folderIn "MAESTRO" with
    | Some domestic, Some maestro -> yield! desed2024 domestic maestro
    | _ -> ()
]
