module Sed.Dsl.Tests.FeatureWordsTests

open Xunit
open Sed
open Sed.Core.Features
open Sed.Core.Features.LogMel
open Sed.Core.Runtime.Keys

let private problems features = [ for problem in Features.problems features -> Problem.print problem ]

[<Fact>]
let ``the DESED preset is the definition of the DESED baseline, and later words change it`` () =
    Assert.Equal(LogMelOptions.Desed :> FeatureSource, (logMel { preset Desed }).Source)
    let changed =
        logMel {
            preset Desed
            bands 64
        }
    Assert.Equal(LogMelOptions.Desed.WithBands 64 :> FeatureSource, changed.Source)
    Assert.Empty(problems changed)
    Assert.Equal(
        "log-mel, 128 ms Hamming window, hop 16 ms, 128 bands from 0 to 8000 Hz, HTK mel, not normalised, magnitude in dB, at least -50, at most 80",
        Features.print (logMel { preset Desed })
    )

[<Fact>]
let ``the words of logMel define the features of torchaudio at any rate`` () =
    let features =
        logMel {
            rate 8000.0<Hz>
            window 32.0<ms>
            hop 16.0<ms>
            fft 512
            shape Hann
            bands 40
            range 0.0<Hz> 4000.0<Hz>
            mel Htk
            normalised false
            spectrum Power
            floor 1e-10
            decibels true
            singlePrecision true
            limits -80.0 40.0
        }
    Assert.Empty(problems features)
    let expected =
        LogMelOptions(
            Rate = 8000,
            WindowSeconds = 0.032,
            StepSeconds = 0.016,
            FftSamples = 512,
            Window = WindowShape.HannPeriodic,
            BandCount = 40,
            MaxHz = 4000.0,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
            FilterPrecision = FilterPrecision.Single,
            Spectrum = SpectrumKind.Power,
            SignalOffset = 0.0,
            LogFloor = 1e-10,
            LogFloorKind = LogFloorKind.Clamp,
            Logarithm = LogarithmKind.Decibel,
            Lowest = -80.0,
            Highest = 40.0
        )
    Assert.Equal(CanonicalKey.Text expected, CanonicalKey.Text features.Source)

[<Fact>]
let ``the words of logMel define the features of EfficientAT`` () =
    let features =
        logMel {
            rate 32000.0<Hz>
            window 25.0<ms>
            hop 10.0<ms>
            shape SymmetricHann
            bands 128
            range 0.0<Hz> 15000.0<Hz>
            mel Kaldi
            normalised false
            preEmphasis 0.97
            scale 4.5 5.0
            standardise Unstandardised
        }
    let preset = logMel { preset EfficientAt }
    Assert.Empty(problems features @ problems preset)
    let described = Features.print preset
    Assert.Equal(
        "log-mel, 25 ms Hann window, hop 10 ms, 128 bands from 0 to 15000 Hz, Kaldi mel, not normalised, power, +4.5, divided by 5, pre-emphasis 0.97, not standardised",
        described
    )
    Assert.Equal(described, (Features.print features).Replace("magnitude", "power"))

[<Fact>]
let ``empty bands, a late preset and reversed limits are problems with a remedy`` () =
    Assert.Equal<string list>(
        [
            "features: 6 of 128 mel bands are empty: band 1 from 0 to 21 Hz lies between two bins of the FFT of 256 samples at 8000 Hz; give `fft 512` or `bands 86`"
        ],
        problems (
            logMel {
                rate 8000.0<Hz>
                window 25.0<ms>
                bands 128
                range 0.0<Hz> 4000.0<Hz>
                mel Htk
            }
        )
    )
    Assert.Equal<string list>(
        [ "features: `preset` overrides the keywords before it; put it first" ],
        problems (
            logMel {
                bands 64
                preset Desed
            }
        )
    )
    Assert.Equal<string list>(
        [
            "features: the lowest value is 80 and the highest -50; give a highest value above the lowest, for example `limits -50.0 80.0`"
        ],
        problems (logMel { limits 80.0 -50.0 })
    )

[<Fact>]
let ``standardisation per clip is part of the features' key and description`` () =
    let perClip =
        logMel {
            preset Desed
            standardise PerClip
        }
    Assert.Equal(Standardisation.Clip, perClip.Source.Standardisation)
    Assert.EndsWith(", standardised per clip", Features.print perClip)
    Assert.NotEqual<string>(CanonicalKey.Text perClip.Source, CanonicalKey.Text (logMel { preset Desed }).Source)
    Assert.Equal(
        CanonicalKey.Text (logMel { bands 40 }).Source,
        CanonicalKey.Text
            (logMel {
                bands 40
                standardise PerBand
            })
                .Source
    )
    Assert.EndsWith(", standardised per clip", Features.print (samples { standardise PerClip }))

[<Fact>]
let ``time shifts are augmentations with a key and a description`` () =
    let shifted = training { augment [ timeShift 90.0; timeShiftPadded 10.0 ] }
    Assert.EndsWith("time shift by 90 frames, circular, time shift by 10 frames, padded", Training.print shifted)
    Assert.Contains(
        "\"augmentations\":[{\"deviation\":90,\"kind\":\"timeShift\"},{\"deviation\":10,\"kind\":\"timeShift\",\"padded\":true}]",
        CanonicalKey.Text(Training.key shifted)
    )

let private two =
    combined [
        named
            "mel"
            (logMel {
                rate 16000.0<Hz>
                bands 40
            })
        named
            "wave"
            (samples {
                rate 16000.0<Hz>
                frame 320
            })
    ]

[<Fact>]
let ``an encoder that cannot be read is a problem with its place`` () =
    let missing = encoder "no such folder/missing.onnx" { rate 16000.0<Hz> }
    Assert.Equal<string list>(
        [ "features, missing.onnx: there is no file no such folder/missing.onnx" ],
        problems missing
    )
    Assert.Contains(
        "encoders have no bands",
        String.concat "\n" (problems (Features.withLogMel "bands" _.WithBands(4) missing))
    )

[<Fact>]
let ``several feature sources have the bands of all and the frames of the first`` () =
    Assert.Empty(problems two)
    Assert.Equal(40 + 320, two.Source.Bands)
    Assert.Equal(0.02, two.Source.HopSeconds)

[<Fact>]
let ``an empty list of feature sources is a problem`` () =
    let none = combined []
    Assert.Equal<string list>(
        [
            "features: there are no feature sources; name at least one, for example `named \"mel\" (logMel { bands 64 })`"
        ],
        problems none
    )
    Assert.Empty(Network.problems none (layers "plain" { conv 8 }))

[<Fact>]
let ``log-mel sources without a rate or range follow the rate of the other sources`` () =
    let source =
        Features.at
            44100
            (combined [
                named "mel" (logMel { bands 40 })
                named "wave" (samples { rate 16000.0<Hz> })
            ])
    Assert.Equal(16000, source.SampleRate)
    Assert.Contains("from 0 to 8000 Hz", source.Summary)
    Assert.Empty(source.Problems())

[<Fact>]
let ``settings of one feature source are ambiguous with several`` () =
    Assert.Equal<string list>(
        [
            "features: the setting 'bands' is ambiguous with several feature sources; set it in one of the sources of `features`"
        ],
        problems (Features.withLogMel "bands" _.WithBands(4) two)
    )

[<Fact>]
let ``layers before fuse process one source and layers after it all`` () =
    let network =
        layers "fused" {
            conv 4
            pool 40
            fuse "mel" "wave"
            dense 8
        }
    Assert.Empty(Network.problems two network)
    Assert.Equal<string list>(
        [
            "network: fuse mel wave needs several feature sources, but there is one; give several named sources, for example `features [ named \"mel\" (logMel { bands 64 }); named \"mn\" (encoder \"mn.onnx\" { output \"embedding\" }) ]`"
        ],
        [
            for problem in Network.problems (logMel { bands 40 }) network -> Problem.print problem
        ]
    )
    Assert.Contains(
        "network, layer 1 (conv 4 3x3): works on one feature source, but there are several; after the layers on the first source, add `fuse \"mel\" \"wave\"`",
        [
            for problem in
                Network.problems
                    two
                    (layers "plain" {
                        conv 4
                        pool 2
                    }) -> Problem.print problem
        ]
    )

[<Fact>]
let ``a network without layers is linear`` () =
    let linear = layers "linear" { weak LinearSoftmax }
    Assert.Empty(Network.problems (logMel { bands 40 }) linear)
    Assert.Equal("linear: no layers; weak output: linear softmax; dropout 0", Network.print linear)

[<Fact>]
let ``a recipe applies several settings under one name`` () =
    let variant = Recipe("small", [ Bands 20; Epochs 3 ])
    Assert.Equal(("recipe", "small"), (Setting.axis variant, Setting.value variant))
