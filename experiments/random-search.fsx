// A random search of layer sizes within bounds, as in section 3.4 of Adavanne and Virtanen (DCASE 2017, arXiv
// 1710.02998). The seed of the draws is fixed. The table shows the number of parameters of each network.
#load "published.fsx"
open System
open Sed

let private sizes = Random 2017

let private oneOf (values: int list) = values[sizes.Next values.Length]

/// Drawn sizes: filters of each convolution, units of each recurrent layer, and units of the dense layer.
let private drawn = [
    for number in 1..8 do
        let filters = oneOf [ 16; 24; 32; 48; 64 ]
        let units = oneOf [ 16; 24; 32; 48 ]
        let layers = oneOf [ 1; 2 ]
        let last = oneOf [ 16; 32; 64 ]

        $"{number}: {filters} filters, {layers} x {units} recurrent, dense {last}",
        crnn {
            convolutions [ filters, 5; filters, 4; filters, 2 ]
            recurrent [ for _ in 1..layers -> units ]
            dense [ last ]
        }
]

let search =
    experiment "random-search" {
        title "Random search of layer sizes"
        question "How much do the layer sizes affect the scores?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "candidate: 48 filters, 2 x 32 recurrent, dense 64" []
        addRows [ for name, drawn in drawn -> name, [ Network drawn ] ]
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1 ] quick
    }

run [ search ]
