namespace Sed

/// The waveform itself, in frames that follow each other without gap or overlap, for networks that learn from samples.
type Samples = {
    /// Samples per second; clips of another rate are resampled.
    Rate: float<Hz>
    /// Samples of a frame: what the network's steps and pools have to divide, and the resolution of what it says.
    Frame: int
    /// Settings of log-mel energies that were given to them.
    Refused: string list
    Declared: string list
}

module Samples =
    let defaults = {
        Rate = 16000.0<Hz>
        Frame = 729
        Refused = []
        Declared = []
    }

    let print (samples: Samples) =
        $"samples at {Text.number (float samples.Rate)} Hz, frames of {samples.Frame}"

    let problems (samples: Samples) =
        let problem = Problem.at "features"
        [
            if not (samples.Rate >= 1.0<Hz> && float samples.Rate = floor (float samples.Rate)) then
                problem
                    $"{Text.number (float samples.Rate)} samples per second"
                    "give a whole number above 0, for example `rate 16000.0<Hz>`"
            if samples.Frame < 1 then
                problem $"{samples.Frame} samples in a frame" "give at least one, for example `frame 729`"
            for setting in List.distinct samples.Refused do
                problem
                    $"samples have no {setting}"
                    "leave the setting to log-mel energies; frames of samples are told by `samples { frame 729 }`"
            yield! Text.keywordsTwice "features" samples.Declared
        ]
