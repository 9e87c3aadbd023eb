// Systems submitted to DCASE 2017 Task 4 as settings of rows: features, network and training. literature.fsx has
// the systems of other papers, task4.fsx those for DESED. Usage: `#load "systems.fsx"`, then
// `addRow "Xu et al." Systems.xuDetection`. If layer sizes were not published, the comments state that they are chosen
// here; rows of such systems should be named "after" the authors. The comments also state the distance between frames
// of the strong output, for example "One output every 20 ms".
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

module Systems =
    /// The loss of the weak output alone, as in most systems.
    let clipsAlone = [ StrongWeight 0.0; WeakWeight 1.0 ]

    /// Repeats the layers of a network `count` times.
    let times count (network: Network) = {
        network with
            Layers = List.replicate count network.Layers |> List.concat
    }

    /// Adavanne and Virtanen 2017 (arXiv 1710.02998): convolutions, recurrent layers, two weighted losses. There is no
    /// public code; this is a candidate with about the published number of parameters, 218,000. One output every 20 ms.
    let adavanne = [
        Network(
            crnn {
                name "CRNN"
                dropout 0.15
                weak DenseOverFrames
            }
        )
        StrongWeight 1.0
        WeakWeight 1.0
    ]

    /// The baseline of the task: a context of 5 frames and two dense layers. One output every 20 ms.
    let baseline = [
        Network mlp
        Batch 256
        Epochs 200
        StrongWeight 1.0
        WeakWeight 0.0
        Median 0.54<s>
    ]

    // Features and training of Xu et al., from their code. Their code draws classes in proportions of 1 to 5, depending
    // on the size of the class, and averages the probabilities of ten epochs.
    let private xu network =
        clipsAlone
        @ [
            Features(
                logMel {
                    rate 16000.0<Hz>
                    window 64.0<ms>
                    hop 41.5<ms>
                    shape SymmetricHamming
                    centred false
                    bands 64
                    range 0.0<Hz> 8000.0<Hz>
                    addedFloor 2.0163e-7
                }
            )
            Network network
            Batch 44
            Order Balanced
            Threshold 0.3
        ]

    let private xuUpper =
        layers "upper layers" {
            gatedConvNoBias 64 1e-3
            pool 2
            convPlain 256 3 3
            pool 4
            gatedGru 128
        }

    /// Xu et al., CVSSP (arXiv 1710.00343), the detection network of their code: gated linear units, two GRUs in Keras'
    /// convention whose product is taken, and attention with a softmax over the classes; 1,189,059 parameters. One
    /// output every 41.5 ms.
    let xuDetection =
        let block =
            layers "block" {
                gatedConvNoBias 64 1e-3
                gatedConvNoBias 64 1e-3
                pool 2
            }
        layers "gated CRNN" {
            initialWeights Glorot
            weak StrongClassAttention
        }
        |> Network.above xuUpper
        |> Network.above (times 3 block)
        |> xu

    /// Xu et al., CVSSP, the tagging network of their code, the best of the challenge: 30 frames, whose mean is the
    /// weak output; 1,188,753 parameters. One output every 332 ms.
    let xuTagging =
        let block =
            layers "block" {
                gatedConvNoBias 64 1e-3
                gatedConvNoBias 64 1e-3
                pool 2 2
            }
        layers "gated CRNN, 30 frames" {
            initialWeights Glorot
            weak MeanPooling
        }
        |> Network.above xuUpper
        |> Network.above (times 3 block)
        |> xu

    // A network of Lee et al., KAIST, for segments of the waveform at 44.1 kHz, each with one output, that inherit the labels
    // of their clip. Convolutions and pools have the same size in samples; `narrow` and `wide` are the numbers of blocks of
    // 128 and 256 maps.
    let private kaistSegments length duration size narrow wide =
        let block maps size =
            layers "block" {
                sampleConv maps size
                pool size
            }
        let network =
            layers $"segments of {length} samples" {
                sampleConv 512 1
                drop 0.5
                segments duration InheritLabels
                initialWeights He
                weak MaxPooling
            }
            |> Network.above (block 512 2)
            |> Network.above (times wide (block 256 size))
            |> Network.above (times narrow (block 128 size))
            |> Network.above (layers "first layer" { sampleConv 128 size size })
        clipsAlone
        @ [
            Features(
                samples {
                    rate 44100.0<Hz>
                    frame length
                }
            )
            Network network
        ]

    /// Lee et al., KAIST, one of their eight networks as in their code: segments of 16,384 samples, one output every 372
    /// ms, 1,855,889 parameters. They did not publish how the networks were trained and combined.
    let leeKaist372 = kaistSegments 16384 0.37152<s> 2 2 10

    /// Lee et al., KAIST, another of their eight networks: segments of 39,366 samples; 1,721,873 parameters. One output
    /// every 893 ms.
    let leeKaist893 = kaistSegments 39366 0.89265<s> 3 2 6

    let private kaistConvolutions =
        layers "convolutions along samples" {
            sampleConv 64 3 3
            sampleConv 64 3
            pool 3
            sampleConv 64 3
            pool 3
            sampleConv 128 3
            pool 3
            sampleConv 128 3
            pool 3
            sampleConv 128 3
            pool 3
            sampleConv 256 3
        }

    let private kaist length upper =
        clipsAlone
        @ [
            Features(
                samples {
                    rate 16000.0<Hz>
                    frame length
                }
            )
            Network(Network.above kaistConvolutions upper)
        ]

    /// After Lee et al., KAIST: convolutions on the waveform, smaller than theirs and not divided into segments. Frames
    /// of 3^6 samples at 16 kHz. One output every 45.6 ms.
    let leeKaist =
        kaist
            729
            (layers "sample-level CNN" {
                dropout 0.2
                weak MeanPooling
            })

    /// After Lee et al., KAIST, with longer frames of 3^7 samples. One output every 136.7 ms.
    let leeKaistCoarse =
        kaist
            2187
            (layers "sample-level CNN, coarse" {
                pool 3
                sampleConv 256 3
                dropout 0.2
                weak MeanPooling
            })

    let private leeSnu name length =
        clipsAlone
        @ [
            Features(
                logMel {
                    window length
                    overlap 0.5
                    bands 64
                }
            )
            Network(
                layers name {
                    doubleConv 32
                    pool 4
                    doubleConv 64
                    pool 4
                    doubleConv 128
                    pool 4
                    dropout 0.25
                    weak MeanPooling
                }
            )
        ]

    /// After Lee et al., SNU, the best detection system of the challenge: one CNN of the ensemble, with short frames.
    /// Sizes are chosen here, because no code is public. One output every 23 ms.
    let leeSnuFine = leeSnu "CNN, fine" 46.0<ms>

    /// After Lee et al., SNU: another CNN of the ensemble, with long frames. One output every 93 ms.
    let leeSnuCoarse = leeSnu "CNN, coarse" 186.0<ms>
