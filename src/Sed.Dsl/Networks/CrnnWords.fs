namespace Sed

open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs

/// crnn { dropout 0.15 }: Convolutions, then bidirectional GRU layers, then dense layers. The defaults have about
/// 218,000 parameters: `convolutions [ 48, 5; 48, 4; 48, 2 ]; recurrent [ 32; 32 ]; dense [ 64 ]`.
type CrnnBuilder() =
    inherit NetworkBlock()

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    let isConvolutional (layer: Layer) =
        layer :? Layer.Convolution || layer :? Layer.BandPooling

    let isRecurrent (layer: Layer) = layer :? Layer.BidirectionalGru

    let isDense (layer: Layer) = layer :? Layer.Dense

    /// Replaces the layers of one kind. The resulting order is convolutions, recurrent layers, dense layers, as in
    /// Adavanne and Virtanen (2017).
    let assemble network replaced (layers: Layer list) =
        let kind (which: Layer -> bool) =
            List.filter which (List.filter (replaced >> not) network.Layers @ layers)
        {
            network with
                Layers = kind isConvolutional @ kind isRecurrent @ kind isDense
        }

    member _.Yield(_: unit) = Network.candidate218k

    /// For each 3x3 convolution, the number of its filters and the number of bands that the max pooling after it
    /// combines (1 for no pooling): `convolutions [ 48, 5; 48, 4; 48, 2 ]`.
    [<CustomOperation "convolutions">]
    member _.Convolutions(network: Network, filtersAndPools: (int * int) list) =
        assemble network isConvolutional [
            for filters, pool in filtersAndPools do
                Layer.Convolution filters
                if pool <> 1 then
                    Layer.BandPooling pool
        ]
        |> given "convolutions"

    /// Units per direction of each bidirectional GRU layer; the outputs of both directions are multiplied:
    /// `recurrent [ 32; 32 ]`.
    [<CustomOperation "recurrent">]
    member _.Recurrent(network: Network, units: int list) =
        assemble network isRecurrent [ for size in units -> Layer.BidirectionalGru(size, Merge.Multiply) ]
        |> given "recurrent"

    /// Units of each dense layer between the recurrent layers and the strong output: `dense [ 64 ]`.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int list) =
        assemble network isDense [ for size in units -> Layer.Dense(size, Activation.Linear) ]
        |> given "dense"

    /// The name of the network in tables. Default "CRNN".
    [<CustomOperation "name">]
    member _.Name(network: Network, name: string) =
        { network with Name = name } |> given "name"
