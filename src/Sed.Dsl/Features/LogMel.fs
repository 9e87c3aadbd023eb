namespace Sed

/// The formula between Hz and mel.
type MelScale =
    /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox).
    | Slaney
    /// 2595 log10(1 + f / 700), as in HTK.
    | Htk

/// What is summed in each mel band.
type Spectrum =
    | Magnitude
    | Power

/// How far one window is from the next.
[<RequireQualifiedAccess>]
type Step =
    /// Share of a window that it has in common with the next, from 0 to below 1.
    | Overlap of float
    /// Distance between the starts of two windows.
    | Hop of float<ms>

/// How a waveform becomes log mel-band energies. The defaults are those of the DCASE 2017 baseline, which the paper used.
type LogMel = {
    /// Length of the Hamming window.
    Window: float<ms>
    /// How far one window is from the next.
    Step: Step
    /// Number of mel bands.
    Bands: int
    /// Lowest frequency of the lowest band.
    Low: float<Hz>
    /// Highest frequency of the highest band.
    High: float<Hz>
    MelScale: MelScale
    /// True when each band is divided by its width (Slaney's area normalisation).
    Normalised: bool
    Spectrum: Spectrum
    Declared: string list
} with

    /// Distance between the starts of two windows.
    member features.Hop =
        match features.Step with
        | Step.Overlap share -> features.Window * (1.0 - share)
        | Step.Hop distance -> distance

module LogMel =
    let defaults = {
        Window = 40.0<ms>
        Step = Step.Overlap 0.5
        Bands = 40
        Low = 0.0<Hz>
        High = 22050.0<Hz>
        MelScale = Slaney
        Normalised = true
        Spectrum = Magnitude
        Declared = []
    }

    let print (features: LogMel) =
        let mel =
            match features.MelScale with
            | Slaney -> "Slaney mel"
            | Htk -> "HTK mel"

        let area =
            if features.Normalised then
                "normalised"
            else
                "not normalised"

        let spectrum =
            match features.Spectrum with
            | Magnitude -> "magnitude"
            | Power -> "power"

        $"log-mel, {Text.number (float features.Window)} ms Hamming window, hop {Text.number (float features.Hop)} ms, "
        + $"{features.Bands} bands from {Text.number (float features.Low)} to {Text.number (float features.High)} Hz, "
        + $"{mel}, {area}, {spectrum}"

    // Longer ones hold whole events, shorter steps and more bands nothing new: all are slips of units or digits.
    let private longestWindow = 10000.0<ms>
    let private shortestHop = 1.0<ms>
    let private mostBands = 1024

    let problems (features: LogMel) =
        let problem = Problem.at "features"
        let ms value = Text.number (float<float<ms>> value)
        let hz value = Text.number (float<float<Hz>> value)

        [
            if features.Window <= 0.0<ms> then
                problem $"the window is {ms features.Window} ms" "give it a length, for example `window 40.0<ms>`"
            if features.Window > longestWindow then
                problem
                    $"the window is {ms features.Window} ms"
                    $"give at most {ms longestWindow} ms, for example `window 40.0<ms>`"
            if features.Hop > features.Window then
                problem
                    $"the hop of {ms features.Hop} ms is longer than the window of {ms features.Window} ms"
                    "sound between two windows would be lost; use a hop of at most the window"
            if features.Hop <= 0.0<ms> then
                problem
                    $"the hop is {ms features.Hop} ms"
                    "give a hop above 0, or an overlap from 0 to below 1, for example `overlap 0.5`"
            elif features.Hop < shortestHop then
                problem
                    $"the hop is {ms features.Hop} ms"
                    $"give at least {ms shortestHop} ms, for example `hop 20.0<ms>`"
            if features.Bands < 1 then
                problem $"{features.Bands} bands" "give at least one, for example `bands 40`"
            if features.Bands > mostBands then
                problem $"{features.Bands} bands" $"give at most {mostBands}, for example `bands 40`"
            if features.Low < 0.0<Hz> then
                problem $"the range starts at {hz features.Low} Hz" "start at 0 Hz or above"
            if features.High <= features.Low then
                problem
                    $"the range ends at {hz features.High} Hz and starts at {hz features.Low} Hz"
                    "end above the start, for example `range 0.0<Hz> 22050.0<Hz>`"
            yield! Text.keywordsTwice "features" features.Declared
        ]
