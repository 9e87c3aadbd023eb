module Sed.Dsl.Tests.CorpusTests

open Xunit
open System.Collections.Generic
open Sed
open Sed.Core.Networks.Layers
open Sed.Core.Runtime.Keys

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
            "corpusWith: the field of `groupBy` is -1; count fields from 0, for example `groupBy (field '_' 0)`"
        ],
        problems wrong
    )
    Assert.Empty(problems pond)

[<Fact>]
let ``corpusWith takes groups from a column of the lists`` () =
    let pond = corpusWith "pond" { groupBy (column "site") }
    Assert.Equal("pond, groups by column site", pond.Description)
    match corpusWith "pond" { groupBy (column " ") } with
    | Collected(_, options) ->
        Assert.Equal<string list>(
            [
                "corpusWith: the name of the column of groups is empty; name a column of the lists, for example `groupBy (column \"site\")`"
            ],
            RecordingOptions.problems options |> List.map Problem.print
        )
    | other -> failwith $"{other}"

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
            rename [ "Rana", "frog"; "Rana", "toad"; "Bufo", " "; "", "newt" ]
            columns [ "t0", "begin of the event" ]
        }
    let problems corpus =
        match corpus with
        | Collected(_, options) -> RecordingOptions.problems options |> List.map Problem.print
        | _ -> []
    Assert.Equal<string list>(
        [
            "corpusWith: the channel is 0; count channels from 1, for example `channel 1`"
            "corpusWith: `rename` has 2 entries for \"Rana\"; give each name once"
            "corpusWith: `rename` has an empty name; give a name, or remove this entry"
            "corpusWith: the new name of \"Bufo\" is empty; give a new name, or remove this entry"
            "corpusWith: the column \"t0\" is to be read as \"begin of the event\", which is not a known column; use filename, onset, offset, duration, event_label, confidence, presence, annotator or split"
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
            split Evaluation
            also [ "people talking", "Speech" ]
        }
    Assert.Equal(
        "desed, named real, lists weak.tsv; validation/*, split evaluation, also counts people talking as Speech",
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
            "corpusWith: `also` has 2 entries for \"talk\"; give each name once"
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
