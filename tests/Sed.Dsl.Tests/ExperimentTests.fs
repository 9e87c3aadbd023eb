module Sed.Dsl.Tests.ExperimentTests

open Xunit
open System.Collections.Generic
open Sed
open Sed.Core.Networks.Layers
open Sed.Core.Runtime.Keys

[<Fact>]
let ``an empty crnn is the 218k candidate`` () =
    Assert.Equal(
        "CRNN: conv 48 3x3, pool 5, conv 48 3x3, pool 4, conv 48 3x3, pool 2, biGru 32 multiply, biGru 32 multiply, "
        + "dense 64; weak output: dense over all frames; dropout 0.15",
        Network.print (crnn { dropout 0.15 })
    )

[<Fact>]
let ``a keyword of crnn replaces one kind of layer only`` () =
    let small =
        crnn {
            convolutions [ 16, 5; 16, 8 ]
            recurrent [ 8 ]
            dense []
            weak MaxPooling
        }

    Assert.Equal(
        "CRNN: conv 16 3x3, pool 5, conv 16 3x3, pool 8, biGru 8 multiply; weak output: max pooling; dropout 0.15",
        Network.print small
    )

[<Fact>]
let ``layers stack in the order in which they are written`` () =
    let stack =
        layers "mine" {
            conv 32
            pool 5
            biGru 16
            denseRelu 8
            dropout 0.2
        }

    Assert.Equal<string list>(
        [ "conv 32 3x3"; "pool 5"; "biGru 16 multiply"; "dense 8 relu" ],
        [ for layer in stack.Layers -> layer.Summary ]
    )

[<Fact>]
let ``words of published networks add their layers and their outputs`` () =
    let stack =
        layers "published" {
            normBands
            convNoBias 8
            convNoBias 8 5 5
            normConv 8 0.1
            poolNorm 2 4
            poolNorm 1 2 2
            doubleConvNoBias 8
            drop 0.2
            stridedConv 8 3 2
            invertedResidual 16 8 3 1
            invertedResidual 16 8 5 2 true Activation.HardSwish
            meanFrames 5
            maxMeanFrames 3
            denseHardSwish 8
            maxMeanFrames
            meanFrames
            weak LinearSoftmax
            strong InterpolatedFirst
            atLeast 1e-7
        }

    Assert.Equal<string list>(
        [
            "normalisation of bands"
            "conv 8 3x3 without bias"
            "conv 8 5x5 without bias"
            "conv 8 3x3 without bias, normalised before, leaky 0.1"
            "pool 2x4 L4 norm"
            "pool 1x2 L2 norm"
            "double conv 8 without bias"
            "drop 0.2"
            "strided conv 8 3x3, stride 2"
            "inverted residual 16 to 8, 3x3"
            "inverted residual 16 to 8, 5x5, stride 2, squeeze-and-excitation, hard swish"
            "mean of 5 frames"
            "maximum plus mean of 3 frames"
            "dense 8 hard swish"
            "maximum plus mean of all frames"
            "mean of all frames"
        ],
        [ for layer in stack.Layers -> layer.Summary ]
    )
    Assert.EndsWith(
        "; strong output: frames interpolated, weak output after it, at least 1E-07; weak output: linear softmax; dropout 0",
        Network.print stack
    )
    Assert.Contains(
        "\"strong\":{\"floor\":1E-07,\"interpolation\":\"linear\",\"poolsInterpolated\":true}",
        CanonicalKey.Text(Network.key stack)
    )

[<Fact>]
let ``two interpolations of the output are a problem`` () =
    let stack =
        layers "twice" {
            conv 8
            strong Interpolated
            strong Repeated
        }
    Assert.Equal<string list>(
        [ "network: `strong` is given 2 times; keep one of them" ],
        Network.problems Features.defaults stack |> List.map Problem.print
    )

[<Fact>]
let ``a hop and the overlap that gives it are the same features`` () =
    let hop =
        logMel {
            hop 10.0<ms>
            window 40.0<ms>
        }

    let overlap =
        logMel {
            window 40.0<ms>
            overlap 0.75
        }

    Assert.Equal(Features.print overlap, Features.print hop)

[<Fact>]
let ``an empty training has the paper's settings`` () =
    Assert.Equal(
        "Adam 0.001, batches of 32, at most 1000 epochs, early stopping after 100 epochs without improvement of weak F - strong ER",
        Training.print Training.defaults
    )

[<Theory>]
[<InlineData("smartCars")>]
[<InlineData("soundscapes:recordings")>]
[<InlineData("C:/audio")>]
[<InlineData("corpora/birds")>]
[<InlineData("./smartCars")>]
let ``a corpus is parsed from its name`` (name: string) =
    match Corpus.parse name with
    | Ok corpus -> Assert.Equal(name, corpus.Name)
    | Error problem -> failwith (Problem.print problem)

[<Theory>]
[<InlineData("soundscapes:", "--data: no folder is given after 'soundscapes:'; give soundscapes:DIR")>]
[<InlineData("",
             "--data: '' is not a corpus; give smartCars, likeDesed, soundscapes:DIR, likeDesed:DIR or the folder of a corpus")>]
let ``a value that is not a corpus is reported`` (name: string, expected: string) =
    match Corpus.parse name with
    | Ok corpus -> failwith corpus.Name
    | Error problem -> Assert.Equal(expected, Problem.print problem)

[<Fact>]
let ``the name of a corpus folder is a valid value of --data, even if it looks like another corpus`` () =
    for folder in [ "birds"; "smartCars"; "soundscapes:x" ] do
        match Corpus.parse (corpus folder).Name with
        | Ok(Collected(again, _)) -> Assert.Equal(System.IO.Path.GetFullPath folder, System.IO.Path.GetFullPath again)
        | other -> failwith $"{other}"

[<Fact>]
let ``tuning, change points and sorting have keywords and are printed in the plan`` () =
    let tuned = {
        Examples.small with
            Detection =
                detection {
                    changePoints 0.5<s> (FallBelow 0.2)
                    tune ThresholdPerClass
                }
    }
    Assert.Contains(
        "detection: threshold 0.5, change points with a filter of 0.5 s, merged below a difference of 0.2, tags from the events; tuned for each class: threshold",
        Plan.print (Examples.plan Choices.none tuned)
    )
    let other =
        experiment "small" {
            title "Two ways"
            data Soundscapes.smartCars
            vary Tune [ ThresholdPerClass; SmoothingPerClass; BoxesForPsds1; BoxesForEventF ]
            seeds [ 1 ]
            report [ WeakF ]
            columns [ Parameters; MultiplyAccumulates; TrainingTime ]
            sortBy WeakF
        }
    Assert.Equal<string list>(
        [
            "tuned per class threshold"
            "tuned per class threshold, median filter and shortest event"
            "tuned per class boxes between change points by PSDS1, and threshold"
            "tuned per class boxes between change points and threshold by collar-based F-score"
        ],
        [ for variant in (Examples.plan Choices.none other).Variants -> variant.Label ]
    )

[<Fact>]
let ``a calibration is part of the plan and of the key, and rows can vary it`` () =
    let calibrated =
        detection {
            calibrate TemperaturePerClass
            tune ThresholdPerClass
        }
    Assert.Equal(
        "threshold 0.5, no smoothing, tags from the events; calibrated by a temperature for each class; tuned for each class: threshold",
        Detection.print calibrated
    )
    Assert.Equal("\"temperaturePerClass\"", (nonNull ((Detection.key calibrated)["calibrated"])).ToJsonString())
    Assert.False((Detection.key Detection.defaults).ContainsKey "calibrated")
    Assert.True(Detection.isFitted (detection { calibrate Temperature }))
    let twice =
        detection {
            calibrate Temperature
            calibrate IsotonicPerClass
        }
    Assert.Equal<string list>(
        [ "detection: `calibrate` is given 2 times; keep one of them" ],
        [ for problem in Detection.problems twice -> string problem ]
    )
    let rows =
        experiment "small" {
            title "Three calibrations"
            data Soundscapes.smartCars
            vary Calibrate [ Temperature; TemperaturePerClass; IsotonicPerClass ]
            seeds [ 1 ]
            report [ WeakOutputEce; FrameEce ]
            sortBy WeakOutputEce
        }
    Assert.Equal<string list>(
        [
            "calibrated one temperature"
            "calibrated a temperature for each class"
            "calibrated isotonic regression for each class"
        ],
        [ for variant in (Examples.plan Choices.none rows).Variants -> variant.Label ]
    )

[<Fact>]
let ``problems of tuning and sorting are reported with remedies`` () =
    let wrong = {
        Examples.small with
            Detection = detection { changePoints 0.0<s> (RatioBelow 0.5) }
            Sorted = Some EventF
            Columns = [ TrainingTime; TrainingTime ]
    }
    Assert.Equal<string list>(
        [
            "columns: TrainingTime is given 2 times; give each column once"
            "sortBy: event F is not a column of the table; add it to `report`"
            "detection: the change point filter is 0 s long; it must be longer than 0 s, for example 0.5 s"
            "detection: the merge ratio is 0.5; it must be 1 (off) or more"
        ],
        Examples.problems wrong
    )
    let twice = {
        Examples.small with
            Detection =
                detection {
                    median 0.5<s>
                    tune SmoothingPerClass
                }
    }
    Assert.Equal<string list>(
        [
            "detection: fixed steps cannot be combined with steps that are tuned for each class; remove the fixed steps, or use `tune ThresholdPerClass`"
        ],
        Examples.problems twice
    )

[<Fact>]
let ``corpusWith states rate, clip, hop, groups and classes, and all its problems are reported at once`` () =
    let pond =
        corpusWith "pond" {
            rate 16000.0<Hz>
            clip 5.0<s>
            hop 2.5<s>
            groupBy (field '_' 0)
            classes [ "frog"; "toad" ]
        }
    Assert.Equal(
        "pond, 16000 Hz, clips of 5 s, windows every 2.5 s, classes frog; toad, groups by field 0 of names, separated by '_'",
        pond.Description
    )
    let wrong =
        corpusWith "pond" {
            rate 0.5<Hz>
            clip 0.0<s>
            hop 7.0<s>
            groupBy (field '_' -1)
            classes [ "frog"; "frog" ]
        }
    let problems corpus =
        match corpus with
        | Collected(_, options) -> RecordingOptions.problems options |> List.map Problem.print
        | _ -> []
    Assert.Equal<string list>(
        [
            "corpusWith: the sampling rate is 0.5 Hz; give a whole number from 1000 to 768000, for example `rate 16000.0<Hz>`"
            "corpusWith: the clip length is 0 s; give a length from 0.05 to 3600 s, for example `clip 10.0<s>`"
            "corpusWith: windows of 0 s start every 7 s; give a hop greater than 0 and at most the clip length, for example `hop 5.0<s>`"
            "corpusWith: the list of classes is empty or contains duplicates; name each class once, for example `classes [ \"Normal\"; \"Wheeze\" ]`"
            "corpusWith: groups by field -1; count fields from 0, for example `groupBy (field '_' 0)`"
        ],
        problems wrong
    )
    Assert.Empty(problems pond)

[<Fact>]
let ``corpusWith selects a channel, renames labels and states the columns of lists`` () =
    let pond =
        corpusWith "pond" {
            channel 2
            rename [ "Rana", "frog"; "Bufo", "toad" ]
            columns [ "t0", "onset" ]
        }
    Assert.Equal("pond, channel 2, renames Rana to frog; Bufo to toad, renames columns t0 to onset", pond.Description)
    let read =
        function
        | Collected(_, options) -> RecordingOptions.toCore options
        | _ -> failwith "not a collected corpus"
    let core = read pond
    Assert.Equal(2, core.Channel.Value)
    Assert.Equal<KeyValuePair<string, string> seq>(
        [ KeyValuePair("Bufo", "toad"); KeyValuePair("Rana", "frog") ],
        core.Renamed |> Option.ofObj |> Option.toList |> Seq.concat |> Seq.sortBy _.Key
    )
    Assert.Equal<KeyValuePair<string, string> seq>(
        [ KeyValuePair("t0", "onset") ],
        core.Columns |> Option.ofObj |> Option.toList |> Seq.concat
    )
    Assert.Null((read (corpus "pond")).Columns)
    let wrong =
        corpusWith "pond" {
            channel 0
            rename [ "Rana", "frog"; "Rana", "toad"; "Bufo", " " ]
            columns [ "t0", "begin of the event" ]
        }
    let problems corpus =
        match corpus with
        | Collected(_, options) -> RecordingOptions.problems options |> List.map Problem.print
        | _ -> []
    Assert.Equal<string list>(
        [
            "corpusWith: the channel is 0; count channels from 1, for example `channel 1`"
            "corpusWith: `rename` has 2 entries for \"Rana\"; give each name once; a name must not be empty"
            "corpusWith: the new name of \"Bufo\" is empty; give a new name, or remove this entry"
            "corpusWith: the column \"t0\" is to be read as \"begin of the event\", which is not a known column; use filename, onset, offset, duration, event_label, confidence, presence or annotator"
        ],
        problems wrong
    )
    Assert.Empty(problems pond)

[<Fact>]
let ``corpusWith names the lists of a corpus and labels that also count as another class`` () =
    let real =
        corpusWith "desed" {
            named "real"
            lists [ "weak.tsv"; "validation/*" ]
            also [ "people talking", "Speech" ]
        }
    Assert.Equal(
        "desed, named real, lists weak.tsv; validation/*, also counts people talking as Speech",
        real.Description
    )
    let options =
        function
        | Collected(_, options) -> options
        | _ -> failwith "not a collected corpus"
    let core = RecordingOptions.toCore (options real)
    Assert.Equal("real", core.Name)
    Assert.Equal<string seq>([ "weak.tsv"; "validation/*" ], nonNull core.Lists)
    Assert.Equal("Speech", (nonNull core.Also)["people talking"])
    let wrong =
        corpusWith "desed" {
            named "a/b"
            lists []
            also [ "talk", " "; "talk", "Speech" ]
        }
    Assert.Equal<string list>(
        [
            "corpusWith: the name of the corpus is \"a/b\"; give a name without '/'"
            "corpusWith: `lists` is empty or contains an empty name; name the lists that are read, for example `lists [ \"weak.tsv\" ]`"
            "corpusWith: `also` has 2 entries for \"talk\"; give each name once; a name must not be empty"
            "corpusWith: the new name of \"talk\" is empty; give a new name, or remove this entry"
        ],
        RecordingOptions.problems (options wrong) |> List.map Problem.print
    )

[<Fact>]
let ``--data replaces the folder of a corpus only`` () =
    let own = corpusWith "pond" { clip 5.0<s> }
    Assert.Equal(Some(corpusWith "lake" { clip 5.0<s> }), Corpus.replacedBy (Some(corpus "lake")) (Some own))
    Assert.Equal(Some own, Corpus.replacedBy None (Some own))
    Assert.Equal(Some Soundscapes.smartCars, Corpus.replacedBy (Some Soundscapes.smartCars) (Some own))

[<Fact>]
let ``data takes several corpora, each with its own options`` () =
    let pond = corpusWith "pond" { partialLabels true }
    let both =
        experiment "both" {
            title "Two corpora"
            data [ pond; corpus "lake" ]
        }
    match both.Data with
    | Some(Several [ one; other ] as corpora) ->
        Assert.Equal(pond, one)
        Assert.Equal("lake", other.Name)
        Assert.Equal("pond, partial weak labels; lake", corpora.Description)
        Assert.False corpora.IsMixed
    | other -> failwith $"{other}"
    let problems corpora =
        ExperimentProblems.problems "paper" both (Some(Several corpora)) { Place = "seeds"; Seeds = [ 1 ] } []
        |> List.map Problem.print
    Assert.Contains("data: the list of corpora is empty; name at least one corpus", problems [])
    Assert.Contains(
        "data: soundscapes cannot be combined with other corpora; use `data` with the soundscapes alone",
        problems [ Soundscapes.smartCars; pond ]
    )
    Assert.Contains(
        "data: the name of the folder is empty or invalid; name the folder of the corpus",
        problems [ corpus "" ]
    )
