namespace Sed

/// How the weights are moved.
type Optimizer =
    /// Adam with the given learning rate.
    | Adam of learningRate: float

/// How a network is trained.
type Training = {
    Optimizer: Optimizer
    /// Clips per step.
    Batch: int
    /// Passes over the training clips, at most.
    Epochs: int
    /// Passes without a gain of the monitor after which training stops.
    Patience: int
    /// What early stopping watches; higher is better.
    Monitor: Monitor
    /// Weight of the loss of the strong output.
    StrongWeight: float
    /// Weight of the loss of the weak output.
    WeakWeight: float
    Declared: string list
}

module Training =
    /// Adam 0.001, at most 1000 epochs, early stopping after 100 (the paper); batches of 32, which it does not say.
    let defaults = {
        Optimizer = Adam 1e-3
        Batch = 32
        Epochs = 1000
        Patience = 100
        Monitor = WeakF - StrongER
        StrongWeight = 1.0
        WeakWeight = 1.0
        Declared = []
    }

    let print (training: Training) =
        let optimizer =
            match training.Optimizer with
            | Adam rate -> $"Adam {Text.number rate}"

        $"{optimizer}, batches of {training.Batch}, at most {training.Epochs} epochs, stops after {training.Patience} "
        + $"without a gain of {Monitor.print training.Monitor}"

    let problems (training: Training) =
        let problem = Problem.at "training"

        [
            match training.Optimizer with
            | Adam rate when not (rate > 0.0) ->
                problem $"the learning rate is {Text.number rate}" "it has to be above 0, for example `adam 1e-3`"
            | Adam _ -> ()
            if training.Batch < 1 then
                problem $"batches of {training.Batch} clips" "give at least one"
            if training.Epochs < 1 then
                problem $"{training.Epochs} epochs" "give at least one"
            if training.Patience < 1 then
                problem $"patience of {training.Patience} epochs" "give at least one"
            for name, weight in [ "strong", training.StrongWeight; "weak", training.WeakWeight ] do
                if not (weight >= 0.0) then
                    problem $"the {name} weight is {Text.number weight}" "it has to be 0 or above"
            if training.StrongWeight = 0.0 && training.WeakWeight = 0.0 then
                problem "both losses weigh 0, so nothing is learnt" "give one of them a weight"
            yield! Text.keywordsTwice "training" training.Declared
        ]

/// training { optimizer (adam 1e-3); epochs 1000; patience 100; monitor (WeakF - StrongER) }
type TrainingBuilder() =
    let given keyword (training: Training) = {
        training with
            Declared = training.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Training.defaults

    /// How the weights are moved, for example `adam 1e-3` (the default).
    [<CustomOperation "optimizer">]
    member _.Optimizer(training: Training, optimizer: Optimizer) =
        { training with Optimizer = optimizer } |> given "optimizer"

    /// Clips per step. Default 32.
    [<CustomOperation "batch">]
    member _.Batch(training: Training, clips: int) =
        { training with Batch = clips } |> given "batch"

    /// Passes over the training clips, at most. Default 1000.
    [<CustomOperation "epochs">]
    member _.Epochs(training: Training, most: int) =
        { training with Epochs = most } |> given "epochs"

    /// Passes without a gain of the monitor after which training stops. Default 100.
    [<CustomOperation "patience">]
    member _.Patience(training: Training, epochs: int) =
        { training with Patience = epochs } |> given "patience"

    /// What early stopping watches; higher is better. Default `WeakF - StrongER`.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, monitor: Monitor) =
        { training with Monitor = monitor } |> given "monitor"

    /// What early stopping watches, one metric; higher is better.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, metric: Metric) =
        { training with Monitor = Score metric } |> given "monitor"

    /// Weights of the losses of the strong and of the weak output. Default 1 and 1.
    [<CustomOperation "weights">]
    member _.Weights(training: Training, strong: float, weak: float) =
        {
            training with
                StrongWeight = strong
                WeakWeight = weak
        }
        |> given "weights"
