namespace Sed

open System.Collections.Generic
open System.Text.Json.Nodes
open Sed.Core.Features
open Sed.Core.Features.LogMel
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Runtime.Keys

/// A network with a strong and a weak output: layers from the bottom up, then a dense sigmoid layer per frame, then the weak output.
type Network = {
    Name: string
    Layers: Layer list
    /// Probability that a value is dropped in training, from 0 to below 1; after every layer that makes values.
    Dropout: float
    Weak: WeakOutput
    /// Length of the segments that are heard by themselves, and how they learn; None where a clip is heard as a whole.
    Segments: (float<s> * SegmentLearning) option
    Declared: string list
}

module Network =
    // What a network leaves of a clip depends on the clip's length; what is wrong with it does not, so any will do.
    let private someFrames = 500
    let private someClasses = 1
    let private someHop = 0.02

    let private ofDescription name (description: NetworkDescription) = {
        Name = name
        Layers = List.ofSeq description.Layers
        Dropout = description.Dropout
        Weak = description.Weak
        Segments = None
        Declared = []
    }

    /// The layers that come near the paper's 218,000 parameters (its own sizes are not published): 3 convolutions of
    /// 48 filters pooled by 5, 4 and 2, two bidirectional layers of 32 units, a dense layer of 64.
    let candidate218k = ofDescription "CRNN" (NetworkDescription.Candidate218k())

    /// The DCASE 2017 baseline: 5 frames of context and two dense layers of 50 units.
    let baseline = ofDescription "MLP" (NetworkDescription.Baseline())

    let private segmentation (hopSeconds: float) (length: float<s>, learning) =
        Segmentation(int (round (float length / hopSeconds)), learning)

    /// The network over clips of so many frames, which lie so many seconds apart, bands and classes.
    let describe hopSeconds frames bands classes (network: Network) =
        NetworkDescription(
            Layers = List.toArray network.Layers,
            Frames = frames,
            Bands = bands,
            Classes = classes,
            Dropout = network.Dropout,
            Weak = network.Weak,
            Segments = (network.Segments |> Option.map (segmentation hopSeconds) |> Option.toObj)
        )

    /// The canonical key: everything that decides what the network computes. Its name does not.
    let key (network: Network) =
        let layers = [| for layer in network.Layers -> CanonicalKey.Node layer |]
        let key =
            JsonObject(
                [
                    KeyValuePair("layers", JsonArray layers :> JsonNode)
                    KeyValuePair("dropout", JsonValue.Create network.Dropout)
                    KeyValuePair("weak", CanonicalKey.Node network.Weak)
                ]
            )
        match network.Segments with
        | Some(length, learning) ->
            key["segmentSeconds"] <- JsonValue.Create(float length)
            key["segmentLearning"] <- JsonValue.Create(CanonicalKey.Of learning)
        | None -> ()
        key

    let print (network: Network) =
        let layers = network.Layers |> List.map _.Summary |> String.concat ", "
        let segments =
            match network.Segments with
            | Some(length, SegmentLearning.InheritLabels) ->
                $"; segments of {Text.number (float length)} s that inherit labels"
            | Some(length, _) -> $"; segments of {Text.number (float length)} s with max pooling"
            | None -> ""
        $"{network.Name}: {layers}; weak output: {network.Weak.Summary}; dropout {Text.number network.Dropout}{segments}"

    /// How many frames of the features lie between two of the strong output; None where the layers do not fit.
    let internal frameStep (bands: int) (network: Network) =
        let description = describe someHop someFrames (max 1 bands) someClasses network
        if description.Problems().Count = 0 then
            Some description.FrameStride
        else
            None

    /// Convolutions along samples want samples, and those over bands want bands; what is below either has both.
    let private kindProblems (features: Features) (network: Network) = [
        let isOnSamples (layer: Layer) = layer :? Layer.SampleConvolution
        let isOnBands (layer: Layer) =
            layer :? Layer.Convolution
            || layer :? Layer.GatedConvolution
            || layer :? Layer.DoubleConvolution
            || layer :? Layer.DenseBlock
        let first =
            List.tryFindIndex (fun layer -> isOnSamples layer || isOnBands layer) network.Layers
        match first, features.Source with
        | Some index, (:? LogMelOptions) when isOnSamples network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "goes along samples, but the features are log-mel energies"
                "say `features (samples { frame 729 })`, or use `conv`"
        | Some index, (:? SampleFrames) when isOnBands network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "goes over bands, but the features are samples"
                "put `sampleConv` before it, or say `features (logMel { bands 40 })`"
        | _ -> ()
    ]

    /// Every reason why a network does not fit features.
    let problems (features: Features) (network: Network) = [
        let hopSeconds =
            if features.Source.HopSeconds > 0.0 then
                features.Source.HopSeconds
            else
                someHop
        let isLength (length: float<s>) = length > 0.0<s> && float length < 1e6
        // A segment that is no length is named once, and its layers are judged over the whole clip.
        let judged =
            match network.Segments with
            | Some(length, _) when not (isLength length) -> { network with Segments = None }
            | _ -> network
        let frames =
            match judged.Segments with
            | Some(length, _) -> max someFrames (int (round (float length / hopSeconds)))
            | None -> someFrames
        match network.Segments with
        | Some(length, _) when not (isLength length) ->
            Problem.at
                "network"
                $"segments of {Text.number (float length)} s"
                "a segment has a length, for example `segments 1.5<s> LargestSegment`"
        | _ -> ()
        for found in (describe hopSeconds frames (max 1 features.Source.Bands) someClasses judged).Problems() do
            found
        yield! kindProblems features network
        yield! Text.keywordsTwice "network" network.Declared
    ]
