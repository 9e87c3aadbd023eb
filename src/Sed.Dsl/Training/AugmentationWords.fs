namespace Sed

open Sed.Core.Training.Augmentations

/// Augmentations of the training batches. They are values of `augment`.
[<AutoOpen>]
module AugmentationValues =
    /// Mixup (Zhang et al. 2018). The argument is the parameter of the beta distribution from which the weight is
    /// drawn. Each batch has one weight.
    let mixup alpha : Augmentation = Mixup alpha

    /// Hard mixup, as in DESED_task: mixes the features and gives each mixture the labels of both clips.
    let mixupHard alpha : Augmentation = Mixup(alpha, true)

    /// As `mixup`, but with a separate weight for each kind of labels in the batch, as in DESED_task.
    let mixupPerKind alpha : Augmentation = Mixup(alpha, false, true)

    /// As `mixupHard`, but with a separate weight for each kind of labels in the batch, as in DESED_task.
    let mixupHardPerKind alpha : Augmentation = Mixup(alpha, true, true)

    /// Mixup of pairs (Kong et al. 2020): every two consecutive clips of the batch are mixed into one, so 64 clips give
    /// 32 mixtures. The argument is the parameter of the beta distribution from which the weight of each pair is drawn.
    let mixupPairs alpha : Augmentation = MixupPairs alpha

    /// SpecAugment (Park et al. 2019): masks one stretch of up to `frames` frames and one of up to `bands` bands of
    /// each clip, after all other augmentations. Masked values are 0, the mean of standardised features.
    let specAugment frames bands : Augmentation = SpecAugment(frames, bands)

    /// SpecAugment with several stripes, as in torchlibrosa. The arguments are the number of time stripes, their
    /// maximum width in frames (exclusive), the number of frequency stripes, and their maximum width in bands
    /// (exclusive). Kong et al. (2020) use `stripes 2 64 2 8`. Unlike `specAugment`, stripes are applied at their
    /// position in the list of `augment`, for example before `mixupPairs`. Masked values are 0, the mean of
    /// standardised features (`standardise PerBand`); for unstandardised features, use `augmentNormalised true`.
    let stripes timeStripes frames bandStripes bands : Augmentation =
        Stripes(timeStripes, frames, bandStripes, bands)

    /// Time shift of each clip with its frame labels. The argument is the standard deviation of the shift in frames.
    /// Frames that leave the clip re-enter at its other end. FDY-SED (Nam et al. 2022) uses 90 frames of 16 ms.
    let timeShift (deviation: float) : Augmentation = TimeShift deviation

    /// As `timeShift`, but frames that leave the clip are dropped, and the other end is filled with 0, the mean of
    /// standardised features.
    let timeShiftPadded (deviation: float) : Augmentation = TimeShift(deviation, true)

    /// Masks the same stretch of time, with its labels, in all clips of a batch that have frame labels; other clips are not
    /// masked. The arguments are the minimum and maximum of the width as a share of the clip. CPJKU's system for DCASE 2024
    /// Task 4 uses `timeMask 0.05 0.3`.
    let timeMask least most : Augmentation = TimeMask(least, most)

    /// A random gain for each clip. The arguments are the lowest and the highest gain in dB.
    let gain lowest highest : Augmentation = Gain(lowest, highest)

    /// Adds white noise to each clip. The arguments are the lowest and the highest signal-to-noise ratio in dB.
    let noise lowest highest : Augmentation = Noise(lowest, highest)

    /// Adds Gaussian noise to the features of each clip, as the function `add_noise` of DESED_task. The arguments are
    /// the lowest and the highest signal-to-noise ratio in dB: the standard deviation of the features relative to the
    /// standard deviation of the noise. The defaults of `add_noise` are 6 and 30.
    let featureNoise lowest highest : Augmentation = FeatureNoise(lowest, highest)

    /// FilterAugment (Nam et al. 2022) with the linear shape: the gain is interpolated between the borders of 3 to 5
    /// random ranges of at least 6 bands. The arguments are the lowest and the highest gain in dB; the authors use -6
    /// and 6.
    let filterAugment lowest highest : Augmentation = FilterAugment(lowest, highest)

    /// FilterAugment (Nam et al. 2022) with the step shape: the gain is constant in each of 2 to 4 random ranges of at
    /// least 4 bands. The arguments are the lowest and the highest gain in dB.
    let filterAugmentStep lowest highest : Augmentation = FilterAugment.Step(lowest, highest)

    /// Frequency warping, as in CPJKU's system for DCASE 2024 Task 4: stretches a random range of bands of each clip to all
    /// bands. The argument is the minimum width of the range as a share of the bands; CPJKU uses 0.6.
    let frequencyWarp least : Augmentation = FrequencyWarp least

    /// MixStyle (Zhou et al. 2021) of bands: mixes the mean and standard deviation of each band with those of another
    /// clip. The argument is the parameter of the beta distribution from which the weights are drawn. CPJKU's system
    /// for DCASE 2024 Task 4 uses `sometimes 0.5 (mixStyle 0.3)`.
    let mixStyle alpha : Augmentation = MixStyle alpha

    /// Overlays each clip with another clip: both sound together, and the result has the labels of both. The arguments
    /// are the lowest and the highest level in dB of the clip relative to the other clip.
    let overlay lowest highest : Augmentation = Overlay(lowest, highest)

    /// An augmentation that is applied to a batch with a probability, for example `sometimes 0.5 (mixup 0.2)`.
    let sometimes probability augmentation : Augmentation = Sometimes(probability, augmentation)

    /// Augmentations that are drawn independently for a mean teacher and its student, and applied after all other
    /// augmentations, for example `views [ filterAugment -6.0 6.0; noise 20.0 40.0 ]`. They must not change labels.
    let views (augmentations: Augmentation list) : Augmentation = Views(List.toArray augmentations)
