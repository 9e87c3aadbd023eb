namespace Sed

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

    /// A layer of the script's own, which `ownLayer` makes.
    [<CustomOperation "own">]
    member _.Own(network: Network, layer: OwnLayer) = add (Own layer) network

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
