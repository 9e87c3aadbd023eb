namespace Sed

open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs

/// A network with a strong and a weak output: layers from the bottom up, then a dense sigmoid layer per frame, then the weak output.
type Network = {
    Name: string
    Layers: Layer list
    /// Probability that a value is dropped in training, from 0 to below 1; after every layer that makes values.
    Dropout: float
    Weak: WeakOutput
    Declared: string list
}

module Network =
    // What a network leaves of a clip depends on the clip's length; what is wrong with it does not, so any will do.
    let private someFrames = 500
    let private someClasses = 1

    let private ofDescription name (description: NetworkDescription) = {
        Name = name
        Layers = List.ofSeq description.Layers
        Dropout = description.Dropout
        Weak = description.Weak
        Declared = []
    }

    /// The layers that come near the paper's 218,000 parameters (its own sizes are not published): 3 convolutions of
    /// 48 filters pooled by 5, 4 and 2, two bidirectional layers of 32 units, a dense layer of 64.
    let candidate218k = ofDescription "CRNN" (NetworkDescription.Candidate218k())

    /// The DCASE 2017 baseline: 5 frames of context and two dense layers of 50 units.
    let baseline = ofDescription "MLP" (NetworkDescription.Baseline())

    /// The network over clips of so many frames, bands and classes.
    let describe frames bands classes (network: Network) =
        NetworkDescription(
            Layers = List.toArray network.Layers,
            Frames = frames,
            Bands = bands,
            Classes = classes,
            Dropout = network.Dropout,
            Weak = network.Weak
        )

    let print (network: Network) =
        let layers = network.Layers |> List.map _.Identity |> String.concat ", "
        $"{network.Name}: {layers}; weak output: {network.Weak.InWords}; dropout {Text.number network.Dropout}"

    /// How many frames of the features lie between two of the strong output; None where the layers do not fit.
    let internal frameStep (bands: int) (network: Network) =
        let description = describe someFrames (max 1 bands) someClasses network
        if description.Problems().Count = 0 then
            Some description.FrameStep
        else
            None

    /// Convolutions along samples want samples, and those over bands want bands; what is below either has both.
    let private kindProblems features (network: Network) = [
        let isOnSamples (layer: Layer) = layer :? Layer.SampleConvolution
        let isOnBands (layer: Layer) =
            layer :? Layer.Convolution
            || layer :? Layer.GatedConvolution
            || layer :? Layer.DoubleConvolution
            || layer :? Layer.DenselyConnected
        let first =
            List.tryFindIndex (fun layer -> isOnSamples layer || isOnBands layer) network.Layers
        match first, features with
        | Some index, Features.LogMel _ when isOnSamples network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "goes along samples, but the features are log-mel energies"
                "say `features (samples { frame 729 })`, or use `conv`"
        | Some index, Features.Samples _ when isOnBands network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "goes over bands, but the features are samples"
                "put `sampleConv` before it, or say `features (logMel { bands 40 })`"
        | _ -> ()
    ]

    /// Every reason why a network does not fit features.
    let problems (features: Features) (network: Network) = [
        for found in (describe someFrames (max 1 features.Bands) someClasses network).Problems() do
            let place =
                if found.Place = "" then
                    "network"
                else
                    $"network, {found.Place}"
            Problem.at place found.What found.Remedy
        yield! kindProblems features network
        yield! Text.keywordsTwice "network" network.Declared
    ]
