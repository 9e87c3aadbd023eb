namespace Sed

open System.Text.Json.Nodes
open Sed.Core.Runtime.Keys
open Sed.Core.Training
open Sed.Core.Training.Clips
open Sed.Core.Training.Losses
open Sed.Core.Training.Optimization
open Sed.Core.Training.Targets

/// How a network is trained.
type Training = {
    Options: TrainingOptions
    /// The keywords that the script gave.
    Keywords: string list
}

module Training =
    /// Adam with learning rate 0.001, at most 1000 epochs, and early stopping after 100 epochs without improvement
    /// (Adavanne and Virtanen 2017); batches of 32 clips.
    let defaults = {
        Options = TrainingOptions()
        Keywords = []
    }

    /// Changes the options of the training.
    let change (change: TrainingOptions -> TrainingOptions) (training: Training) = {
        training with
            Options = change training.Options
    }

    let withLearningRate (rate: float) (optimizer: Optimizer) : Optimizer =
        match optimizer with
        | :? Optimizer.AdamW as adam -> Optimizer.AdamW(rate, adam.WeightDecay)
        | :? Optimizer.Sgd as sgd -> Optimizer.Sgd(rate, sgd.Momentum, sgd.WeightDecay)
        | :? Optimizer.Adam as adam -> Optimizer.Adam(rate, adam.WeightDecay, adam.IsAmsGrad)
        | other -> invalidArg (nameof optimizer) $"There is no optimizer {other}."

    let meanTeacher decay consistency rampUp =
        MeanTeacher(Decay = decay, Consistency = consistency, RampUpEpochs = rampUp)

    let printAugmentations (augmentations: Augmentations.Augmentation seq) =
        if Seq.isEmpty augmentations then
            "none"
        else
            augmentations |> Seq.map _.Summary |> String.concat ", "

    /// The training in one line: the settings that Adavanne and Virtanen (2017) state, then each further setting that
    /// differs from its default.
    let print (training: Training) =
        let options, defaults = training.Options, defaults.Options
        [
            options.Optimizer.Summary
            if options.Schedule <> defaults.Schedule then
                $"learning rate {options.Schedule.Summary}"
            $"batches of {options.BatchSize}"
            if options.Order = ClipOrder.Balanced then
                "classes balanced"
            if options.KeepsLastEpoch then
                $"{options.Epochs} epochs, of which the last one is kept"
            else
                $"at most {options.Epochs} epochs"
                $"early stopping after {options.Patience} epochs without improvement of {options.Monitor.Summary}"
            match Option.ofNullable options.PseudoWeight with
            | Some weight -> $"pseudo-labels weighted {Text.number weight}"
            | None -> ()
            if options.PositiveWeight <> defaults.PositiveWeight then
                $"present classes weighted {options.PositiveWeight.Summary}"
            if options.Loss <> defaults.Loss then
                options.Loss.Summary
            if options.MaskShortClips then
                "padding left out"
            if options.CountsPadding then
                "padding counts"
            if options.Augmentations.Count > 0 then
                printAugmentations options.Augmentations
            if options.AugmentsNormalised then
                "augmentations after the normalisation of bands"
            match Option.ofNullable options.MaxGradientNorm with
            | Some norm -> $"gradients clipped to the norm {Text.number norm}"
            | None -> ()
            match Option.ofNullable options.WeightAverage with
            | Some decay -> $"weights averaged with decay {Text.number decay}"
            | None -> ()
            match Option.ofObj options.Frozen with
            | Some parts ->
                let thawed =
                    match Option.ofNullable options.ThawAfter with
                    | Some epochs -> $" for {epochs} epochs"
                    | None -> ""
                String.concat " and " parts + " frozen" + thawed
            | None -> ()
            if options.LayerDecay <> defaults.LayerDecay then
                $"learning rate times {Text.number options.LayerDecay} from each layer to the one below it"
            if options.Precision = ComputePrecision.BFloat16 then
                "forward pass in bfloat16"
            if options.Labels <> defaults.Labels then
                options.Labels.Summary
            match Option.ofObj options.MeanTeacher with
            | Some teacher -> teacher.Summary
            | None -> ()
            match Option.ofObj options.Consistency with
            | Some consistency -> $"consistency by {consistency.Summary}"
            | None -> ()
            match Option.ofObj options.Interpolation with
            | Some interpolation -> interpolation.Summary
            | None -> ()
            if options.TeacherMovesFirst then
                "the teacher is updated before each step"
        ]
        |> String.concat ", "

    /// The canonical key of the training settings. It does not contain the seed, which belongs to the trial.
    let key (training: Training) : JsonObject =
        let key = CanonicalKey.Node(training.Options).AsObject()
        key.Remove "seed" |> ignore
        key

    let problems (training: Training) = [
        yield! training.Options.Problems() |> Seq.map (Problem.within "training")
        yield! Text.keywordsTwice "training" training.Keywords
    ]
