// Published systems for DCASE 2017 Task 4 under one protocol: training on weak labels, early stopping and tuning on
// held-out training clips, and a single scoring on the evaluation clips. Published scores are shown beside the results.
// A row that carries an author's name has the network of the author's code; "after" marks the others, most of which have no
// public code. "Narrow" marks the networks that the quick profile makes narrower, and ensembles of them.
#load "systems.fsx"
#load "literature.fsx"
#load "task4.fsx"
open Sed
open Systems
open Literature
open Task4

/// Published scores on the evaluation split: the results page of DCASE 2017 Task 4, and Kong et al. 2019.
let known = [
    publishedAs "after Adavanne and Virtanen (quick: narrow)" [ WeakF, 0.466; StrongER, 0.79 ]
    publishedAs "baseline" [ WeakF, 0.182; StrongER, 0.93 ]
    publishedAs "Xu et al., tagging (quick: narrow)" [ (WeakF, 0.556) ]
    publishedAs "Xu et al., detection (quick: narrow)" [ (StrongER, 0.73) ]
    publishedAs "Kong et al., mean (quick: narrow)" [ (StrongER, 0.730) ]
    publishedAs "Kong et al., GRU (quick: narrow)" [ (WeakF, 0.646) ]
    publishedAs "after Lee et al., KAIST (quick: narrow)" [ WeakF, 0.473; StrongER, 0.753 ]
    publishedAs "after Lee et al., SNU (quick: narrow)" [ WeakF, 0.526; StrongER, 0.66 ]
]

/// The settings of a system without those of the given axes, which the protocol of the table or the row itself sets.
let without axes settings =
    settings
    |> List.filter (fun setting -> not (List.contains (Setting.axis setting) axes))

// Settings of the quick profile that several rows share.
let kong = [
    Width 0.125
    Window 50.0<ms>
    Hop 50.0<ms>
    Optimizer(amsGrad 3e-3)
    Batch 32
    Augment [ stripes 2 13 2 8; mixupPairs 1.0 ]
    Epochs 80
]
let xu = [ Width 0.25; Window 80.0<ms>; Hop 80.0<ms>; Epochs 20 ]
let wang = [ Width 0.25; Hop 50.0<ms> ]
let desed = [ Window 80.0<ms>; Hop 40.0<ms>; Epochs 40 ]
let kaist length = [
    Width 0.125
    Features(
        samples {
            rate 8000.0<Hz>
            frame length
        }
    )
    Batch 8
    Epochs 12
]

let leaderboard =
    experiment "leaderboard" {
        title "Systems of the literature, trained on weak labels"
        question "Which systems differ significantly, and what do they cost?"
        data Soundscapes.smartCars
        clips 2000 440 440

        train (
            training {
                optimizer (adam 1e-3)
                epochs 1000
                patience 100
                monitor MeanAP
            }
        )

        addRows [
            "after Adavanne and Virtanen (quick: narrow)", Systems.adavanne
            "baseline", Systems.baseline |> without [ "median" ]
            "Xu et al., detection (quick: narrow)", Systems.xuDetection
            "Xu et al., tagging (quick: narrow)", Systems.xuTagging
            "Kong et al., mean (quick: narrow)", Literature.kongAverage
            "Kong et al., GRU (quick: narrow)", Literature.kongGru
            "Kong et al., transformer (quick: narrow)", Literature.kongTransformer
            "Wang et al. (quick: narrow)", Literature.wang
            "after Sobieraj", Literature.sobieraj
            "after Su et al., FCN (quick: narrow)", Literature.su
            "after Kumar et al., FCN (quick: narrow)", Literature.kumarFcn
            "after Kumar et al., VGG on 1.5 s (quick: narrow)", Literature.kumarVgg
            "after Kumar and Raj, instances", Literature.kumarRaj
            "after Adavanne et al., sed-crnn (quick: narrow)", Literature.sedCrnn
            "after Kao, DenseNet (quick: narrow)", Literature.kao
            "after KAIST, frames of 729 samples (quick: narrow)", Systems.leeKaist
            "after KAIST, frames of 2187 samples (quick: narrow)", Systems.leeKaistCoarse
            "after Lee et al., KAIST (quick: narrow)",
            [
                ensembleOf [
                    "after KAIST, frames of 729 samples (quick: narrow)"
                    "after KAIST, frames of 2187 samples (quick: narrow)"
                ]
            ]
            "after SNU, fine (quick: narrow)", Systems.leeSnuFine
            "after SNU, coarse (quick: narrow)", Systems.leeSnuCoarse
            "after Lee et al., SNU (quick: narrow)",
            [
                ensembleOf [ "after SNU, fine (quick: narrow)"; "after SNU, coarse (quick: narrow)" ]
            ]
            "pseudo labels of Wang et al. (quick: narrow)",
            without [ "strong weight" ] Literature.wang
            @ [ StrongWeight 1.0; pseudoLabelsFrom "Wang et al. (quick: narrow)" (Hard 0.5) ]
            "Dinkel et al., CDur (quick: narrow)", Literature.dinkel
            "after Schmid et al., mn04 (quick: narrow)", Literature.schmid
            "baseline of DESED (quick: narrow)", Task4.baseline
            "Nam et al., frequency dynamic (quick: narrow)", Task4.frequencyDynamic
            "Nam et al., dilated (quick: narrow)", Task4.dilatedFrequencyDynamic
            "Nam et al., excitation (quick: narrow)", Task4.squeezeExcitation
        ]

        validation 0.15
        selectOn Validation
        scoreOn Evaluation
        detect (detection { tune SmoothingPerClass })
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; MeanAP ]
        columns [ Parameters; MultiplyAccumulates; TrainingTime ]
        sortBy StrongF
        published "scores reported for the evaluation split of DCASE 2017 Task 4" known
        profile "quick" [ 1 ] [
            TrainingClips 800
            TestingClips 40
            EvaluationClips 440
            Window 100.0<ms>
            Hop 100.0<ms>
        ]
        profileRows "quick" [ Optimizer(adam 3e-3); Schedule(Cosine 1); Batch 16; Epochs 30; Patience 30 ]
        // Narrower networks and longer frames, so that each is trained in one to 15 minutes on one processor.
        profileRow "quick" "after Adavanne and Virtanen (quick: narrow)" [ Filters 16; Epochs 120 ]
        profileRow "quick" "baseline" [ Epochs 60; Patience 60 ]
        profileRow "quick" "Xu et al., detection (quick: narrow)" xu
        profileRow "quick" "Xu et al., tagging (quick: narrow)" xu
        profileRow "quick" "Kong et al., mean (quick: narrow)" kong
        profileRow "quick" "Kong et al., GRU (quick: narrow)" kong
        profileRow "quick" "Kong et al., transformer (quick: narrow)" kong
        profileRow "quick" "Wang et al. (quick: narrow)" wang
        profileRow "quick" "pseudo labels of Wang et al. (quick: narrow)" wang
        profileRow "quick" "after Sobieraj" [ Epochs 80 ]
        profileRow "quick" "after Su et al., FCN (quick: narrow)" [ Width 0.5; Hop 50.0<ms> ]
        profileRow "quick" "after Kumar et al., FCN (quick: narrow)" [
            Width 0.5
            Window 50.0<ms>
            Hop 50.0<ms>
            Epochs 20
        ]
        profileRow "quick" "after Kumar et al., VGG on 1.5 s (quick: narrow)" [ Width 0.5; Epochs 40 ]
        profileRow "quick" "after Kumar and Raj, instances" [ Epochs 60 ]
        profileRow "quick" "after Adavanne et al., sed-crnn (quick: narrow)" [ Filters 16; Epochs 90 ]
        profileRow "quick" "after Kao, DenseNet (quick: narrow)" [ Width 0.33; Window 50.0<ms>; Hop 50.0<ms> ]
        profileRow "quick" "after KAIST, frames of 729 samples (quick: narrow)" (kaist 729)
        profileRow "quick" "after KAIST, frames of 2187 samples (quick: narrow)" (kaist 2187)
        profileRow "quick" "after SNU, fine (quick: narrow)" [ Width 0.25; Epochs 20 ]
        profileRow "quick" "after SNU, coarse (quick: narrow)" [ Width 0.25 ]
        profileRow "quick" "Dinkel et al., CDur (quick: narrow)" [
            Width 0.25
            Window 40.0<ms>
            Hop 40.0<ms>
            Optimizer(adamW 3e-3 0.01)
        ]
        profileRow "quick" "after Schmid et al., mn04 (quick: narrow)" [ Width 0.5; Window 32.0<ms>; Hop 32.0<ms> ]
        profileRow "quick" "baseline of DESED (quick: narrow)" (Width 0.5 :: desed)
        profileRow "quick" "Nam et al., frequency dynamic (quick: narrow)" (Width 0.25 :: desed)
        profileRow "quick" "Nam et al., dilated (quick: narrow)" (Width 0.25 :: desed)
        profileRow "quick" "Nam et al., excitation (quick: narrow)" (Width 0.25 :: desed)
        profileRows "smoke" [ Width 0.125; Batch 8; Epochs 2 ]
    }

run [ leaderboard ]
