// Decoding methods. One network is trained, and each row decodes its frame probabilities in a different way: a
// threshold, a median filter, thresholds and smoothing tuned for each class, hysteresis, and boxes between change
// points (cSEBBs; Ebbers et al. 2024, arXiv 2406.04212) with the defaults of the authors' code, and with parameters
// tuned over their grid. Decoding is tuned on the testing clips, which early stopping also monitors, and scored on the
// evaluation clips.
#load "sed.fsx"
open Sed

let decoding =
    experiment "decoding" {
        title "Decoding of the frame probabilities of one network"
        question "How much does decoding improve the scores, and does class-wise tuning generalise to other clips?"
        data Soundscapes.smartCars
        network (crnn { weak LinearSoftmax })

        addRows [
            "threshold 0.5", []
            "median filter", [ Median 0.5<s> ]
            "hysteresis", [ Detect(detection { hysteresis 0.2 }) ]
            "change points", [ Detect(detection { changePoints 0.5<s> (RatioBelow 2.0) }) ]
            "threshold tuned", [ Tune ThresholdPerClass ]
            "smoothing tuned", [ Tune SmoothingPerClass ]
            "change points for PSDS1", [ Tune BoxesForPsds1 ]
            "change points for event F", [ Tune BoxesForEventF ]
        ]

        compareWith "threshold 0.5"
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; EventF; Psds1 ]
        sortBy StrongF
        profile "quick" [ 1; 2 ] quick
    }

run [ decoding ]
