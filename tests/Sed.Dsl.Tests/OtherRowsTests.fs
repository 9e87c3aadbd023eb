/// Rows that use other rows' trials: pseudo-labels and ensembles.
module Sed.Dsl.Tests.OtherRowsTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

let private systems =
    experiment "systems" {
        data Soundscapes.smartCars
        clips 40 20 10
        addRows [
            "crnn", []
            "mlp", [ Network mlp ]
            "both", [ ensembleOf [ "crnn"; "mlp" ] ]
            "student", [ Dropout 0.3; pseudoLabelsFrom "crnn" (Hard 0.5) ]
            "grandchild", [ Dropout 0.4; pseudoLabelsInRounds 2 "both" Soft ]
        ]
        seeds [ 1; 2 ]
        report [ WeakF ]
    }

let private trialOf label seed (plan: Plan) =
    plan.Trials
    |> List.find (fun trial -> trial.Variant.Label = label && trial.Specification.Seed = seed)
    |> _.Specification

[<Fact>]
let ``a row takes the trials of other rows with its own seed`` () =
    let plan = plan Choices.none systems
    for seed in [ 1; 2 ] do
        let crnn, mlp = trialOf "crnn" seed plan, trialOf "mlp" seed plan
        Assert.Equal<Specification list>([ crnn; mlp ], (trialOf "both" seed plan).Members)
        Assert.Equal(Some { Teacher = crnn; Frames = Hard 0.5 }, (trialOf "student" seed plan).Teaching)

[<Fact>]
let ``pseudo-labels and ensembles have the same effect within a recipe`` () =
    let recipes =
        plan Choices.none {
            systems with
                Alongside = [
                    for name, settings in systems.Alongside -> name, [ Recipe("outer", [ Recipe("inner", settings) ]) ]
                ]
        }
    Assert.Equal<string list>(
        [
            for trial in Plan.allTrials (plan Choices.none systems) -> Specification.identity trial.Specification
        ],
        [
            for trial in Plan.allTrials recipes -> Specification.identity trial.Specification
        ]
    )

[<Fact>]
let ``from the second round on, the teacher is the student of the previous round`` () =
    let plan = plan Choices.none systems
    let last = trialOf "grandchild" 1 plan
    let first = last.Teaching.Value.Teacher
    Assert.Equal(0.4, first.Network.Dropout)
    Assert.Equal(
        Some {
            Teacher = trialOf "both" 1 plan
            Frames = Soft
        },
        first.Teaching
    )

[<Fact>]
let ``every trial runs after the trials that it depends on, which need not be in the table`` () =
    let plan =
        plan
            {
                Choices.none with
                    Only = Some "grandchild"
            }
            systems
    Assert.Equal<string list>(
        [
            for seed in [ 1; 2 ] do
                $"member 1 of teacher of teacher of 'grandchild', seed {seed}"
                $"member 2 of teacher of teacher of 'grandchild', seed {seed}"
                $"teacher of teacher of 'grandchild', seed {seed}"
                $"teacher of 'grandchild', seed {seed}"
                $"grandchild, seed {seed}"
        ],
        [ for trial in Plan.allTrials plan -> trial.Name ]
    )

[<Fact>]
let ``a training depends on its teacher and threshold, and an ensemble does not depend on training settings`` () =
    let printed row settings =
        let plan =
            plan Choices.none {
                systems with
                    Alongside = systems.Alongside @ [ row, settings ]
            }
        Specification.printTraining (trialOf row 1 plan)
    let student frames =
        printed "one" [ Dropout 0.3; pseudoLabelsFrom "crnn" frames ]
    Assert.Equal(
        4,
        List.length (
            List.distinct [
                student (Hard 0.5)
                student (Hard 0.4)
                student Soft
                printed "one" [ Dropout 0.3 ]
            ]
        )
    )
    let average dropout =
        printed "two" [ Dropout dropout; ensembleOf [ "crnn"; "mlp" ] ]
    Assert.Equal(average 0.1, average 0.9)

[<Fact>]
let ``the key of a row does not depend on seeds, even with teachers or ensembles`` () =
    let keys seeds =
        plan { Choices.none with Seeds = Some seeds } systems |> Plan.rowKeys
    Assert.Equal<Map<string, string>>(keys [ 1 ], keys [ 2; 3 ])

[<Fact>]
let ``teachers can be rows of another experiment of the script`` () =
    let students =
        experiment "students" {
            data Soundscapes.smartCars
            clips 40 20 10
            addRows [ "own", [ pseudoLabelsFromRowOf "systems" "crnn" Soft ] ]
            seeds [ 2 ]
            report [ WeakF ]
        }
    match Plan.ofExperiments Choices.none [ systems; students ] with
    | [ Ok teachers; Ok plan ] -> Assert.Equal(trialOf "crnn" 2 teachers, (trialOf "own" 2 plan).Teaching.Value.Teacher)
    | planned -> failwith $"%A{planned}"

[<Fact>]
let ``all problems of teachers and ensembles are reported at once with their places`` () =
    let wrong = {
        systems with
            Alongside = [
                "a", [ pseudoLabelsFrom "b" Soft ]
                "b", [ pseudoLabelsFrom "a" Soft ]
                "lonely", [ ensembleOf [ "mlp" ] ]
                "mlp", [ Network mlp ]
                "unknown", [ pseudoLabelsFrom "nobody" (Hard 1.5) ]
                "abroad", [ pseudoLabelsFromRowOf "elsewhere" "mlp" Soft ]
                "fewer", [ TrainingClips 20; pseudoLabelsFrom "mlp" Soft ]
                "coarser", [ Hop 40.0<ms>; pseudoLabelsInRounds 0 "mlp" Soft ]
                "unweighted", [ PseudoWeight 0.5 ]
            ]
            Seeds = [ 1 ]
    }
    Assert.Equal<string list>(
        [
            "row 'a', pseudo-labels: the rows depend on each other in a cycle: 'a', 'b', 'a'; train one of these rows on its own labels only"
            "row 'b', pseudo-labels: the rows depend on each other in a cycle: 'b', 'a', 'b'; train one of these rows on its own labels only"
            "row 'lonely', ensemble of: 1 row; an ensemble needs at least 2"
            "row 'unknown', pseudo-labels: the threshold is 1.5; it must be between 0 and 1"
            "row 'unknown', pseudo-labels: no row is called 'nobody'; the rows are 'a', 'b', 'lonely', 'mlp', 'unknown', 'abroad', 'fewer', 'coarser', 'unweighted'"
            "row 'abroad', pseudo-labels: 'elsewhere' is not in the list after `run`; add it; the list contains no other experiment"
            "row 'fewer', pseudo-labels: 'mlp' has 40, 20 and 10 training, testing and evaluation clips, but this row has 20, 20 and 10; use the same for both rows"
            "row 'coarser', pseudo-labels: 0 rounds; give 1 to 100"
            "row 'unweighted', training: `pseudoWeight` has no effect, because there are no pseudo-labels; add `pseudoLabelsFrom` to the row, or set `PseudoWeight` only in rows with pseudo-labels"
        ],
        problems wrong
    )
