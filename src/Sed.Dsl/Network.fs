namespace Sed

/// How the two directions of a recurrent layer become one.
type Merge =
    /// Forward times backward, unit by unit.
    | Multiply
    /// Forward beside backward: twice the units.
    | Concatenate

type Activation =
    | Linear
    | Relu

/// A layer that a script brings itself, as a torch module that it builds; told from others by its name and version, so a
/// change of its code wants a new version.
[<CustomEquality; NoComparison>]
type OwnLayer = {
    Name: string
    Version: int
    /// Values that it leaves for each frame.
    Units: int
    /// Makes the module; only what runs experiments looks inside.
    Build: obj
} with

    override layer.Equals(other: obj) =
        match other with
        | :? OwnLayer as other -> (layer.Name, layer.Version, layer.Units) = (other.Name, other.Version, other.Units)
        | _ -> false

    override layer.GetHashCode() =
        hash (layer.Name, layer.Version, layer.Units)

/// A layer of a network, as a paper's figure would name it. Dropout follows every layer, at the network's one rate.
type Layer =
    /// Each frame together with its neighbours, as one vector; an odd number of frames.
    | Context of frames: int
    /// Convolution over frames and bands with zero padding, batch normalisation and ReLU.
    | Conv of filters: int * kernel: (int * int)
    /// The largest of neighbouring bands; frames stay as they are.
    | PoolBands of bands: int
    /// Bidirectional gated recurrent units with tanh.
    | BiGru of units: int * merge: Merge
    /// The same dense layer for each frame.
    | Dense of units: int * activation: Activation
    /// A torch module of the script's own, over the frames: `ownLayer` makes one.
    | Own of OwnLayer

/// How the weak output (one probability per class and clip) comes from the strong one (per class and frame).
type WeakOutput =
    /// A dense layer over all frames and classes of the strong output, as in the paper.
    | DenseOverFrames
    /// The largest probability of any frame; no parameters.
    | LargestFrame
    /// The mean over the frames; no parameters.
    | MeanOfFrames
    /// The mean over the frames, each weighted by its own probability; no parameters.
    | LinearSoftmax
    /// The mean over the frames, each weighted by the exponential of its probability; no parameters.
    | ExponentialSoftmax
    /// The mean over the frames with weights that a dense layer learns.
    | Attention

/// A network with a strong and a weak output: layers from the bottom up, then a dense sigmoid layer per frame, then the weak output.
type Network = {
    Name: string
    Layers: Layer list
    /// Probability that a value is dropped in training, from 0 to below 1.
    Dropout: float
    Weak: WeakOutput
    Declared: string list
}

module Layer =
    let print layer =
        match layer with
        | Context frames -> $"context {frames}"
        | Conv(filters, (frames, bands)) -> $"conv {filters} {frames}x{bands}"
        | PoolBands bands -> $"pool {bands}"
        | BiGru(units, Multiply) -> $"biGru {units} multiply"
        | BiGru(units, Concatenate) -> $"biGru {units} concatenate"
        | Dense(units, Linear) -> $"dense {units}"
        | Dense(units, Relu) -> $"dense {units} relu"
        | Own layer -> $"{layer.Name} version {layer.Version}, {layer.Units} units"

module WeakOutput =
    let print output =
        match output with
        | DenseOverFrames -> "dense over all frames"
        | LargestFrame -> "largest frame"
        | MeanOfFrames -> "mean of frames"
        | LinearSoftmax -> "linear softmax"
        | ExponentialSoftmax -> "exponential softmax"
        | Attention -> "attention"

module Network =
    /// The layers that come near the paper's 218,000 parameters (its own sizes are not published): 3 convolutions of
    /// 48 filters pooled by 5, 4 and 2, two bidirectional layers of 32 units, a dense layer of 64.
    let candidate218k = {
        Name = "CRNN"
        Layers = [
            Conv(48, (3, 3))
            PoolBands 5
            Conv(48, (3, 3))
            PoolBands 4
            Conv(48, (3, 3))
            PoolBands 2
            BiGru(32, Multiply)
            BiGru(32, Multiply)
            Dense(64, Linear)
        ]
        Dropout = 0.15
        Weak = DenseOverFrames
        Declared = []
    }

    /// The DCASE 2017 baseline: 5 frames of context and two dense layers of 50 units.
    let baseline = {
        Name = "MLP"
        Layers = [ Context 5; Dense(50, Relu); Dense(50, Relu) ]
        Dropout = 0.2
        Weak = LargestFrame
        Declared = []
    }

    let print (network: Network) =
        let layers = network.Layers |> List.map Layer.print |> String.concat ", "
        $"{network.Name}: {layers}; weak output: {WeakOutput.print network.Weak}; dropout {Text.number network.Dropout}"

    /// What a layer finds: maps over frames and bands, or one vector per frame.
    type private Shape =
        | Maps of bands: int
        | Vectors

    /// Every reason why a network does not fit features of so many bands.
    let problems (bands: int) (network: Network) =
        let rec follow number shape layers = [
            match layers with
            | [] -> ()
            | layer :: above ->
                let problem = Problem.at $"network, layer {number} ({Layer.print layer})"

                match layer, shape with
                | Context frames, _ when frames < 1 || frames % 2 = 0 ->
                    problem $"{frames} frames have no middle" "use an odd number of frames"
                | Conv(filters, (height, width)), _ when filters < 1 || height % 2 <> 1 || width % 2 <> 1 ->
                    problem "a convolution needs filters and an odd kernel" "for example `conv 48` with its 3x3 kernel"
                | (BiGru(units, _) | Dense(units, _) | Own { Units = units }), _ when units < 1 ->
                    problem $"{units} units" "give at least one"
                | Own layer, _ when layer.Name = "" || layer.Version < 1 ->
                    problem "has no name or no version" "for example `ownLayer \"tcn\" 1 64 (fun width -> ...)`"
                | (Conv _ | PoolBands _), Vectors ->
                    problem
                        "works on bands, but the layers below leave one vector per frame"
                        "put it before any biGru, dense or context"
                | Context _, Maps _ when number > 1 -> problem "takes frames of the input" "put it first"
                | PoolBands by, Maps bands when by < 1 || bands % by <> 0 ->
                    problem $"{bands} bands cannot be pooled by {by}" "the pools have to divide the bands"
                | _ -> ()

                let next =
                    match layer, shape with
                    | PoolBands by, Maps bands when by > 0 && bands % by = 0 -> Maps(bands / by)
                    | (Conv _ | PoolBands _), _ -> shape
                    | (Context _ | BiGru _ | Dense _ | Own _), _ -> Vectors

                yield! follow (number + 1) next above
        ]

        [
            if network.Layers.IsEmpty then
                Problem.at "network" "has no layers" "for example `crnn { dropout 0.15 }`"
            yield! follow 1 (Maps bands) network.Layers
            if network.Dropout < 0.0 || network.Dropout >= 1.0 then
                Problem.at "network" $"dropout is {Text.number network.Dropout}" "it is a share from 0 to below 1"
            yield! Text.keywordsTwice "network" network.Declared
        ]
