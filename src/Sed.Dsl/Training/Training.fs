namespace Sed

open Sed.Core.Scoring
open Sed.Core.Training.Losses
open Sed.Core.Training.Targets

/// How the weights are moved.
type Optimizer =
    /// Adam with the given learning rate.
    | Adam of learningRate: float
    /// Adam whose weight decay acts on the weights themselves.
    | AdamW of learningRate: float * weightDecay: float
    /// Gradient descent with momentum.
    | Sgd of learningRate: float * momentum: float

/// How the learning rate changes over the epochs.
type Schedule =
    | Constant
    /// It rises in equal steps over the first epochs, then falls along half a cosine to 0 at the last one.
    | Cosine of warmUp: int
    /// It is multiplied by a factor when the monitor has not gained for so many epochs.
    | Plateau of factor: float * patience: int

/// In which order clips are read.
type Order =
    /// Every clip once in an epoch.
    | Shuffled
    /// As many clips in an epoch, but each class as often as any other.
    | Balanced

/// What a class that is there weighs against one that is not, in both losses.
type PositiveWeight =
    /// The same weight for every class.
    | Same of float
    /// For each class the number of training clips without it over the number with it.
    | ByRarity

/// The numbers in which a network's forward pass is computed; weights, losses and optimizer stay 32 bits wide.
type Precision =
    | Float32
    | BFloat16

/// How a network is trained.
type Training = {
    Optimizer: Optimizer
    Schedule: Schedule
    /// Clips per step.
    Batch: int
    Order: Order
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
    PositiveWeight: PositiveWeight
    /// What a probability costs that says something else than its label.
    Loss: Loss
    /// Whether the frames after the end of a short clip are left out of the strong loss.
    MaskShort: bool
    /// Parameter of mixup's beta distribution; 0 is none.
    Mixup: float
    /// The longest masked stretch of frames and of bands (SpecAugment); 0 is none.
    SpecAugment: int * int
    /// The norm that all gradients together may have.
    ClipNorm: float option
    /// Share of the past in the running average of the weights that is scored and kept.
    AverageWeights: float option
    Precision: Precision
    /// What is told of the training clips.
    Labels: Labels
    /// A teacher that averages the network.
    MeanTeacher: MeanTeacher option
    Declared: string list
}

module Training =
    /// Adam 0.001, at most 1000 epochs, early stopping after 100 (the paper); batches of 32, which it does not say.
    let defaults = {
        Optimizer = Adam 1e-3
        Schedule = Constant
        Batch = 32
        Order = Shuffled
        Epochs = 1000
        Patience = 100
        Monitor = WeakF - StrongER
        StrongWeight = 1.0
        WeakWeight = 1.0
        PositiveWeight = Same 1.0
        Loss = Loss.CrossEntropy()
        MaskShort = false
        Mixup = 0.0
        SpecAugment = 0, 0
        ClipNorm = None
        AverageWeights = None
        Precision = Float32
        Labels = Labels.WeakOnly()
        MeanTeacher = None
        Declared = []
    }

    let meanTeacher average consistency rampUp =
        MeanTeacher(Average = average, Consistency = consistency, RampUpEpochs = rampUp)

    let printOptimizer optimizer =
        match optimizer with
        | Adam rate -> $"Adam {Text.number rate}"
        | AdamW(rate, decay) -> $"AdamW {Text.number rate} with weight decay {Text.number decay}"
        | Sgd(rate, momentum) -> $"SGD {Text.number rate} with momentum {Text.number momentum}"

    /// The same optimizer with another learning rate.
    let withLearningRate rate optimizer =
        match optimizer with
        | Adam _ -> Adam rate
        | AdamW(_, decay) -> AdamW(rate, decay)
        | Sgd(_, momentum) -> Sgd(rate, momentum)

    let printSchedule schedule =
        match schedule with
        | Constant -> "constant"
        | Cosine 0 -> "cosine"
        | Cosine warmUp -> $"cosine after {warmUp} epochs of warm-up"
        | Plateau(factor, patience) -> $"times {Text.number factor} after {patience} epochs without a gain"

    let printPositiveWeight weight =
        match weight with
        | Same weight -> Text.number weight
        | ByRarity -> "by rarity"

    let printSpecAugment (frames: int, bands: int) =
        $"up to {frames} frames and {bands} bands"

    /// What the paper's training has, in a line, and then what goes beyond it, where something does.
    let print (training: Training) =
        [
            printOptimizer training.Optimizer
            if training.Schedule <> Constant then
                $"learning rate {printSchedule training.Schedule}"
            $"batches of {training.Batch}"
            if training.Order = Balanced then
                "classes in balance"
            $"at most {training.Epochs} epochs"
            $"stops after {training.Patience} without a gain of {training.Monitor.Summary}"
            if training.PositiveWeight <> Same 1.0 then
                $"a class that is there weighs {printPositiveWeight training.PositiveWeight}"
            if training.Loss <> defaults.Loss then
                training.Loss.Summary
            if training.MaskShort then
                "padding left out of the strong loss"
            if training.Mixup <> 0.0 then
                $"mixup {Text.number training.Mixup}"
            if training.SpecAugment <> (0, 0) then
                $"masks of {printSpecAugment training.SpecAugment}"
            match training.ClipNorm with
            | Some norm -> $"gradients clipped at {Text.number norm}"
            | None -> ()
            match training.AverageWeights with
            | Some past -> $"weights averaged with {Text.number past} of the past"
            | None -> ()
            if training.Precision = BFloat16 then
                "forward pass in bfloat16"
            if training.Labels <> defaults.Labels then
                training.Labels.Summary
            match training.MeanTeacher with
            | Some teacher -> teacher.Summary
            | None -> ()
        ]
        |> String.concat ", "

    let private optimizerProblems (problem: string -> string -> Problem) optimizer =
        let rate, example =
            match optimizer with
            | Adam rate -> rate, "adam 1e-3"
            | AdamW(rate, _) -> rate, "adamW 1e-3 0.01"
            | Sgd(rate, _) -> rate, "sgd 0.1 0.9"

        [
            if not (rate > 0.0) then
                problem $"the learning rate is {Text.number rate}" $"it has to be above 0, for example `{example}`"
            match optimizer with
            | AdamW(_, decay) when not (decay >= 0.0) ->
                problem $"the weight decay is {Text.number decay}" "it has to be 0 or above"
            | Sgd(_, momentum) when not (momentum >= 0.0 && momentum < 1.0) ->
                problem $"the momentum is {Text.number momentum}" "it is a share from 0 to below 1"
            | _ -> ()
        ]

    let private scheduleProblems (problem: string -> string -> Problem) schedule = [
        match schedule with
        | Cosine warmUp when warmUp < 0 -> problem $"warm-up over {warmUp} epochs" "0 is none"
        | Plateau(factor, _) when not (factor > 0.0 && factor < 1.0) ->
            problem $"the plateau's factor is {Text.number factor}" "it lies between 0 and 1"
        | Plateau(_, patience) when patience < 1 ->
            problem $"the plateau's patience is {patience} epochs" "give at least one"
        | _ -> ()
    ]

    /// A monitor's value is to rise as the network gets better.
    let private monitorProblems (problem: string -> string -> Problem) (monitor: Monitor) = [
        let shares = [
            for metric in Seq.distinct monitor.Metrics ->
                metric, monitor.Of(fun other -> if other = metric then 1.0 else 0.0)
        ]
        if shares |> List.forall (fun (_, share) -> share = 0.0) then
            problem $"the monitor {monitor.Summary} never changes" "watch a metric, for example `monitor WeakF`"
        for metric, share in shares do
            if metric.LowerIsBetter && share > 0.0 then
                problem
                    $"the monitor {monitor.Summary} rises where {metric.Name} gets worse"
                    "subtract what is better when it is lower, for example `monitor (WeakF - StrongER)`"
            elif not metric.LowerIsBetter && share < 0.0 then
                problem
                    $"the monitor {monitor.Summary} falls where {metric.Name} gets better"
                    "add what is better when it is higher, for example `monitor (WeakF - StrongER)`"
    ]

    let problems (training: Training) =
        let problem = Problem.at "training"
        let frames, bands = training.SpecAugment

        [
            yield! optimizerProblems problem training.Optimizer
            yield! scheduleProblems problem training.Schedule
            yield! monitorProblems problem training.Monitor
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
            match training.PositiveWeight with
            | Same weight when not (weight > 0.0) ->
                problem $"a class that is there weighs {Text.number weight}" "it has to be above 0"
            | _ -> ()
            yield! training.Loss.Problems() |> Seq.map (Problem.ofSentence "training")
            if not (training.Mixup >= 0.0) then
                problem $"mixup is {Text.number training.Mixup}" "0 is none"
            if frames < 0 || bands < 0 then
                problem $"masks of {frames} frames and {bands} bands" "0 is none"
            match training.ClipNorm with
            | Some norm when not (norm > 0.0) ->
                problem $"gradients are clipped at {Text.number norm}" "it has to be above 0"
            | _ -> ()
            match training.AverageWeights with
            | Some past when not (past >= 0.0 && past < 1.0) ->
                problem $"the average has {Text.number past} of the past" "it is a share from 0 to below 1"
            | _ -> ()
            yield! training.Labels.Problems() |> Seq.map (Problem.ofSentence "training")
            match training.Labels with
            | :? Labels.Mixed as mixed when training.Batch >= 1 && training.Batch < mixed.Shares.Count ->
                problem
                    $"batches of {training.Batch} clips have no room for {mixed.Shares.Count} kinds of labels"
                    "make them larger"
            | _ -> ()
            match training.MeanTeacher with
            | Some teacher ->
                yield! teacher.Problems() |> Seq.map (Problem.ofSentence "training")
                if training.AverageWeights.IsSome then
                    problem "`meanTeacher` and `averageWeights` both average the weights" "keep one of them"
            | None -> ()
            yield! Text.keywordsTwice "training" training.Declared
        ]
