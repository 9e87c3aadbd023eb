/// Experiments with invalid contents.
module Sed.Dsl.Tests.HostileExperimentTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

[<Fact>]
let ``each number that is not finite is reported once`` () =
    let wrong = {
        bare with
            Training =
                training {
                    optimizer (adamW infinity nan)
                    schedule (Plateau nan 3)
                    weights infinity nan
                    positives (Same infinity)
                    loss (Focal infinity)
                    augment [ mixup infinity ]
                    clipGradients infinity
                    averageWeights nan
                    monitor (nan * WeakF)
                }
            Features =
                logMel {
                    window (nan * 1.0<ms>)
                    range 0.0<Hz> (infinity * 1.0<Hz>)
                }
            Detection = detection { median (infinity * 1.0<s>) }
            Network = { Network.baseline with Dropout = nan }
            Published = [ row [ StrongWeight infinity ] [ WeakF, nan ] ]
            Others = [ "Xu et al.", [ WeakF, infinity ] ]
    }
    Assert.Equal<string list>(
        [
            "published, settings: Infinity is not a finite number; give a finite number"
            "published, cells: NaN is not a finite number; give a finite number"
            "otherSystems: Infinity is not a finite number; give a finite number"
            "features: the window is NaN ms; give a length greater than 0, for example `window 40.0<ms>`"
            "features: the hop is NaN ms; give a hop greater than 0, or an overlap of at least 0 and less than 1, for example `overlap 0.5`"
            "features: the frequency range ends at Infinity Hz but starts at 0 Hz; give a finite end above the start, for example `range 0.0<Hz> 22050.0<Hz>`"
            "network: the dropout rate is NaN; it must be at least 0 and less than 1"
            "training: the learning rate is Infinity; it must be greater than 0, for example `adamW 1e-3 0.01`"
            "training: the weight decay is NaN; it must be at least 0"
            "training: the plateau's factor is NaN; it must be between 0 and 1"
            "training: the monitor NaN weak F has a factor that is not a finite number; give a finite one"
            "training: the strong weight is Infinity; it must be at least 0"
            "training: the weak weight is NaN; it must be at least 0"
            "training: the weight of present classes is Infinity; it must be finite and greater than 0"
            "training: the focal-loss exponent is Infinity; give 0 (cross-entropy) or more; 2 is common"
            "training: the mixup parameter is Infinity; it must be greater than 0; leave out `mixup` to disable it"
            "training: the gradients' norm is limited to Infinity; the limit must be greater than 0"
            "training: the decay of the weight average is NaN; it must be at least 0 and less than 1"
            "detection: the length of the median filter is Infinity s; it must be 0 s (off) or more"
        ],
        problems wrong
    )

[<Fact>]
let ``an axis without values does not hide other problems`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            vary Dropout []
            vary StrongWeight [ -1.0 ]
            network (crnn { dropout 7.0 })
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Equal<string list>(
        [
            "vary: no values are given; give at least one value"
            "network: the dropout rate is 7; it must be at least 0 and less than 1"
            "training: the strong weight is -1; it must be at least 0"
        ],
        problems wrong
    )

let private letters =
    "use letters, digits, '-', '_', '.' and spaces, for example `table2`"

[<Theory>]
[<InlineData("a/b")>]
[<InlineData("a\\b")>]
[<InlineData("say \"yes\"")>]
[<InlineData("it's")>]
[<InlineData("a:b")>]
[<InlineData("a*")>]
let ``a name that is not valid in file names is a problem`` (name: string) =
    Assert.Equal<string list>(
        [ $"experiment: the name '{name}' is not valid in file names; {letters}" ],
        problems { bare with Name = name }
    )

[<Fact>]
let ``names that are empty, consist of dots, are too long or contain control characters are problems`` () =
    let problem name = problems { bare with Name = name }
    let empty =
        "experiment: the name is empty; give a name, for example `table2`; files are named after it"
    Assert.Equal<string list>([ empty ], problem "")
    Assert.Equal<string list>([ empty ], problem " \t")
    Assert.Equal<string list>([ $"experiment: the name 'a?b' is not valid in file names; {letters}" ], problem "a\nb")
    for name in [ ".."; ".hidden"; "trailing."; " blank" ] do
        Assert.Equal<string list>(
            [
                $"experiment: the name '{name}' starts or ends with a space or a dot; remove the space or the dot"
            ],
            problem name
        )
    Assert.Equal<string list>(
        [
            "experiment: the name 'xxxxxxxxxxxxxxxxxxxx...' has 300 bytes; give at most 100 bytes, because files are named after it"
        ],
        problem (String.replicate 300 "x")
    )

[<Theory>]
[<InlineData("random-search")>]
[<InlineData("größe 2")>]
[<InlineData("実験_1.b")>]
[<InlineData("हिन्दी")>]
let ``names may be written in any alphabet`` (name: string) =
    Assert.Empty(problems { bare with Name = name })

[<Fact>]
let ``a negative seed is reported with its place, the script or the command line`` () =
    Assert.Equal<string list>(
        [ "seeds: -1 is below 0; give seeds of at least 0" ],
        problems { bare with Seeds = [ -1; 0 ] }
    )
    let choices = {
        Choices.none with
            Seeds = Some [ -3 ]
    }
    match Plan.ofExperiment choices bare with
    | Ok _ -> failwith "planned"
    | Error found ->
        Assert.Equal<string list>([ "--seeds: -3 is below 0; give seeds of at least 0" ], List.map Problem.print found)

[<Fact>]
let ``too many seeds or folds and repeated columns are problems`` () =
    Assert.Equal<string list>(
        [
            "seeds: 10001 seeds; give at most 10000"
            "report: weak F is given 2 times; give each column once"
            "folds: 2000000000 folds; give at most 1000"
        ],
        problems {
            bare with
                Seeds = [ 1..10001 ]
                Report = [ WeakF; WeakF ]
                Folds = 2000000000
        }
    )

[<Fact>]
let ``published rows and other systems need scores and unique names`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            published "a paper" []
            otherSystems "a page" []
        }
    Assert.Equal<string list>(
        [
            "published: no rows; use for example `row [ StrongWeight 1.0 ] [ (WeakF, 0.433) ]`"
            "otherSystems: no systems; use for example `\"Xu et al.\", [ (WeakF, 0.556) ]`"
        ],
        problems wrong
    )
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            addRow "mine" []
            published "a paper" [
                row [ Dropout 0.5 ] []
                row [ Dropout 0.25; Batch 8 ] [ WeakF, 0.1 ]
                row [ Batch 8; Dropout 0.25 ] [ WeakF, 0.2; WeakF, 0.3 ]
            ]
            otherSystems "a page" [ "mine", [ WeakF, 0.1 ]; "", [] ]
        }
    Assert.Equal<string list>(
        [
            "published: the row of 'dropout 0.5' has no scores; use for example `[ (WeakF, 0.433) ]`"
            "published: the row of 'batch 8, dropout 0.25' is given 2 times; put all its scores into one row"
            "published: the row of 'batch 8, dropout 0.25' has weak F 2 times; keep one of them"
            "otherSystems: 'mine' is already in the table; give each system its own name"
            "otherSystems: a system's name is empty; write at least one character"
            "otherSystems: '' has no scores; use for example `[ (WeakF, 0.433) ]`"
        ],
        problems wrong
    )

[<Fact>]
let ``a repeated value of an axis is reported once, however many rows it makes equal`` () =
    Assert.Equal<string list>(
        [
            "vary dropout: 0.1 is given 2 times; give each value once; networks need different names"
        ],
        problems {
            bare with
                Axes = [ [ Dropout 0.1; Dropout 0.1 ]; [ Batch 8; Batch 16 ] ]
        }
    )

[<Fact>]
let ``row names have to fit in one line, and profile names must be valid in file names`` () =
    Assert.Equal<string list>(
        [
            "title: the title 'a?b' contains line breaks, tabs or other control characters; remove them"
            "rows: a row's name is empty; write at least one character"
            "rows: a row's name 'x?y' contains line breaks, tabs or other control characters; remove them"
            "rows: 'twice' is the label of 2 rows; give each row its own value or name"
            $"profile: the name '../quick' is not valid in file names; {letters}"
            "profile: the name 'paper' is reserved for the script's own settings; give the profile a different name"
        ],
        problems {
            bare with
                Title = "a\nb"
                Alongside = [ "", []; "x\ty", []; "twice", []; "twice", [] ]
                Profiles = [
                    { Name = "../quick"; Settings = [] }, [ 1 ]
                    { Name = "paper"; Settings = [] }, [ 1 ]
                ]
        }
    )

[<Fact>]
let ``a thousand rows are planned`` () =
    let many = {
        bare with
            Axes = [ [ for batch in 1..1000 -> Batch batch ] ]
    }
    Assert.Equal(1000, (plan Choices.none many).Trials.Length)
