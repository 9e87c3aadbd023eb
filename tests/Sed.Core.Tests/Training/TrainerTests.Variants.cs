using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;

namespace Sed.Core.Tests.Training;

/// <content>Options of which every combination must resume exactly.</content>
public sealed partial class TrainerTests
{
    public static TheoryData<string> Variants => [.. variants.Keys];

    private static readonly Dictionary<string, TrainingOptions> variants = new()
    {
        ["adam"] = usual,
        ["adamw, clipped, averaged"] = usual with
        {
            Optimizer = new Optimizer.AdamW(0.01, 0.01),
            MaxGradientNorm = 1,
            WeightAverage = 0.9,
        },
        ["sgd on a plateau"] = usual with
        {
            Optimizer = new Optimizer.Sgd(0.01),
            Schedule = new Schedule.Plateau(Patience: 1),
        },
        ["mixed, masked, focal, cosine"] = usual with
        {
            Augmentations = [new Mixup(0.3), new SpecAugment(5, 3)],
            MaskShortClips = true,
            Loss = new Loss.Focal(2),
            PositiveWeight = new PositiveWeight.Same(2),
            Schedule = new Schedule.Cosine(1),
        },
        ["strong labels"] = usual with { Order = ClipOrder.Balanced },
        ["strong labels, time shift, masked"] = usual with
        {
            Augmentations = [new TimeShift(6)],
            MaskShortClips = true,
        },
        ["mean teacher, mixed labels, mixup, masks"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Augmentations = [new Mixup(0.3), new SpecAugment(5, 0)],
            MaskShortClips = true,
        },
        ["confident mean teacher that moves first, losses per kind, ramp-up"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Consistency = new Consistency.Confident(0.3, 0.3, 3),
            TeacherMovesFirst = true,
            Schedule = new Schedule.RampUp(2, 3),
            Augmentations = [new MixupPairs(0.3)],
        },
        ["interpolation, mixed labels, masks"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Consistency = new Consistency.CrossEntropy(),
            Interpolation = new Interpolation(2, IsAdded: true),
            Augmentations = [new SpecAugment(5, 0)],
            MaskShortClips = true,
        },
        ["amsgrad, stripes, mixup of pairs, drop"] = usual with
        {
            Optimizer = new Optimizer.Adam(0.01, IsAmsGrad: true),
            Augmentations = [new Stripes(2, 6, 2, 3), new MixupPairs(1)],
            MaskShortClips = true,
            Schedule = new Schedule.Drop(0.1, 3),
        },
        ["mean teacher, mixed labels, mixup of pairs, masks"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Augmentations = [new Stripes(1, 6, 0, 0), new MixupPairs(0.3), new SpecAugment(5, 0)],
            MaskShortClips = true,
        },
        ["amsgrad, stripes and mixup after the normalisation of bands"] = usual with
        {
            Optimizer = new Optimizer.Adam(0.01, IsAmsGrad: true),
            Augmentations = [new Stripes(2, 6, 2, 3), new MixupPairs(1)],
            AugmentsNormalised = true,
        },
        ["strong labels, time mask, overlay, gain, hard mixup, masked"] = usual with
        {
            Augmentations =
            [
                new TimeMask(0.1, 0.5),
                new Overlay(0, 10),
                new Gain(-6, 6),
                new Sometimes(0.5, new Mixup(0.3, true)),
            ],
            MaskShortClips = true,
        },
        ["mean teacher, mixed labels, views"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Augmentations =
            [
                new Sometimes(0.5, new MixStyle(0.3)),
                new Views([
                    new FilterAugment(-6, 6, FilterShape.Linear, 2, 3, 2),
                    new FrequencyWarp(0.6),
                    new Noise(10, 20),
                    new FeatureNoise(10, 20),
                ]),
            ],
        },
        ["frozen trunk, thawed, layer decay"] = usual with
        {
            Optimizer = new Optimizer.AdamW(0.01, 0.01),
            MaxGradientNorm = 1,
            WeightAverage = 0.9,
            Frozen = ["trunk"],
            ThawAfter = 2,
            LayerDecay = 0.7,
        },
        ["mean teacher, frozen layers, thawed, layer decay"] = usual with
        {
            MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 4 },
            Frozen = ["1-convolution", "gru"],
            ThawAfter = 3,
            LayerDecay = 0.5,
        },
    };

    private static readonly Labels.Mixed allKinds = new([
        new LabelShare(new Labels.Strong(), 0.25, 0.25),
        new LabelShare(new Labels.WeakOnly(), 0.25, 0.25),
        new LabelShare(new Labels.Unlabelled(), 0.5, 0.5),
    ]);

    private static readonly Labels.Mixed ownLosses = new([
        new LabelShare(new Labels.Strong(), 0.25, 0.25).WithLosses(true, false, true),
        new LabelShare(new Labels.WeakOnly(), 0.25, 0.25).WithLosses(false, true, false),
        new LabelShare(new Labels.Unlabelled(), 0.5, 0.5),
    ])
    {
        EndsWithFirst = true,
    };

    /// <summary>Labels of the variants that do not use weak labels only.</summary>
    private static readonly Dictionary<string, Labels> told = new()
    {
        ["strong labels"] = new Labels.Strong(),
        ["strong labels, time shift, masked"] = new Labels.Strong(),
        ["mean teacher, mixed labels, mixup, masks"] = allKinds,
        ["mean teacher, mixed labels, mixup of pairs, masks"] = allKinds,
        ["confident mean teacher that moves first, losses per kind, ramp-up"] = ownLosses,
        ["interpolation, mixed labels, masks"] = allKinds,
        ["strong labels, time mask, overlay, gain, hard mixup, masked"] = new Labels.Strong(),
        ["mean teacher, mixed labels, views"] = allKinds,
    };
}
