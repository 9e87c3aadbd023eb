// Published architectures, layer for layer, so that the authors' weights can be loaded. Usage:
// `#load "architectures.fsx"` and `open Architectures`, then for example `network Architectures.cnn14`. The features for
// these weights are the presets Cdur, Panns and EfficientAt of `logMel`.
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

module Architectures =
    let private cdurLayers =
        layers "blocks" {
            normConv 32 0.1
            poolNorm 2 4
            normConv 128 0.1
            normConv 128 0.1
            poolNorm 2 4
            normConv 128 0.1
            normConv 128 0.1
            poolNorm 1 4
            drop 0.3
            biGru 128 Merge.Concatenate
        }

    /// CDur (Dinkel et al. 2021, arXiv 2101.07687): 682,867 parameters for 17 classes. The layers have one output for
    /// every 4 frames.
    let cdur =
        Network.above
            cdurLayers
            (layers "CDur" {
                strong Interpolated
                atLeast 1e-7
                weak LinearSoftmax
            })

    /// The teacher of the voice activity detection of Dinkel et al. (2021, "Voice activity detection in the wild"): the
    /// layers of CDur, with the weak output computed after the interpolation.
    let voiceActivityTeacher =
        Network.above
            cdurLayers
            (layers "CRNN of GPVAD" {
                strong InterpolatedFirst
                atLeast 1e-7
                weak LinearSoftmax
            })

    /// For `startFromWith`: pairs of the name of a weight in gpvad_teacher1.pth and the name of a parameter of
    /// `voiceActivityTeacher` or `cdur`, without the output layer.
    let voiceActivityNames = [
        for layer, block in [ 1, 0; 3, 2; 4, 3; 6, 5; 7, 6 ] do
            $"features.{block}.block.0.*", $"{layer}-convolution.normalisation.*"
            $"features.{block}.block.1.*", $"{layer}-convolution.convolution.*"
        "gru.*", "10-gru.recurrent.*"
    ]

    // Averages the maps of the blocks over bands, adds their maximum and their mean over the clip, and applies two
    // dense layers.
    let private clipOutput name bands (units: int) =
        layers name {
            poolMean 1 bands
            maxMeanFrames
            drop 0.5
            denseRelu units
            drop 0.5
            weak MaxPooling
        }

    let private smallBlocks =
        layers "blocks" {
            normBands
            doubleConvNoBias 64
            poolMean 2 2
            drop 0.2
            doubleConvNoBias 128
            poolMean 2 2
            drop 0.2
            doubleConvNoBias 256
            poolMean 2 2
            drop 0.2
            doubleConvNoBias 512
            poolMean 2 2
            drop 0.2
        }

    let private largeBlocks =
        layers "blocks" {
            doubleConvNoBias 1024
            poolMean 2 2
            drop 0.2
            doubleConvNoBias 2048
            poolMean 1 1
            drop 0.2
        }
        |> Network.above smallBlocks

    /// Cnn6 of PANNs (Kong et al. 2020, arXiv 1912.10211): tagging only, 4,837,455 parameters for 527 classes.
    let cnn6 =
        let blocks =
            layers "blocks" {
                normBands
                convNoBias 64 5 5
                poolMean 2 2
                drop 0.2
                convNoBias 128 5 5
                poolMean 2 2
                drop 0.2
                convNoBias 256 5 5
                poolMean 2 2
                drop 0.2
                convNoBias 512 5 5
                poolMean 2 2
                drop 0.2
            }
        Network.above blocks (clipOutput "Cnn6" 4 512)

    /// Cnn10 of PANNs: tagging only, 5,219,279 parameters for 527 classes.
    let cnn10 = Network.above smallBlocks (clipOutput "Cnn10" 4 512)

    /// Cnn14 of PANNs: tagging only, 80,753,615 parameters for 527 classes.
    let cnn14 = Network.above largeBlocks (clipOutput "Cnn14" 2 2048)

    /// Cnn14_DecisionLevelMax of PANNs: the layers of Cnn14 with a strong output for every 32 frames. The weak output
    /// is the maximum of the strong output.
    let cnn14DecisionLevelMax =
        Network.above
            largeBlocks
            (layers "Cnn14 decision level" {
                poolMean 1 2
                maxMeanFrames 3
                drop 0.5
                denseRelu 2048
                drop 0.5
                strong Repeated
                weak MaxPooling
            })

    /// For `startFromWith`: pairs of the name of a weight in PANNs' files and the name of a parameter of `network`,
    /// without the output layer. `network` is `cnn6`, `cnn10`, `cnn14` or `cnn14DecisionLevelMax`. For example, for
    /// `Cnn10_mAP=0.380.pth` and the features `logMel { preset Panns }`:
    ///
    /// Architectures.cnn10 |> Network.startFromWith "Cnn10_mAP=0.380.pth" (Architectures.pannsNames Architectures.cnn10)
    ///
    /// To load the output layer for AudioSet's classes, too, add the pair "fc_audioset.*", "strong.*" to the list.
    let pannsNames (network: Network) = [
        let ofKind kind = [
            for number, layer in List.indexed network.Layers do
                match kind layer with
                | Some rest -> number + 1, rest
                | None -> ()
        ]
        let blocks =
            ofKind (fun (layer: Layer) ->
                match layer with
                | :? Layer.Convolution -> Some false
                | :? Layer.DoubleConvolution -> Some true
                | _ -> None)
        "bn0.*", "1-band-normalisation.normalisation.*"
        for index, (number, isDouble) in List.indexed blocks do
            let theirs = $"conv_block{index + 1}"
            if isDouble then
                $"{theirs}.conv1.*", $"{number}-block.first.convolution.*"
                $"{theirs}.bn1.*", $"{number}-block.first.normalisation.*"
                $"{theirs}.conv2.*", $"{number}-block.second.*"
                $"{theirs}.bn2.*", $"{number}-block.secondNormalisation.*"
            else
                $"{theirs}.conv1.*", $"{number}-convolution.convolution.*"
                $"{theirs}.bn1.*", $"{number}-convolution.normalisation.*"
        for number, () in ofKind (fun layer -> if layer :? Layer.Dense then Some() else None) do
            "fc1.*", $"{number}-dense.dense.*"
    ]

    // Table 1 of Howard et al. 2019 (MobileNetV3, arXiv 1905.02244).
    let private mobileBlocks = [
        // kernel, maps between the 1x1 convolutions, output maps, squeeze-and-excitation, activation, stride
        3, 16, 16, false, Activation.Relu, 1
        3, 64, 24, false, Activation.Relu, 2
        3, 72, 24, false, Activation.Relu, 1
        5, 72, 40, true, Activation.Relu, 2
        5, 120, 40, true, Activation.Relu, 1
        5, 120, 40, true, Activation.Relu, 1
        3, 240, 80, false, Activation.HardSwish, 2
        3, 200, 80, false, Activation.HardSwish, 1
        3, 184, 80, false, Activation.HardSwish, 1
        3, 184, 80, false, Activation.HardSwish, 1
        3, 480, 112, true, Activation.HardSwish, 1
        3, 672, 112, true, Activation.HardSwish, 1
        5, 672, 160, true, Activation.HardSwish, 2
        5, 960, 160, true, Activation.HardSwish, 1
        5, 960, 160, true, Activation.HardSwish, 1
    ]

    // The nearest multiple of 8, at least 8; the next higher multiple if rounding down would remove more than 10 %.
    let private divisible (maps: float) =
        let rounded = max 8 (int (maps + 4.0) / 8 * 8)
        if float rounded < 0.9 * maps then rounded + 8 else rounded

    let private aboveMobileLayers (width: float) (upper: Network) =
        let maps (count: int) = divisible (float count * width)
        let blocks: Layer list = [
            Layer.StridedConvolution(maps 16)
            for kernel, expanded, filters, excites, activation, stride in mobileBlocks do
                Layer.InvertedResidual(maps expanded, maps filters, kernel, stride, excites, activation)
            Layer.StridedConvolution(6 * maps 160, 1, 1)
        ]
        {
            upper with
                Layers = blocks @ upper.Layers
        }

    /// The MobileNets of EfficientAT (Schmid et al. 2023, arXiv 2211.04772): tagging only. The width factor is 0.4 for
    /// mn04 and 1.0 for mn10; mn04 has 983,599 parameters for 527 classes. Needs 128 bands.
    let mobileNet (width: float) =
        aboveMobileLayers
            width
            (layers $"MobileNet x {width}" {
                poolMean 1 4
                meanFrames
                denseHardSwish (divisible (1280.0 * width))
                drop 0.2
                weak MaxPooling
            })

    /// The layers of `mobileNet` with a strong output for every 32 frames. The weak output is the mean of the strong
    /// output. Needs 128 bands.
    let mobileNetOfFrames (width: float) =
        aboveMobileLayers
            width
            (layers $"MobileNet x {width}, frames" {
                poolMean 1 4
                denseHardSwish (divisible (1280.0 * width))
                drop 0.2
                strong Repeated
                weak MeanPooling
            })

    /// For `startFromWith`: pairs of the name of a weight of EfficientAT's MobileNets and the name of a parameter of
    /// `mobileNetOfFrames`, without the output layer.
    let mobileNetNames (width: float) = [
        let maps (count: int) = divisible (float count * width)
        let convolution theirs part ours name = [
            $"{theirs}.{part}.0.*", $"{ours}.{name}.convolution.*"
            $"{theirs}.{part}.1.*", $"{ours}.{name}.normalisation.*"
        ]
        let outer block layer = [
            $"features.{block}.0.*", $"{layer}-strided-convolution.convolution.*"
            $"features.{block}.1.*", $"{layer}-strided-convolution.normalisation.*"
        ]
        yield! outer 0 1
        let inputs = 16 :: [ for _, _, filters, _, _, _ in mobileBlocks -> filters ]
        for index, (input, (_, expanded, _, excites, _, _)) in
            List.indexed (List.zip inputs.[.. mobileBlocks.Length - 1] mobileBlocks) do
            let theirs = $"features.{index + 1}.block"
            let ours = $"{index + 2}-inverted-residual"
            let first = if maps expanded <> maps input then 1 else 0
            if first = 1 then
                yield! convolution theirs 0 ours "expansion"
            yield! convolution theirs first ours "depthwise"
            if excites then
                $"{theirs}.{first + 1}.conc_se_layers.0.fc1.*", $"{ours}.excitation.squeeze.*"
                $"{theirs}.{first + 1}.conc_se_layers.0.fc2.*", $"{ours}.excitation.excite.*"
            yield! convolution theirs (if excites then first + 2 else first + 1) ours "projection"
        yield! outer (mobileBlocks.Length + 1) (mobileBlocks.Length + 2)
        "classifier.2.*", $"{mobileBlocks.Length + 4}-dense.dense.*"
    ]
