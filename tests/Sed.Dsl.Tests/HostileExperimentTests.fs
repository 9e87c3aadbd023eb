/// Experiments with contents that nobody means.
module Sed.Dsl.Tests.HostileExperimentTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

[<Fact>]
let ``every number that is not finite is a problem, named once`` () =
    let wrong = {
        bare with
            Training = {
                Training.defaults with
                    Optimizer = AdamW(infinity, nan)
                    Schedule = Plateau(nan, 3)
                    StrongWeight = infinity
                    WeakWeight = nan
                    PositiveWeight = Same infinity
                    Loss = Focal infinity
                    Mixup = infinity
                    ClipNorm = Some infinity
                    AverageWeights = Some nan
                    Monitor = nan * WeakF
            }
            Features =
                Features.LogMel {
                    LogMel.defaults with
                        Window = nan * 1.0<ms>
                        High = infinity * 1.0<Hz>
                }
            Detection = detection { median (infinity * 1.0<s>) }
            Network = { Network.baseline with Dropout = nan }
            Published = [ row [ StrongWeight infinity ] [ WeakF, nan ] ]
            Others = [ "Xu et al.", [ WeakF, infinity ] ]
    }
    Assert.Equal<string list>(
        [
            "published, settings: Infinity is not a finite number; give one"
            "published, cells: NaN is not a finite number; give one"
            "others: Infinity is not a finite number; give one"
            "features, window: NaN is not a finite number; give one"
            "features, high: Infinity is not a finite number; give one"
            "network: the dropout rate is NaN; it must be at least 0 and less than 1"
            "training: the weight decay is NaN; it has to be 0 or above"
            "training: the plateau's factor is NaN; it lies between 0 and 1"
            "training: the weak weight is NaN; it has to be 0 or above"
            "training: the focal loss has the exponent Infinity; 0 is cross-entropy, 2 is usual"
            "training: the average has NaN of the past; it is a share from 0 to below 1"
            "training, learning rate: Infinity is not a finite number; give one"
            "training, strong weight: Infinity is not a finite number; give one"
            "training, positive weight: Infinity is not a finite number; give one"
            "training, mixup: Infinity is not a finite number; give one"
            "training, clip norm: Infinity is not a finite number; give one"
            "detection: the length of the median filter is Infinity s; it must be 0 s (off) or more"
        ],
        problems wrong
    )

[<Fact>]
let ``an axis without values hides no other problem`` () =
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
            "vary: an axis without values; give it at least one"
            "network: the dropout rate is 7; it must be at least 0 and less than 1"
            "training: the strong weight is -1; it has to be 0 or above"
        ],
        problems wrong
    )

let private letters =
    "letters, digits, '-', '_', '.' and blanks make a name, for example `table2`"

[<Theory>]
[<InlineData("a/b")>]
[<InlineData("a\\b")>]
[<InlineData("say \"yes\"")>]
[<InlineData("it's")>]
[<InlineData("a:b")>]
[<InlineData("a*")>]
let ``a name that cannot name files is a problem`` (name: string) =
    Assert.Equal<string list>(
        [ $"experiment: the name '{name}' cannot name files; {letters}" ],
        problems { bare with Name = name }
    )

[<Fact>]
let ``an empty name, one with control characters, one of dots and one that is too long are problems`` () =
    let problem name = problems { bare with Name = name }
    let empty =
        "experiment: the name is empty; files are named after it: give it one, for example `table2`"
    Assert.Equal<string list>([ empty ], problem "")
    Assert.Equal<string list>([ empty ], problem " \t")
    Assert.Equal<string list>([ $"experiment: the name 'a?b' cannot name files; {letters}" ], problem "a\nb")
    for name in [ ".."; ".hidden"; "trailing."; " blank" ] do
        Assert.Equal<string list>(
            [
                $"experiment: the name '{name}' starts or ends with a blank or a dot; take it away"
            ],
            problem name
        )
    Assert.Equal<string list>(
        [
            "experiment: the name 'xxxxxxxxxxxxxxxxxxxx...' has 300 bytes; files are named after it: at most 100"
        ],
        problem (String.replicate 300 "x")
    )

[<Theory>]
[<InlineData("random-search")>]
[<InlineData("größe 2")>]
[<InlineData("実験_1.b")>]
[<InlineData("हिन्दी")>]
let ``names in any script are names`` (name: string) =
    Assert.Empty(problems { bare with Name = name })

[<Fact>]
let ``a seed below 0 is a problem of the script, or of the command line that gave it`` () =
    Assert.Equal<string list>([ "seeds: -1 is below 0; seeds count from 0" ], problems { bare with Seeds = [ -1; 0 ] })
    let choices = {
        Choices.none with
            Seeds = Some [ -3 ]
    }
    match Plan.ofExperiment choices bare with
    | Ok _ -> failwith "planned"
    | Error found ->
        Assert.Equal<string list>([ "--seeds: -3 is below 0; seeds count from 0" ], List.map Problem.print found)

[<Fact>]
let ``more seeds, folds and columns than anybody means are problems`` () =
    Assert.Equal<string list>(
        [
            "seeds: 10001 seeds; give at most 10000"
            "report: weak F is given 2 times; a column stands once"
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
let ``published rows and systems of others have rows, cells and names that stand once`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            published "a paper" []
            others "a page" []
        }
    Assert.Equal<string list>(
        [
            "published: no rows; say for example `row [ StrongWeight 1.0 ] [ WeakF, 0.433 ]`"
            "others: no systems; say for example `\"Xu et al.\", [ WeakF, 0.556 ]`"
        ],
        problems wrong
    )
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            alongside "mine" []
            published "a paper" [
                row [ Dropout 0.5 ] []
                row [ Dropout 0.25; Batch 8 ] [ WeakF, 0.1 ]
                row [ Batch 8; Dropout 0.25 ] [ WeakF, 0.2; WeakF, 0.3 ]
            ]
            others "a page" [ "mine", [ WeakF, 0.1 ]; "", [] ]
        }
    Assert.Equal<string list>(
        [
            "published: the row of 'dropout 0.5' has no cells; say for example `[ WeakF, 0.433 ]`"
            "published: the row of 'batch 8, dropout 0.25' is given 2 times; put its cells into one"
            "published: the row of 'batch 8, dropout 0.25' has weak F 2 times; keep one of them"
            "others: 'mine' stands in the table already; give each system a name of its own"
            "others: a system's name is empty; give it a name"
            "others: '' has no cells; say for example `[ WeakF, 0.433 ]`"
        ],
        problems wrong
    )

[<Fact>]
let ``a value given twice is a problem of its axis, once however many rows it makes alike`` () =
    Assert.Equal<string list>(
        [
            "vary dropout: 0.1 is given 2 times; give each value once, or a name of its own"
        ],
        problems {
            bare with
                Axes = [ [ Dropout 0.1; Dropout 0.1 ]; [ Batch 8; Batch 16 ] ]
        }
    )

[<Fact>]
let ``rows have names that stand in one line, profiles names that name files`` () =
    Assert.Equal<string list>(
        [
            "title: the title 'a?b' has line breaks, tabs or other control characters; leave them out"
            "rows: a row's name is empty; give it a name"
            "rows: a row's name 'x?y' has line breaks, tabs or other control characters; leave them out"
            "rows: 'twice' stands 2 times in the table; give each row a value or a name of its own"
            $"profile: the name '../quick' cannot name files; {letters}"
            "profile: 'paper' is the script as it is written; give the profile another name"
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
