namespace Sed

open Sed.Core.Networks
open Sed.Core.Networks.WeakOutputs

/// Keywords of all networks: dropout, outputs, segments and starting weights.
[<AbstractClass>]
type NetworkBlock() =
    inherit Block<Network>()

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    /// Dropout rate after each layer. Default 0.15 in `crnn`, 0 in `layers`.
    [<CustomOperation "dropout">]
    member _.Dropout(network: Network, rate: float) =
        { network with Dropout = rate } |> given "dropout"

    /// How the weak output is computed from the strong output. Default DenseOverFrames in `crnn`, MaxPooling in
    /// `layers`.
    [<CustomOperation "weak">]
    member _.Weak(network: Network, output: WeakOutput) =
        { network with Weak = output } |> given "weak"

    /// Applies the network to each segment of this length separately: `segments 1.5<s> LargestSegment`
    /// (multiple-instance learning) or `segments 1.5<s> InheritLabels`. Default: whole clips.
    [<CustomOperation "segments">]
    member _.Segments(network: Network, length: float<s>, learning: SegmentLearning) =
        {
            network with
                Segments = Some(length, learning)
        }
        |> given "segments"

    /// The distribution of the weights before training: `initialWeights Glorot` or `initialWeights He`. Default: each
    /// kind of layer has its own distribution; convolutions and dense layers have that of PyTorch.
    [<CustomOperation "initialWeights">]
    member _.InitialWeights(network: Network, weights: InitialWeights) =
        { network with Initial = weights } |> given "initialWeights"

    /// Starts training from the weights of a file: `startFrom "w.pth"`. The file is a PyTorch file (.pth, .pt), a
    /// safetensors file or a model file (.sed). Parameters are matched by name. The number of loaded parameters is
    /// printed, and starting-weights.txt in the folder of each trial lists the loaded, missing and unused parameters.
    /// If the classes of a model file differ from those of the corpus, its strong and weak outputs are not loaded.
    /// Default random weights.
    [<CustomOperation "startFrom">]
    member _.StartFrom(network: Network, file: string) =
        network |> Network.startFromWith file [] |> given "startFrom"

    /// Starts training from selected weights of a file. A table pairs names in the file with names in the network:
    /// `startFromWith "w.pth" [ ("features.0.*", "1-convolution.*") ]`. `*` stands for any text. For each tensor, the
    /// first matching pair applies; tensors that match no pair are not loaded.
    [<CustomOperation "startFromWith">]
    member _.StartFromWith(network: Network, file: string, table: (string * string) list) =
        network |> Network.startFromWith file table |> given "startFrom"
