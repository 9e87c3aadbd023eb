// Systems of papers outside the challenge of DCASE 2017 as settings of rows: features, network and training. Usage:
// `#load "literature.fsx"`, then `addRow "Wang et al." Literature.wang`. The conventions are those of systems.fsx.
#load "systems.fsx" "architectures.fsx"
open Sed
open Systems.Systems
open Architectures
open Sed.Core.Networks.Layers

module Literature =
    // Network and training of Kong et al., from their code. They train for 88 epochs without selecting one. In their
    // code, an event of a class needs a tag (0.5), a frame above 0.3 and neighbours above 0.1; the leaderboard tunes
    // the decoding of all rows alike. They use Glorot's initial weights for convolutions and outputs only. The input
    // weights of their GRU are uniform within sqrt(3 / fan-in), the recurrent weights of its candidate state are
    // orthogonal, and its biases are 0; here, the input weights are Glorot's with the gain 5/3, all recurrent weights
    // are orthogonal, and the biases are 0. The dense layers of their self-attention have normally distributed weights;
    // here, these weights are Glorot's.
    let private kongConvolutions =
        layers "convolutions" {
            normBands
            doubleConvNoBias 64
            poolMean 2 2
            doubleConvNoBias 128
            poolMean 2 2
            doubleConvNoBias 256
            poolMean 2 2
            doubleConvNoBias 512
            poolMean 1 8
        }

    let private kong upper =
        clipsAlone
        @ [
            Optimizer(amsGrad 1e-3)
            Schedule(DropAfter 0.1 62)
            // 32 clips after the mixup of pairs.
            Batch 64
            Augment [ stripes 2 64 2 8; mixupPairs 1.0 ]
            AugmentNormalised true
            Features(logMel { preset Panns })
            Network(Network.above kongConvolutions upper)
        ]

    /// Kong et al. 2019 (arXiv 1912.04761), Cnn_9layers_FrameAvg of their code: eight convolutions and the mean over
    /// the frames; 4,694,993 parameters. One output every 80 ms, repeated every 10 ms.
    let kongAverage =
        kong (
            layers "CNN of 9 layers" {
                strong Repeated
                initialWeights Glorot
                weak MeanPooling
            }
        )

    /// Kong et al. 2019, Cnn_9layers_Gru_FrameAtt: a bidirectional GRU and attention; 5,886,434 parameters. One output
    /// every 80 ms, repeated every 10 ms.
    let kongGru =
        kong (
            layers "CNN and GRU" {
                biGru 256 Merge.Concatenate
                strong Repeated
                initialWeights Glorot
                weak LimitedAttention
            }
        )

    /// Kong et al. 2019, Cnn_9layers_Transformer_FrameAtt: self-attention and attention; 5,754,338 parameters. One
    /// output every 80 ms, repeated every 10 ms.
    let kongTransformer =
        kong (
            layers "CNN and transformer" {
                plainAttention 8
                strong Repeated
                initialWeights Glorot
                weak LimitedAttention
            }
        )

    /// Wang, Li and Metze 2018 (arXiv 1810.09050), the CRNN of their code with linear softmax; 936,041 parameters. They
    /// halve the learning rate when the loss on validation recordings, which are not public, stops improving; here,
    /// when the monitor stops improving. The GRU's input weights are Glorot's, not orthogonal, and the ends of clips
    /// are padded by reflection, not with zeros. One output every 100 ms.
    let wang =
        clipsAlone
        @ [
            Features(
                logMel {
                    rate 16000.0<Hz>
                    window 64.0<ms>
                    fft 4096
                    hop 25.0<ms>
                    shape Hann
                    bands 64
                    range 0.0<Hz> 8000.0<Hz>
                    floor 1e-10
                }
            )
            Network(
                layers "5x5 CRNN" {
                    convPlain 32 5 5
                    pool 1 2
                    convPlain 64 5 5
                    pool 2 2
                    convPlain 128 5 5
                    pool 2 2
                    biGru 100 Merge.Concatenate
                    initialWeights Glorot
                    weak LinearSoftmax
                }
            )
            Optimizer(adam 3e-4)
            Schedule(Plateau 0.5 4)
            Order Balanced
            Batch 100
        ]

    /// After Sobieraj: four convolutions of 24 filters, two recurrent layers, maximum over time. In the published code,
    /// kernels have 5 frames and 20 bands, the GRUs are unidirectional, and the maximum is taken before the dense
    /// layer, so that there is no output over time. Here, one output every 20 ms.
    let sobieraj =
        clipsAlone
        @ [
            Network(
                layers "small CRNN" {
                    conv 24
                    pool 5
                    conv 24
                    pool 2
                    conv 24
                    pool 2
                    conv 24
                    pool 2
                    biGru 24 Merge.Concatenate
                    biGru 24 Merge.Concatenate
                    dropout 0.25
                    weak MaxPooling
                }
            )
        ]

    /// After Su, Liu et al.: fully convolutional with pooling over time and one map for each class. Sizes are chosen
    /// here. One output every 160 ms, repeated every 20 ms.
    let su =
        clipsAlone
        @ [
            Network(
                layers "FCN" {
                    conv 32
                    pool 2 5
                    conv 64
                    pool 2 2
                    conv 128
                    pool 2 4
                    conv 128 3 1
                    upsample 8
                    dropout 0.25
                    weak MeanPooling
                }
            )
        ]

    /// After Kumar et al., FCN: computes the outputs of segments of about 1.3 s from the whole clip; the weak output is
    /// their mean. Sizes are chosen here. One output every 640 ms, repeated every 20 ms.
    let kumarFcn =
        clipsAlone
        @ [
            Network(
                layers "FCN of segments" {
                    doubleConv 16
                    pool 2 2
                    doubleConv 32
                    pool 2 2
                    doubleConv 64
                    pool 2 2
                    doubleConv 128
                    pool 2 5
                    pool 2 1
                    conv 256 3 1
                    upsample 32
                    dropout 0.2
                    weak MeanPooling
                }
            )
        ]

    /// After Kumar et al., VGG: segments of 1.5 s (here 1.6 s, a whole number of pooled frames), each trained on the
    /// labels of its clip. Sizes are chosen here. One output every 80 ms, repeated every 20 ms.
    let kumarVgg =
        clipsAlone
        @ [
            Network(
                layers "VGG" {
                    doubleConv 16
                    pool 2 2
                    doubleConv 32
                    pool 2 2
                    doubleConv 64
                    pool 1 10
                    denseRelu 128
                    upsample 4
                    dropout 0.2
                    weak MeanPooling
                    segments 1.6<s> InheritLabels
                }
            )
        ]

    /// After Kumar and Raj: multiple-instance learning with segments of 1 s and their maximum. Sizes are chosen here.
    /// One output every 20 ms.
    let kumarRaj =
        clipsAlone
        @ [
            Network(
                layers "multiple instances" {
                    context 9
                    denseRelu 128
                    denseRelu 128
                    dropout 0.2
                    weak MeanPooling
                    segments 1.0<s> LargestSegment
                }
            )
        ]

    /// After Adavanne et al., sed-crnn (their code for DCASE 2017 Task 3): a CRNN for strong labels, here with GRUs in
    /// torch's convention. One output every 20 ms.
    let sedCrnn = [
        Network(
            layers "CRNN of 128 maps" {
                conv 128
                pool 5
                conv 128
                pool 2
                conv 128
                pool 2
                biGru 32
                biGru 32
                dense 32
                dropout 0.5
                initialWeights Glorot
                weak MaxPooling
            }
        )
        StrongWeight 1.0
        WeakWeight 0.0
    ]

    /// After Kao 2020 (arXiv 2008.03350): a DenseNet and the mean over its output frames. Blocks and growth are chosen
    /// here. One output every 160 ms, repeated every 20 ms.
    let kao =
        clipsAlone
        @ [
            Features(logMel { bands 64 })
            Network(
                layers "DenseNet" {
                    conv 24
                    pool 2 2
                    denseBlock 4 12
                    conv 36 1 1
                    poolMean 2 2
                    denseBlock 4 12
                    conv 42 1 1
                    poolMean 2 2
                    denseBlock 4 12
                    poolMean 1 8
                    upsample 8
                    weak MeanPooling
                }
            )
        ]

    /// Dinkel, Wu and Yu 2021, CDur (arXiv 2101.07687): Lp pooling, a GRU layer and linear softmax. The training is
    /// that of their model for DCASE 2017 Task 4, without its label smoothing, its noise and the plateaus of its
    /// learning rate; here, clips without events count as one more class in the balanced order of the clips. One output
    /// every 80 ms, interpolated to 20 ms.
    let dinkel =
        clipsAlone
        @ [
            Features(logMel { preset Cdur })
            Network Architectures.cdur
            Optimizer(adamW 1e-3 0.01)
            Order Balanced
            Batch 64
            Augment [ timeShift 10.0; specAugment 50 12 ]
        ]

    /// Kong et al. 2020, PANNs (arXiv 1912.10211): Cnn14_DecisionLevelMax, to be fine-tuned from its AudioSet weights.
    /// The leaderboard has no row for it, because from random weights and with an eighth of the filters it learnt
    /// little in 32 epochs of the quick profile (weak F 0.21). One output every 320 ms, repeated every 10 ms.
    let cnn14 =
        clipsAlone
        @ [
            Features(logMel { preset Panns })
            Network Architectures.cnn14DecisionLevelMax
            Batch 64
            Augment [ stripes 2 64 2 8; mixupPairs 1.0 ]
            AugmentNormalised true
        ]

    /// After Schmid et al. 2023, EfficientAT (arXiv 2211.04772): the MobileNet mn04 without its AudioSet weights. Here,
    /// the network has an output for each frame; the authors average the frames before the dense layers. One output
    /// every 320 ms, repeated every 10 ms.
    let schmid =
        clipsAlone
        @ [
            Features(logMel { preset EfficientAt })
            Network(Architectures.mobileNetOfFrames 0.4)
            Batch 32
            Augment [ mixup 0.3 ]
        ]
