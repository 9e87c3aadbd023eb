// Successive halving of 60 configurations (Jamieson and Talwalkar 2016), compared with random search over the same 60. Both
// experiments have the same training runs, so random search continues those that halving has stopped. The table at the end
// compares the training that both needed.
#load "sed.fsx"
open Deedle
open Sed

/// Learning rate, dropout, loss weight and layer sizes, drawn at random.
let axes = [
    draw LearningRate (logUniform 3e-4 3e-2)
    draw Dropout (uniform 0.0 0.5)
    draw StrongWeight (logUniform 0.03 3.0)
    draw Filters (among [ 4; 8; 16; 24 ])
    draw GruUnits (among [ 4; 8; 16; 32 ])
]

let private tiny =
    quick
    @ [
        TrainingClips 400
        TestingClips 220
        EvaluationClips 220
        Epochs 27
        Patience 27
    ]

/// 60 drawn configurations. The seed of the draws and the seed of training are the same.
let configurations name seed =
    experiment name {
        title "60 configurations drawn at random"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        // In the first epochs, the error rate in the default monitor mostly depends on false alarms.
        train (
            training {
                epochs 81
                monitor StrongF
            }
        )
        sampleSeeded seed 60 axes
        seeds [ seed ]
        selectOn Testing
        scoreOn Evaluation
        report [ WeakF; StrongF; StrongER ]
        columns [ TrainingTime ]
        profile "quick" [ seed ] tiny
    }

let halved seed = {
    configurations $"search-halving-{seed}" seed with
        Title = "Successive halving of 60 configurations"
        Question = "Which of 60 configurations is best?"
        Search =
            Some(
                halving {
                    first 4
                    eta 2
                }
            )
}

let all seed = {
    configurations $"search-random-{seed}" seed with
        Title = "Random search: 60 configurations trained to the end"
        Question = "Which of 60 configurations is best, and how much training does the search need?"
}

/// The seeds of the searches, from the environment variable SEARCHES, for example SEARCHES=1,2,3. Default: 1.
let searches =
    match System.Environment.GetEnvironmentVariable "SEARCHES" with
    | null
    | "" -> [ 1 ]
    | text -> [ for seed in text.Split ',' -> int seed ]

run [
    for seed in searches do
        halved seed
        all seed
]

/// For each search: the best value of the monitor, and the epochs and the training time of all trials together.
let needed () : Frame<string, string> =
    let names = [
        for seed in searches do
            $"search-halving-{seed}"
            $"search-random-{seed}"
    ]
    let column name (value: Frame<int, string> -> float) =
        name => series [ for search in names -> search, value (results search) ]
    let sum name (frame: Frame<int, string>) = Stats.sum (frame.GetColumn<float> name)
    frame [
        column "best monitor" (fun frame -> Stats.max (frame.GetColumn<float> "monitor"))
        column "epochs" (sum "epochs")
        column "minutes" (fun frame -> sum "seconds" frame / 60.0)
    ]

// Scripts that load this one, such as all.fsx, run other experiments after it.
if System.IO.Path.GetFileName fsi.CommandLineArgs[0] = "search.fsx" then
    show "What the searches needed" (needed ())
