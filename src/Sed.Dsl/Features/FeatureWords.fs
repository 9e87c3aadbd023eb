namespace Sed

/// logMel { window 40.0<ms>; overlap 0.5; bands 40; range 0.0<Hz> 22050.0<Hz> }
type LogMelBuilder() =
    inherit Block<LogMel>()

    let given keyword (features: LogMel) = {
        features with
            Declared = features.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = LogMel.defaults

    member _.Run(features: LogMel) = Features.LogMel features

    /// Length of the Hamming window. Default 40 ms.
    [<CustomOperation "window">]
    member _.Window(features: LogMel, length: float<ms>) =
        { features with Window = length } |> given "window"

    /// Share of a window that it has in common with the next, from 0 to below 1. Default 0.5.
    [<CustomOperation "overlap">]
    member _.Overlap(features: LogMel, share: float) =
        {
            features with
                Step = Step.Overlap share
        }
        |> given "overlap"

    /// Distance between the starts of two windows; another way to say the overlap.
    [<CustomOperation "hop">]
    member _.Hop(features: LogMel, distance: float<ms>) =
        {
            features with
                Step = Step.Hop distance
        }
        |> given "hop"

    /// Number of mel bands. Default 40.
    [<CustomOperation "bands">]
    member _.Bands(features: LogMel, count: int) =
        { features with Bands = count } |> given "bands"

    /// Lowest and highest frequency. Default 0 to 22,050 Hz.
    [<CustomOperation "range">]
    member _.Range(features: LogMel, low: float<Hz>, high: float<Hz>) =
        { features with Low = low; High = high } |> given "range"

    /// The mel formula, Slaney or Htk. Default Slaney.
    [<CustomOperation "mel">]
    member _.Mel(features: LogMel, scale: MelScale) =
        { features with MelScale = scale } |> given "mel"

    /// Whether each band is divided by its width. Default true.
    [<CustomOperation "normalised">]
    member _.Normalised(features: LogMel, yes: bool) =
        { features with Normalised = yes } |> given "normalised"

    /// What is summed in each band, Magnitude or Power. Default Magnitude.
    [<CustomOperation "spectrum">]
    member _.Spectrum(features: LogMel, kind: Spectrum) =
        { features with Spectrum = kind } |> given "spectrum"

/// samples { rate 16000.0<Hz>; frame 729 }
type SamplesBuilder() =
    inherit Block<Samples>()

    let given keyword (samples: Samples) = {
        samples with
            Declared = samples.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Samples.defaults

    member _.Run(samples: Samples) = Features.Samples samples

    /// Samples per second. Default 16,000 Hz.
    [<CustomOperation "rate">]
    member _.Rate(samples: Samples, rate: float<Hz>) =
        { samples with Rate = rate } |> given "rate"

    /// Samples of a frame, which the steps and pools of the network have to divide. Default 729.
    [<CustomOperation "frame">]
    member _.Frame(samples: Samples, count: int) =
        { samples with Frame = count } |> given "frame"
