// How probabilities of frames become events. One network is trained, and every row decides on what it said: a threshold alone,
// a median filter, thresholds and smoothing tuned for each class, hysteresis, and boxes between change points (Ebbers et al.,
// arXiv 2406.04212). Decoding is tuned on the testing clips, which early stopping watches too, and scored on the evaluation clips.
#load "sed.fsx"
open Sed

let decoding =
    experiment "decoding" {
        title "From the probabilities of one network to events"
        question "What does decoding win, and does tuning it for each class carry over to other clips?"
        data Soundscapes.smartCars
        network (crnn { weak LinearSoftmax })

        addRows [
            "threshold 0.5", []
            "median filter", [ Median 0.5<s> ]
            "hysteresis", [ Detect(detection { hysteresis 0.2 }) ]
            "change points", [ Detect(detection { changePoints 1.0<s> (FallBelow 0.2) }) ]
            "threshold tuned", [ Tune ThresholdPerClass ]
            "smoothing tuned", [ Tune SmoothingPerClass ]
            "change points tuned", [ Tune BoxesPerClass ]
        ]

        compareWith "threshold 0.5"
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; EventF; Psds1 ]
        sortBy StrongF
        profile "quick" [ 1; 2 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ decoding ]
