// Systems submitted to DCASE 2017 Task 4 as settings of rows: features, network and training. literature.fsx has
// the systems of other papers. Usage: `#load "systems.fsx"`, then `addRow "Xu et al." Systems.xu`. If layer sizes were
// not published, the comments state that they are chosen here; rows of such systems should be named "after" the
// authors. The times in the comments are the distance between frames of the strong output.
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

module Systems =
    /// The loss of the weak output alone, as in most systems.
    let clipsAlone = [ StrongWeight 0.0; WeakWeight 1.0 ]

    /// The layers of a network, followed by the layers of another network.
    let above (below: Network) (upper: Network) = {
        upper with
            Layers = below.Layers @ upper.Layers
    }

    /// Adavanne and Virtanen 2017 (arXiv 1710.02998): convolutions, recurrent layers, two weighted losses. Layer sizes
    /// were not published; the sizes chosen here give the published number of parameters. 20 ms.
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

    /// The baseline of the task: a context of 5 frames and two dense layers. 20 ms.
    let baseline = [
        Network mlp
        Batch 256
        Epochs 200
        StrongWeight 1.0
        WeakWeight 0.0
        Median 0.54<s>
    ]

    /// Xu et al., CVSSP, the best tagging system of the challenge: gated linear units, a gated recurrent layer, and
    /// attention with a softmax over the classes. 240 frames per clip, 41.5 ms.
    let xu =
        clipsAlone
        @ [
            Features(
                logMel {
                    window 64.0<ms>
                    hop 41.5<ms>
                    bands 64
                    range 0.0<Hz> 8000.0<Hz>
                }
            )
            Network(
                layers "gated CRNN" {
                    gatedConv 64
                    gatedConv 64
                    pool 2
                    gatedConv 64
                    gatedConv 64
                    pool 2
                    gatedConv 64
                    gatedConv 64
                    pool 2
                    conv 256
                    pool 8
                    gatedGru 128
                    weak ClassAttention
                }
            )
            Batch 44
            Order Balanced
            Threshold 0.3
        ]

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
            Network(above kaistConvolutions upper)
        ]

    /// Lee et al., KAIST: convolutions on the waveform with one of their eight input sizes, frames of 3^6 samples at 16
    /// kHz. The number of maps is half the number in arXiv 1703.01789. 45.6 ms.
    let leeKaist =
        kaist
            729
            (layers "sample-level CNN" {
                dropout 0.2
                weak MeanPooling
            })

    /// Lee et al., KAIST, with longer frames of 3^7 samples. 136.7 ms.
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
    /// Sizes are chosen here, because no code is public. 23 ms.
    let leeSnuFine = leeSnu "CNN, fine" 46.0<ms>

    /// After Lee et al., SNU: another CNN of the ensemble, with long frames. 93 ms.
    let leeSnuCoarse = leeSnu "CNN, coarse" 186.0<ms>
