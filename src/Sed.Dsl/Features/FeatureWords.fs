namespace Sed

open System
open Sed.Core.Features
open Sed.Core.Features.Encoders
open Sed.Core.Features.LogMel

/// logMel { window 40.0<ms>; overlap 0.5; bands 40; range 0.0<Hz> 22050.0<Hz> }
type LogMelBuilder() =
    inherit Block<Features>()

    let set keyword change (features: Features) = {
        Features.withLogMel keyword change features with
            Keywords = features.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) = Features.defaults

    /// A published definition, which later keywords of the block can change: Dcase2017 (the default), Desed, Panns,
    /// EfficientAt or Cdur.
    [<CustomOperation "preset">]
    member _.Preset(features: Features, definition: LogMelOptions) =
        let first = features.Keywords.IsEmpty
        let changed = features |> set "preset" (fun _ -> definition)
        if first then
            changed
        else
            changed
            |> Features.withProblem "`preset` overrides the keywords before it" "put it first"

    /// Sampling rate; clips of another rate are resampled. Default: the rate of the corpus.
    [<CustomOperation "rate">]
    member _.Rate(features: Features, rate: float<Hz>) =
        features
        |> Features.withRate rate (fun rate -> set "rate" _.WithRate(Nullable rate))

    /// Length of the window. Default 40 ms.
    [<CustomOperation "window">]
    member _.Window(features: Features, length: float<ms>) =
        features |> set "window" _.WithWindow(float length / 1000.0)

    /// Overlap of neighbouring windows as a fraction of their length, from 0 (inclusive) to 1 (exclusive). Default 0.5.
    [<CustomOperation "overlap">]
    member _.Overlap(features: Features, share: float) =
        features |> set "overlap" _.WithOverlap(share)

    /// Shape of the window: Hamming (the default), Hann, SymmetricHamming or SymmetricHann.
    [<CustomOperation "shape">]
    member _.Shape(features: Features, shape: WindowShape) =
        features |> set "shape" _.WithWindowShape(shape)

    /// FFT size in samples, even and at least the length of the window. Default: the smallest power of two that holds
    /// the window.
    [<CustomOperation "fft">]
    member _.Fft(features: Features, samples: int) =
        features |> set "fft" _.WithFft(Nullable samples)

    /// Distance between the starts of neighbouring windows; an alternative to `overlap`.
    [<CustomOperation "hop">]
    member _.Hop(features: Features, distance: float<ms>) =
        features |> set "hop" _.WithHop(float distance / 1000.0)

    /// Number of mel bands. Default 40.
    [<CustomOperation "bands">]
    member _.Bands(features: Features, count: int) =
        features |> set "bands" _.WithBands(count)

    /// Frequency range: the lower edge of the first band and the upper edge of the last one. Default: 0 Hz to 22,050 Hz or
    /// half the sampling rate, whichever is lower.
    [<CustomOperation "range">]
    member _.Range(features: Features, low: float<Hz>, high: float<Hz>) =
        features |> set "range" _.WithRange(float low, float high)

    /// The mel scale, Slaney, Htk or Kaldi. Default Slaney.
    [<CustomOperation "mel">]
    member _.Mel(features: Features, scale: MelScale) =
        features |> set "mel" _.WithMelScale(scale)

    /// Whether each band is divided by its width (Slaney's area normalisation). Default true.
    [<CustomOperation "normalised">]
    member _.Normalised(features: Features, yes: bool) =
        features
        |> set "normalised" _.WithNormalization(if yes then MelNormalization.Area else MelNormalization.None)

    /// Whether the weights of the bands are computed in single precision, as in torchaudio. Values then equal those of
    /// torchaudio to 1e-5 dB instead of 1e-4 dB. Default false.
    [<CustomOperation "singlePrecision">]
    member _.SinglePrecision(features: Features, yes: bool) =
        features
        |> set
            "singlePrecision"
            _.WithFilterPrecision(
                if yes then
                    FilterPrecision.Single
                else
                    FilterPrecision.Double
            )

    /// The spectrum that the bands sum: Magnitude or Power. Default Magnitude.
    [<CustomOperation "spectrum">]
    member _.Spectrum(features: Features, kind: SpectrumKind) =
        features |> set "spectrum" _.WithSpectrum(kind)

    /// Lower bound of each band before the logarithm, above 0, for example `floor 1e-10` as in torchaudio. With a
    /// bound, nothing is added to samples or bands. Default for powers: 1e-10. Default for magnitudes: no bound; 2^-52
    /// is added to samples and bands instead.
    [<CustomOperation "floor">]
    member _.Floor(features: Features, bound: float) =
        features |> set "floor" _.WithFloor(bound)

    /// A number added to each band before the logarithm, above 0, for example `addedFloor 1.0` for log(1 + x). Nothing is
    /// added to the samples. An alternative to `floor`.
    [<CustomOperation "addedFloor">]
    member _.AddedFloor(features: Features, number: float) =
        features |> set "addedFloor" _.WithAddedFloor(number)

    /// Whether each window is centred on its frame, with the signal reflected at both ends of the clip. If false, all
    /// windows lie within the clip, so there are fewer frames. Default true.
    [<CustomOperation "centred">]
    member _.Centred(features: Features, yes: bool) =
        features |> set "centred" _.WithCentred(yes)

    /// Whether values are in decibels (20 log10 of magnitudes, 10 log10 of powers) instead of natural logarithms.
    /// Default false.
    [<CustomOperation "decibels">]
    member _.Decibels(features: Features, yes: bool) =
        features
        |> set "decibels" _.WithLogarithm(if yes then LogarithmKind.Decibel else LogarithmKind.Natural)

    /// Lower and upper limit of the values after the logarithm, for example `limits -50.0 80.0`. Default no limits.
    [<CustomOperation "limits">]
    member _.Limits(features: Features, lowest: float, highest: float) =
        features |> set "limits" _.WithLimits(lowest, highest)

    /// Coefficient c of the pre-emphasis x[n + 1] - c x[n], from 0 to 1, for example `preEmphasis 0.97`. Default 0: none.
    [<CustomOperation "preEmphasis">]
    member _.PreEmphasis(features: Features, coefficient: float) =
        features |> set "preEmphasis" _.WithPreEmphasis(coefficient)

    /// Shift and divisor of the values, (value + shift) / divisor, for example `scale 4.5 5.0`. The divisor is above 0.
    /// Defaults 0 and 1.
    [<CustomOperation "scale">]
    member _.Scale(features: Features, shift: float, divisor: float) =
        features |> set "scale" _.WithScale(shift, divisor)

    /// How the network's input is standardised: PerBand (the default), PerClip or Unstandardised.
    [<CustomOperation "standardise">]
    member _.Standardise(features: Features, kind: Standardisation) =
        features |> Features.withStandardisation kind

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
        features |> Features.withRate rate (fun rate -> set "rate" _.WithRate(rate))

    /// Number of samples per frame; the product of the network's strides and pool sizes has to divide it. Default 729.
    [<CustomOperation "frame">]
    member _.Frame(features: Features, count: int) =
        features |> set "frame" _.WithFrameSamples(count)

    /// How the network's input is standardised: PerBand (the default; one mean and one standard deviation for all
    /// samples of a frame), PerClip or Unstandardised.
    [<CustomOperation "standardise">]
    member _.Standardise(features: Features, kind: Standardisation) =
        features |> Features.withStandardisation kind

/// encoder "mn04_frames.onnx" { output "embedding"; rate 32000.0<Hz> }: The vectors (embeddings) of a pretrained
/// network in an ONNX file. Its input is samples, shape (batch, samples). Its output is either a sequence, shape
/// (batch, frames, width), or one vector per window, shape (batch, width). Without `rate`, the sampling rate is read
/// from the file. Without `hop`, the hop is measured by running the encoder.
type EncoderBuilder(path: string) =
    inherit Block<Features>()

    let set keyword (change: Encoder -> Encoder) (features: Features) = {
        features with
            Source = change (features.Source :?> Encoder)
            Keywords = features.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) = Features.ofSource (Encoder path)

    /// Name of the output with the vectors. Default: the only output.
    [<CustomOperation "output">]
    member _.Output(features: Features, name: string) =
        features |> set "output" _.WithOutput(name)

    /// Sampling rate of the encoder's input; clips with a different rate are resampled. Default: the metadata entry
    /// `sample_rate` of the ONNX file.
    [<CustomOperation "rate">]
    member _.Rate(features: Features, rate: float<Hz>) =
        features |> Features.withRate rate (fun rate -> set "rate" _.WithRate(rate))

    /// Length of the windows into which longer recordings are divided. Default: the encoder's fixed length, or 10 s.
    [<CustomOperation "window">]
    member _.Window(features: Features, length: float<s>) =
        features |> set "window" _.WithWindow(float length)

    /// Time between two vectors. Default: the measured time; for an encoder with one vector per window, the length of
    /// the window.
    [<CustomOperation "hop">]
    member _.Hop(features: Features, distance: float<ms>) =
        features |> set "hop" _.WithHop(float distance / 1000.0)

    /// Factor by which the samples are multiplied, for encoders whose input does not range from -1 to 1, for example
    /// 32768.0. Default 1.
    [<CustomOperation "scale">]
    member _.Scale(features: Features, factor: float) =
        features |> set "scale" _.WithScale(factor)

    /// Features that the encoder takes instead of samples, with their sampling rate:
    /// `input (logMel { rate 16000.0<Hz>; bands 64 })`.
    [<CustomOperation "input">]
    member _.Input(features: Features, input: Features) = {
        (features |> set "input" _.WithInput(input.Source)) with
            Problems = features.Problems @ input.Problems
    }

    /// How the network's input is standardised: PerBand (the default) or PerClip.
    [<CustomOperation "standardise">]
    member _.Standardise(features: Features, kind: Standardisation) =
        features |> Features.withStandardisation kind

/// Values of the keywords of `logMel` and `samples`.
[<AutoOpen>]
module FeatureValues =
    /// Log-mel energies of the DCASE 2017 baseline at the sampling rate of the corpus: 40 ms Hamming window, 50 %
    /// overlap, 40 Slaney bands of magnitudes from 0 to 22,050 Hz, natural logarithm.
    let Dcase2017 = LogMelOptions()

    /// Log-mel energies of the DESED baseline of DCASE 2021 to 2024 Task 4 (DESED_task): 16 kHz, symmetric Hamming
    /// window and FFT of 2048 samples, hop of 256 samples, 128 HTK bands of magnitudes from 0 to 8000 Hz, limited to
    /// -50 to 80 dB.
    let Desed = LogMelOptions.Desed

    /// Log-mel energies of PANNs (Kong et al. 2020): 32 kHz, Hann window of 1024 samples, hop of 320 samples, 64 Slaney
    /// bands of powers from 50 to 14,000 Hz in dB. Not standardised.
    let Panns = LogMelOptions.Panns

    /// Log-mel energies of EfficientAT (Schmid et al. 2023): 32 kHz, pre-emphasis, Hann window of 800 samples, hop of 320
    /// samples, 128 Kaldi bands of powers from 0 to 15,000 Hz, scaled. Not standardised.
    let EfficientAt = LogMelOptions.EfficientAt

    /// Log-mel energies of CDur (Dinkel et al. 2021): 22.05 kHz, Hann window of 40 ms, hop of 20 ms, 64 Slaney bands of
    /// powers. Not standardised.
    let Cdur = LogMelOptions.Cdur

    /// Periodic Hamming window: 0.54 - 0.46 cos(2 pi n / N).
    let Hamming = WindowShape.HammingPeriodic

    /// Periodic Hann window: 0.5 - 0.5 cos(2 pi n / N).
    let Hann = WindowShape.HannPeriodic

    /// Symmetric Hamming window, with the period N - 1.
    let SymmetricHamming = WindowShape.HammingSymmetric

    /// Symmetric Hann window, with the period N - 1.
    let SymmetricHann = WindowShape.HannSymmetric

    /// Standardises each band with its mean and standard deviation over the training clips.
    let PerBand = Standardisation.TrainingSet

    /// Standardises a clip with the mean and standard deviation of all its values (instance standardisation). Each
    /// window of a longer recording counts as a clip.
    let PerClip = Standardisation.Clip

    /// No standardisation, for published weights that were trained on unstandardised features.
    let Unstandardised = Standardisation.None

    /// Linear below 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998).
    let Slaney = MelScale.Slaney

    /// 2595 log10(1 + f / 700) (S. Young et al., "The HTK Book").
    let Htk = MelScale.Htk

    /// The scale of `Htk`. The filters are triangular on the mel axis instead of the Hz axis, as in Kaldi.
    let Kaldi = MelScale.Kaldi

    /// Magnitudes of the spectrum.
    let Magnitude = SpectrumKind.Magnitude

    /// Squared magnitudes of the spectrum.
    let Power = SpectrumKind.Power
