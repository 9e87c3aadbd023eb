module Sed.Dsl.Tests.SearchTests

open System
open Xunit
open Sed
open Sed.Dsl.Tests.Examples

let private axes = [
    draw LearningRate (logUniform 1e-4 1e-2)
    draw Dropout (uniform 0.0 0.5)
    draw Filters (among [ 8; 16; 32 ])
]

let private drawn rows =
    experiment "drawn" {
        data Soundscapes.smartCars
        train (training { epochs 27 })
        sample rows axes
        seeds [ 1 ]
        report [ WeakF ]
        profile "quick" [ 1 ] [ Epochs 9 ]
        profileSample "quick" 5
    }

let private searched rule = { drawn 20 with Search = Some rule }

let private shown (brackets: Rung list list) = [
    for bracket in brackets -> [ for rung in bracket -> rung.Rows, rung.Epochs ]
]

let private rungs (plan: Plan) =
    shown [ for bracket in plan.Brackets -> bracket.Rungs ]

let private paper = {
    Choices.none with
        Profile = Some Plan.PaperProfile
}

let private labels experiment = [ for variant in (plan paper experiment).Variants -> variant.Label ]

let private problemsAs profile experiment =
    match
        Plan.ofExperiment
            {
                Choices.none with
                    Profile = Some profile
            }
            experiment
    with
    | Ok _ -> []
    | Error problems -> List.map Problem.print problems

[<Fact>]
let ``Hyperband has the brackets of Algorithm 1 for R = 81 and eta = 3`` () =
    let brackets = Search.brackets (hyperband { eta 3 }) 0 81
    Assert.Equal<(int * int) list list>(
        [
            [ 81, 1; 27, 3; 9, 9; 3, 27; 1, 81 ]
            [ 34, 3; 11, 9; 3, 27; 1, 81 ]
            [ 15, 9; 5, 27; 1, 81 ]
            [ 8, 27; 2, 81 ]
            [ 5, 81 ]
        ],
        shown brackets
    )
    Assert.Equal(Some 143, Search.rowsNeeded (hyperband { eta 3 }) 81)

[<Fact>]
let ``Hyperband ends at the full training also if the epochs are no power of eta`` () =
    let brackets =
        Search.brackets
            (hyperband {
                eta 2
                first 3
            })
            0
            20
    Assert.Equal<(int * int) list list>([ [ 4, 5; 2, 10; 1, 20 ]; [ 3, 10; 1, 20 ]; [ 3, 20 ] ], shown brackets)

[<Fact>]
let ``successive halving trains the best third of each rung three times as long, at last to the end`` () =
    let rung rows =
        Search.brackets (halving { first 3 }) rows 40
    Assert.Equal<(int * int) list list>([ [ 60, 3; 20, 9; 6, 27; 2, 40 ] ], shown (rung 60))
    // One row always reaches the end.
    Assert.Equal<(int * int) list list>([ [ 2, 3; 1, 9; 1, 27; 1, 40 ] ], shown (rung 2))

[<Fact>]
let ``drawn rows are a function of the seed, and more rows or another axis change no drawn value`` () =
    let first = labels (drawn 10)
    Assert.Equal<string list>(first, labels (drawn 10))
    Assert.Equal<string list>(first, labels (drawn 12) |> List.truncate 10)
    let of' axis (experiment: Experiment) =
        (plan paper experiment).Variants
        |> List.map (fun variant -> variant.Coordinates |> List.find (fst >> (=) axis) |> snd)
    let fewer =
        experiment "drawn" {
            data Soundscapes.smartCars
            sample 10 [ draw Dropout (uniform 0.0 0.5) ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Equal<string list>(of' "dropout" (drawn 10), of' "dropout" fewer)
    let others =
        experiment "drawn" {
            data Soundscapes.smartCars
            sampleSeeded 2 10 axes
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Empty(Set.intersect (set first) (set (labels others)))

[<Fact>]
let ``whole numbers are drawn from any range of integers`` () =
    let at low high share = (integers low high).At share
    for low, high in [ Int32.MinValue, Int32.MaxValue; -2, Int32.MaxValue; Int32.MinValue, 1; 3, 6 ] do
        Assert.Equal(low, at low high 0.0)
        Assert.Equal(high, at low high (1.0 - 1e-12))
        // The middle, rounded down.
        Assert.Equal(int ((int64 low + int64 high + 1L) / 2L), at low high 0.5)
    Assert.Equal<int list>([ 3; 3; 4; 5; 6 ], [ for share in [ 0.0; 0.2; 0.3; 0.6; 0.8 ] -> at 3 6 share ])

[<Fact>]
let ``drawn values are within their bounds, all values occur, and rows differ`` () =
    let experiment =
        experiment "many" {
            data Soundscapes.smartCars
            sample 300 [
                draw LearningRate (logUniform 0.00015 0.0101)
                draw StrongWeight (uniform 0.1234 0.2345)
                draw GruUnits (integers 3 6)
                draw Order (among [ Shuffled; Balanced ])
            ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    let settings = [ for variant in (plan paper experiment).Variants -> variant.Settings ]
    let all pick =
        settings |> List.concat |> List.choose pick
    let rates =
        all (function
            | LearningRate rate -> Some rate
            | _ -> None)
    Assert.All(rates, fun rate -> Assert.InRange(rate, 0.00015, 0.0101))
    // Half of them below the geometric mean of the bounds.
    let below = rates |> List.filter (fun rate -> rate < sqrt (0.00015 * 0.0101))
    Assert.InRange(below.Length, 120, 180)
    let weights =
        all (function
            | StrongWeight weight -> Some weight
            | _ -> None)
    Assert.All(weights, fun weight -> Assert.InRange(weight, 0.1234, 0.2345))
    let units =
        all (function
            | GruUnits count -> Some count
            | _ -> None)
    Assert.Equal<int list>([ 3; 4; 5; 6 ], List.sort (List.distinct units))
    Assert.Equal(300, (List.distinct settings).Length)

[<Fact>]
let ``a profile can draw fewer rows, and the profile smoke draws four and compares them after one epoch`` () =
    let search = searched (halving { first 3 })
    Assert.Equal<(int * int) list list>([ [ 20, 3; 6, 9; 2, 27 ] ], rungs (plan paper search))
    let quick = plan Choices.none search
    Assert.Equal<(int * int) list list>([ [ 5, 3; 1, 9 ] ], rungs quick)
    Assert.Equal<string list>(List.truncate 5 (labels search), [ for variant in quick.Variants -> variant.Label ])
    let smoke =
        plan {
            Choices.none with
                Profile = Some Profile.Smoke
        }
    Assert.Equal<(int * int) list list>([ [ 4, 1; 1, 2 ] ], rungs (smoke search))
    Assert.Equal<(int * int) list list>([ [ 2, 1; 1, 2 ]; [ 2, 2 ] ], rungs (smoke (searched (hyperband { first 3 }))))

[<Fact>]
let ``Hyperband takes as many rows as its brackets need`` () =
    let search = searched (hyperband { first 3 })
    let planned = plan paper search
    Assert.Equal<(int * int) list list>([ [ 9, 3; 3, 9; 1, 27 ]; [ 5, 9; 1, 27 ]; [ 3, 27 ] ], rungs planned)
    Assert.Equal(17, planned.Variants.Length)
    Assert.Equal<Variant list>(planned.Variants, planned.Brackets |> List.collect _.Variants)
    Assert.Contains("search, bracket 2: 5 rows for 9 epochs, 1 row for 27 epochs", Plan.print planned)
    Assert.Equal<string list>(
        [
            "search: Hyperband needs 49 rows for 27 epochs and eta 3, but there are 20; draw more rows, for example with `sample 49`; with a larger `first` or `eta`, fewer are needed"
        ],
        problemsAs Plan.PaperProfile (searched (hyperband { eta 3 }))
    )

[<Fact>]
let ``problems of searches and of drawn rows are reported together`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            train (training { epochs 3 })
            vary Dropout [ 0.1; 0.2 ]
            addRow "longer" [ Epochs 9 ]
            addRow "both" [
                Recipe(
                    "average",
                    [
                        Others(
                            Ensemble [
                                { Experiment = ""; Row = "longer" }
                                { Experiment = ""; Row = "dropout 0.1" }
                            ]
                        )
                    ]
                )
            ]
            sample 5 [ draw Filters (among [ 8; 16 ]) ]
            search (halving { first 3 })
            profileSample "other" 3
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Equal<string list>(
        [
            "sample: there are only 2 different rows, but 5 are to be drawn; draw fewer rows, or use `vary` for all combinations of a few values"
            "profileSample: there is no profile 'other'; declare it with `profile`, or use a different name"
            "search: some rows use other rows for pseudo-labels or as an ensemble, but the search may stop those other rows; put the rows with pseudo-labels and the ensembles into a separate experiment"
            "search: rows are compared, but their numbers of epochs differ: 3 and 9; give all rows the same number; the search decides how long each is trained"
            "search: rows are first compared after 3 epochs, but training has at most 3; give a smaller number, for example `first 1`"
        ],
        problems wrong
    )

[<Fact>]
let ``bounds of drawn values and values of a search are checked`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            sample 5 [
                draw LearningRate (logUniform 0.0 0.1)
                draw Dropout (uniform 0.5 0.1)
                draw Filters (among [])
            ]
            search (
                halving {
                    eta 1
                    first 0
                }
            )
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Equal<string list>(
        [
            "sample: draw: the lower bound, 0, has no logarithm; give a bound above 0, or use `uniform`"
            "sample: draw: the lower bound, 0.5, is not below the upper bound, 0.1; give the smaller number first"
            "sample: draw: there are no values; list at least two"
            "search: eta is 1; give 2 to 1000, for example `eta 3`"
            "search: the first rung has 0 epochs; give at least 1, for example `first 3`"
        ],
        problems wrong
    )

[<Fact>]
let ``a drawn setting without effect is a problem, and a search needs all of its rows`` () =
    let idle =
        experiment "idle" {
            data Soundscapes.smartCars
            network mlp
            sample 3 [ draw GruUnits (integers 2 90); draw Dropout (uniform 0.0 0.5) ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    Assert.Equal<string list>(
        [
            "draw GRU units: it has no effect in any row; draw a setting that some row uses"
        ],
        problems idle
    )
    match Plan.ofExperiment { paper with Only = Some "dropout" } (searched (halving { first 3 })) with
    | Ok _ -> Assert.Fail "a part of a search was planned"
    | Error problems ->
        Assert.Equal<string list>(
            [
                "--only: drawn is a search, which compares all of its rows; leave out `--only`"
            ],
            List.map Problem.print problems
        )

[<Fact>]
let ``a search changes no key of its trials`` () =
    let keys experiment = [
        for trial in (plan paper experiment).Trials -> Specification.identityKey trial.Specification
    ]
    Assert.Equal<string list>(keys (drawn 20), keys (searched (halving { first 3 })))
    // Another search is another plan for worker processes and jobs.
    let planKey experiment = Plan.key [ plan paper experiment ]
    Assert.NotEqual<string>(planKey (drawn 20), planKey (searched (halving { first 3 })))
