namespace Sed

open System
open Sed.Core.Features
open Sed.Core.Features.LogMel

/// logMel { window 40.0<ms>; overlap 0.5; bands 40; range 0.0<Hz> 22050.0<Hz> }
type LogMelBuilder() =
    inherit Block<Features>()

    let set keyword change (features: Features) = {
        Features.withLogMel keyword change features with
            Keywords = features.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) = Features.defaults

    /// Length of the Hamming window. Default 40 ms.
    [<CustomOperation "window">]
    member _.Window(features: Features, length: float<ms>) =
        features |> set "window" _.WithWindow(float length / 1000.0)

    /// Overlap of neighbouring windows as a fraction of their length, from 0 (inclusive) to 1 (exclusive). Default 0.5.
    [<CustomOperation "overlap">]
    member _.Overlap(features: Features, share: float) =
        features |> set "overlap" _.WithOverlap(share)

    /// Distance between the starts of neighbouring windows; an alternative to `overlap`.
    [<CustomOperation "hop">]
    member _.Hop(features: Features, distance: float<ms>) =
        features |> set "hop" _.WithHop(float distance / 1000.0)

    /// Number of mel bands. Default 40.
    [<CustomOperation "bands">]
    member _.Bands(features: Features, count: int) =
        features |> set "bands" _.WithBands(count)

    /// Lower edge of the first and upper edge of the last band. Default 0 to 22,050 Hz.
    [<CustomOperation "range">]
    member _.Range(features: Features, low: float<Hz>, high: float<Hz>) =
        features |> set "range" _.WithRange(float low, float high)

    /// The mel scale, Slaney or Htk. Default Slaney.
    [<CustomOperation "mel">]
    member _.Mel(features: Features, scale: MelScale) =
        features |> set "mel" _.WithMelScale(scale)

    /// Whether each band is divided by its width (Slaney's area normalisation). Default true.
    [<CustomOperation "normalised">]
    member _.Normalised(features: Features, yes: bool) =
        features
        |> set "normalised" _.WithNormalization(if yes then MelNormalization.Area else MelNormalization.None)

    /// The spectrum that the bands sum: Magnitude or Power. Default Magnitude.
    [<CustomOperation "spectrum">]
    member _.Spectrum(features: Features, kind: SpectrumKind) =
        features |> set "spectrum" _.WithSpectrum(kind)

/// samples { rate 16000.0<Hz>; frame 729 }
type SamplesBuilder() =
    inherit Block<Features>()

    let set keyword (change: SampleFrames -> SampleFrames) (features: Features) = {
        features with
            Source = change (features.Source :?> SampleFrames)
            Keywords = features.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) = Features.ofSource (SampleFrames())

    /// Sampling rate; clips with a different rate are resampled. Default 16,000 Hz.
    [<CustomOperation "rate">]
    member _.Rate(features: Features, rate: float<Hz>) =
        if
            rate >= 1.0<Hz>
            && rate <= float Int32.MaxValue * 1.0<Hz>
            && float rate = floor (float rate)
        then
            features |> set "rate" _.WithRate(int rate)
        else
            features
            |> set "rate" id
            |> Features.withProblem
                $"{Text.number (float rate)} samples per second"
                "give a whole number above 0, for example `rate 16000.0<Hz>`"

    /// Number of samples per frame; the product of the network's strides and pool sizes has to divide it. Default 729.
    [<CustomOperation "frame">]
    member _.Frame(features: Features, count: int) =
        features |> set "frame" _.WithFrameSamples(count)

/// Values of the keywords of `logMel`.
[<AutoOpen>]
module FeatureValues =
    /// Linear below 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998).
    let Slaney = MelScale.Slaney

    /// 2595 log10(1 + f / 700) (S. Young et al., "The HTK Book").
    let Htk = MelScale.Htk

    /// Magnitudes of the spectrum.
    let Magnitude = SpectrumKind.Magnitude

    /// Squared magnitudes of the spectrum.
    let Power = SpectrumKind.Power
