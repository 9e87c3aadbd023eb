namespace Sed

/// What a network sees of a clip.
[<RequireQualifiedAccess>]
type Features =
    /// Log mel-band energies.
    | LogMel of LogMel
    /// The waveform.
    | Samples of Samples

    /// Values of a frame: mel bands or samples.
    member features.Bands =
        match features with
        | Features.LogMel logMel -> logMel.Bands
        | Features.Samples samples -> samples.Frame

    /// Distance between frames.
    member features.Hop: float<ms> =
        match features with
        | Features.LogMel logMel -> logMel.Hop
        | Features.Samples samples -> 1000.0<ms> * float samples.Frame / float samples.Rate

module Features =
    /// Those of the DCASE 2017 baseline, which the paper used.
    let defaults = Features.LogMel LogMel.defaults

    let print features =
        match features with
        | Features.LogMel logMel -> LogMel.print logMel
        | Features.Samples samples -> Samples.print samples

    let problems features =
        match features with
        | Features.LogMel logMel -> LogMel.problems logMel
        | Features.Samples samples -> Samples.problems samples

    /// Changes log-mel energies; what samples do not have becomes a problem of theirs.
    let withLogMel setting change features =
        match features with
        | Features.LogMel logMel -> Features.LogMel(change logMel)
        | Features.Samples samples ->
            Features.Samples {
                samples with
                    Refused = samples.Refused @ [ setting ]
            }
