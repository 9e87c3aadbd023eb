namespace Sed

open System.Collections.Generic
open System.Text.Json.Nodes
open Sed.Core.Features
open Sed.Core.Features.Combined
open Sed.Core.Features.Encoders
open Sed.Core.Features.LogMel
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Networks.Weights
open Sed.Core.Runtime.Keys

/// A network with a strong and a weak output: layers from input to output, then a dense sigmoid layer per frame (the
/// strong output), then the weak output.
type Network = {
    Name: string
    Layers: Layer list
    /// Dropout rate after every layer, except layers that only rearrange or rescale values and convolutions without
    /// activation function; from 0 (inclusive) to 1 (exclusive). A layer and the pooling after it count as one layer.
    Dropout: float
    Weak: WeakOutput
    /// Interpolation and lower bound of the strong output; None to leave the dense sigmoid layer's output as it is.
    Strong: StrongOutput option
    /// Length of the segments that the network processes separately, and how segments are trained on the weak labels of
    /// clips; None to process whole clips.
    Segments: (float<s> * SegmentLearning) option
    /// The weights from which training starts; None for random weights.
    StartFrom: StartingWeights option
    /// The distribution of random weights.
    Initial: InitialWeights
    Declared: string list
}

module Network =
    // Problems do not depend on the length of clips or the number of classes, so any values can be used.
    let private someFrames = 500
    let private someClasses = 1
    let private someHop = 0.02

    let private ofDescription name (description: NetworkDescription) = {
        Name = name
        Layers = List.ofSeq description.Layers
        Dropout = description.Dropout
        Weak = description.Weak
        Strong = Option.ofObj description.Strong
        Segments = None
        StartFrom = None
        Initial = InitialWeights.Own
        Declared = []
    }

    /// A network with about 218,000 parameters, as in Adavanne and Virtanen (2017), who do not give layer sizes: 3
    /// convolutions of 48 filters with max pooling over 5, 4 and 2 bands, two bidirectional GRU layers of 32 units, and
    /// a dense layer of 64 units.
    let candidate218k = ofDescription "CRNN" (NetworkDescription.Candidate218k())

    /// The network of the DCASE 2017 baseline: a context of 5 frames and two dense layers of 50 units.
    let baseline = ofDescription "MLP" (NetworkDescription.Baseline())

    /// Adds a layer in front of the network's outputs.
    let internal withLayer layer (network: Network) = {
        network with
            Layers = network.Layers @ [ layer ]
    }

    /// Stacks two networks: the layers of the lower network, followed by the layers and the outputs of the upper one:
    /// `head |> Network.above trunk`.
    let above (lower: Network) (upper: Network) = {
        upper with
            Layers = lower.Layers @ upper.Layers
    }

    /// Starts the training of the network from selected weights of a file. The table pairs names in the file with names
    /// in the network; an empty table pairs equal names.
    let startFromWith (file: string) (table: (string * string) list) (network: Network) = {
        network with
            StartFrom = Some(StartingWeights(file, [ for source, target in table -> WeightPattern(source, target) ]))
    }

    let private segmentation (hopSeconds: float) (length: float<s>, learning) =
        Segmentation(int (round (float length / hopSeconds)), learning)

    /// Describes the network for clips of `frames` frames and `bands` bands. `hopSeconds` is the distance between
    /// frames; `parts` are the feature sources of the input, null for one source.
    let describe hopSeconds frames bands parts classes (network: Network) =
        NetworkDescription(
            Layers = List.toArray network.Layers,
            Frames = frames,
            Bands = bands,
            Parts = parts,
            Classes = classes,
            Dropout = network.Dropout,
            Weak = network.Weak,
            Strong = Option.toObj network.Strong,
            Segments = (network.Segments |> Option.map (segmentation hopSeconds) |> Option.toObj),
            Initial = network.Initial
        )

    /// The canonical key: everything that affects the computation, without the network's name.
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
        network.Strong
        |> Option.iter (fun output -> key["strong"] <- CanonicalKey.Node output)
        match network.Segments with
        | Some(length, learning) ->
            key["segmentSeconds"] <- JsonValue.Create(float length)
            key["segmentLearning"] <- JsonValue.Create(CanonicalKey.Of learning)
        | None -> ()
        match network.StartFrom with
        | Some weights -> key["startFrom"] <- CanonicalKey.Node weights
        | None -> ()
        if network.Initial <> InitialWeights.Own then
            key["initial"] <- JsonValue.Create(CanonicalKey.Of network.Initial)
        key

    let print (network: Network) =
        let layers =
            match network.Layers with
            | [] -> "no layers"
            | layers -> layers |> List.map _.Summary |> String.concat ", "
        let segments =
            match network.Segments with
            | Some(length, SegmentLearning.InheritLabels) ->
                $"; segments of {Text.number (float length)} s that inherit labels"
            | Some(length, _) -> $"; segments of {Text.number (float length)} s with max pooling"
            | None -> ""
        let strong =
            match network.Strong with
            | Some output -> $"; strong output: {output.Summary}"
            | None -> ""
        let start =
            match network.StartFrom with
            | Some weights -> $"; {weights.Summary}"
            | None when network.Initial <> InitialWeights.Own -> $"; {network.Initial} weights"
            | None -> ""
        $"{network.Name}: {layers}{strong}; weak output: {network.Weak.Summary}; dropout {Text.number network.Dropout}{segments}{start}"

    /// Checks that the first convolution matches the features: it must be along samples for waveforms, and over bands
    /// for log-mel energies.
    let private kindProblems (features: Features) (network: Network) = [
        let isOnSamples (layer: Layer) = layer :? Layer.SampleConvolution
        let isOnBands (layer: Layer) =
            layer :? Layer.Convolution
            || layer :? Layer.GatedConvolution
            || layer :? Layer.DoubleConvolution
            || layer :? Layer.DenseBlock
            || layer :? Layer.StridedConvolution
            || layer :? Layer.InvertedResidual
            || layer :? Layer.BandNormalisation
        let first =
            List.tryFindIndex (fun layer -> isOnSamples layer || isOnBands layer) network.Layers
        match first, features.Source with
        | Some index, (:? LogMelOptions) when isOnSamples network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "needs waveforms, but the features are log-mel energies"
                "give `features (samples { frame 729 })`, or use `conv`"
        | Some index, (:? SampleFrames) when isOnBands network.Layers[index] ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "needs frequency bands, but the features are waveforms"
                "put `sampleConv` before it, or give `features (logMel { bands 40 })`"
        | Some index, (:? CombinedFeatures as several) when
            not (network.Layers |> List.exists (fun layer -> layer :? Layer.Fusion))
            ->
            let names =
                several.Parts |> Seq.map (fun part -> $"\"{part.Name}\"") |> String.concat " "
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "works on one feature source, but there are several"
                $"after the layers on the first source, add `fuse {names}`"
        | Some index, (:? Encoder) ->
            Problem.at
                $"network, layer {index + 1} ({network.Layers[index]})"
                "needs frequency bands or samples, but the features are an encoder's vectors"
                "use layers that work on vectors, for example `layers \"head\" { dense 64; biGru 32 }`"
        | _ -> ()
    ]

    /// The description of a network for clips of any length and one class. The shapes of its layers are the same in
    /// every trial.
    let internal withSomeOutputs (features: Features) (network: Network) =
        let source = features.Source
        describe someHop someFrames (max 1 source.Bands) (Features.inputParts source) someClasses {
            network with
                Segments = None
        }

    /// The names of a network's parameters and buffers with their shapes, from input to output, for the tables of
    /// `startFromWith`. The outputs have the shapes for one class.
    let parameters (features: Features) (network: Network) =
        use built = new SedNetwork(withSomeOutputs features network)
        [ for struct (name, shape) in built.ParameterNames -> name, List.ofSeq shape ]

    /// Problems of the starting weights, except the weights of the outputs. These depend on the classes, which are
    /// known only after the corpus is read, and are checked before training.
    let private weightProblems (features: Features) (network: Network) = [
        match network.StartFrom with
        | Some weights ->
            for problem in weights.Problems(withSomeOutputs features network, null) do
                problem.Within "network"
        | None -> ()
    ]

    /// All problems of a network with the given features.
    let problems (features: Features) (network: Network) = [
        let hopSeconds =
            if features.Source.HopSeconds > 0.0 then
                features.Source.HopSeconds
            else
                someHop
        let isLength (length: float<s>) = length > 0.0<s> && float length < 1e6
        // If the segment length is invalid, the layers are checked for whole clips, so that only the length is
        // reported.
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
                "give a length above 0, for example `segments 1.5<s> LargestSegment`"
        | _ -> ()
        let source = features.Source
        let parts = Features.inputParts source
        let found =
            List.ofSeq ((describe hopSeconds frames (max 1 source.Bands) parts someClasses judged).Problems())
        yield! found
        yield! kindProblems features network
        if found.IsEmpty then
            yield! weightProblems features network
        yield! Text.keywordsTwice "network" network.Declared
    ]
