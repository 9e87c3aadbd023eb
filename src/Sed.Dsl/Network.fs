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

/// How the weak output (one probability per class and clip) comes from the strong one (per class and frame).
type WeakOutput =
    /// A dense layer over all frames and classes of the strong output, as in the paper.
    | DenseOverFrames
    /// The largest probability of any frame; no parameters.
    | LargestFrame
    /// The mean over the frames; no parameters.
    | MeanOfFrames

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
        let weak =
            match network.Weak with
            | DenseOverFrames -> "dense over all frames"
            | LargestFrame -> "largest frame"
            | MeanOfFrames -> "mean of frames"

        let layers = network.Layers |> List.map Layer.print |> String.concat ", "
        $"{network.Name}: {layers}; weak output: {weak}; dropout {Text.number network.Dropout}"

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
                | (BiGru(units, _) | Dense(units, _)), _ when units < 1 -> problem $"{units} units" "give at least one"
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
                    | (Context _ | BiGru _ | Dense _), _ -> Vectors

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

/// crnn { dropout 0.15 }: the paper's kind of network; what is not said stays as in the 218k candidate.
type CrnnBuilder() =
    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    let convolutions (network: Network) =
        network.Layers
        |> List.filter (function
            | Conv _
            | PoolBands _ -> true
            | _ -> false)

    let recurrent (network: Network) =
        network.Layers
        |> List.filter (function
            | BiGru _ -> true
            | _ -> false)

    let dense (network: Network) =
        network.Layers
        |> List.filter (function
            | Dense _ -> true
            | _ -> false)

    member _.Yield(_: unit) = Network.candidate218k

    /// Each convolution's filters and the bands that are pooled after it: `convolutions [ 48, 5; 48, 4; 48, 2 ]`.
    [<CustomOperation "convolutions">]
    member _.Convolutions(network: Network, filtersAndPools: (int * int) list) =
        let layers = [
            for filters, pool in filtersAndPools do
                Conv(filters, (3, 3))

                if pool <> 1 then
                    PoolBands pool
        ]

        {
            network with
                Layers = layers @ recurrent network @ dense network
        }
        |> given "convolutions"

    /// Units of each bidirectional recurrent layer, whose directions are multiplied: `recurrent [ 32; 32 ]`.
    [<CustomOperation "recurrent">]
    member _.Recurrent(network: Network, units: int list) =
        {
            network with
                Layers =
                    convolutions network
                    @ [ for size in units -> BiGru(size, Multiply) ]
                    @ dense network
        }
        |> given "recurrent"

    /// Units of each dense layer between the recurrent layers and the strong output: `dense [ 64 ]`.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int list) =
        {
            network with
                Layers =
                    convolutions network
                    @ recurrent network
                    @ [ for size in units -> Dense(size, Linear) ]
        }
        |> given "dense"

    /// Probability that a value is dropped after each layer. Default 0.15.
    [<CustomOperation "dropout">]
    member _.Dropout(network: Network, rate: float) =
        { network with Dropout = rate } |> given "dropout"

    /// How the weak output comes from the strong one. Default DenseOverFrames.
    [<CustomOperation "weak">]
    member _.Weak(network: Network, output: WeakOutput) =
        { network with Weak = output } |> given "weak"

    /// The name that tables show. Default "CRNN".
    [<CustomOperation "name">]
    member _.Name(network: Network, name: string) =
        { network with Name = name } |> given "name"

/// layers "mine" { conv 32; pool 5; biGru 16; dense 32; dropout 0.2 }: any stack, from the bottom up.
type LayersBuilder(name: string) =
    let add layer (network: Network) = {
        network with
            Layers = network.Layers @ [ layer ]
    }

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = {
        Name = name
        Layers = []
        Dropout = 0.0
        Weak = LargestFrame
        Declared = []
    }

    /// Each frame together with its neighbours; an odd number of frames.
    [<CustomOperation "context">]
    member _.Context(network: Network, frames: int) = add (Context frames) network

    /// A 3x3 convolution with batch normalisation and ReLU.
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int) = add (Conv(filters, (3, 3))) network

    /// The largest of so many neighbouring bands.
    [<CustomOperation "pool">]
    member _.Pool(network: Network, bands: int) = add (PoolBands bands) network

    /// Bidirectional gated recurrent units whose directions are multiplied.
    [<CustomOperation "biGru">]
    member _.BiGru(network: Network, units: int) = add (BiGru(units, Multiply)) network

    /// A linear dense layer for each frame.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int) = add (Dense(units, Linear)) network

    /// A dense layer with ReLU for each frame.
    [<CustomOperation "denseRelu">]
    member _.DenseRelu(network: Network, units: int) = add (Dense(units, Relu)) network

    /// Any layer, as a value.
    [<CustomOperation "layer">]
    member _.Layer(network: Network, layer: Layer) = add layer network

    /// Probability that a value is dropped after each layer. Default 0.
    [<CustomOperation "dropout">]
    member _.Dropout(network: Network, rate: float) =
        { network with Dropout = rate } |> given "dropout"

    /// How the weak output comes from the strong one. Default LargestFrame.
    [<CustomOperation "weak">]
    member _.Weak(network: Network, output: WeakOutput) =
        { network with Weak = output } |> given "weak"
