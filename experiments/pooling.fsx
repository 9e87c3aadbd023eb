// The weak output as a function of the strong output, with weak labels only: the pooling functions that Wang, Li and
// Metze (arXiv 1810.09050) compare, and the dense layer over all frames of Adavanne and Virtanen (2017).
#load "sed.fsx"
open Sed

let pooling =
    experiment "pooling" {
        title "Pooling the strong output into the weak one"
        question "With which pooling does a network learn the times of events from weak labels alone?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        train (training { weights 0.0 1.0 })
        vary Weak [
            DenseOverFrames
            MaxPooling
            MeanPooling
            LinearSoftmax
            ExponentialSoftmax
            Attention
        ]
        detect (detection { tags FromWeakOutput })
        seeds [ 1..3 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1; 2 ] quick
    }

run [ pooling ]
