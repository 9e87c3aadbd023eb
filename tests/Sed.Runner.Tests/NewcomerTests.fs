/// Short scripts as a new user would write them.
module Sed.Runner.Tests.NewcomerTests

open System.IO
open Xunit
open Sed.Tests

let private experiments = Repository.path [| "experiments" |]

let private ownStack =
    "stack",
    """
run [
    experiment "stack" {
        title "Gates, attention and a coarser output"
        data Soundscapes.smartCars
        features (logMel { window 80.0<ms>; overlap 0.5; bands 64 })
        network (layers "mine" { gatedConv 8; pool 2 4; residual 8; pool 1 8; conformer 2; upsample 2; weak ClassAttention })
        vary LearningRate [ 1e-3; 3e-3 ]
        seeds [ 1 ]
        report [ WeakF; StrongF; Psds1 ]
    }
]
"""

let private family =
    "family",
    """
run [
    experiment "family" {
        title "A teacher, its student, and both together"
        data Soundscapes.smartCars
        network (crnn { convolutions [ 8, 5; 8, 8 ]; recurrent [ 8 ]; weak LinearSoftmax })
        addRow "teacher" []
        addRow "student" [ StrongWeight 0.5; pseudoLabelsFrom "teacher" (Hard 0.5) ]
        addRow "both" [ ensembleOf [ "teacher"; "student" ] ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
        sortBy WeakF
    }
]
"""

let private labels =
    "told",
    """
run [
    experiment "told" {
        title "A quarter with strong labels, a quarter with weak ones, half with none"
        data Soundscapes.smartCars
        network (crnn { convolutions [ 8, 5; 8, 8 ]; recurrent [ 8 ] })
        train (training {
            labels (Mixed [ subset Strong 0.3 0.25; subset WeakOnly 0.3 0.25; subset Unlabelled 0.4 0.5 ])
            meanTeacher 0.99 2.0 5
        })
        detect (detection { tune SmoothingPerClass })
        vary Dropout [ 0.1; 0.3 ]
        seeds [ 1 ]
        report [ WeakF; EventF ]
    }
]
"""

// One process for all three scripts, because each process takes seconds to start.
[<Fact>]
let ``three new users' scripts of about ten lines run`` () =
    let folder = Directory.CreateTempSubdirectory("sed-newcomer-").FullName
    try
        let sed = Path.Combine(experiments, "sed.fsx").Replace('\\', '/')
        let scripts = [ ownStack; family; labels ]
        for name, text in scripts do
            let lines =
                text.Trim().Split '\n'
                |> Array.filter (fun line -> line.Trim() <> "run [" && line.Trim() <> "]")
            Assert.InRange(lines.Length, 8, 14)
            File.WriteAllText(Path.Combine(folder, name + ".fsx"), $"#load \"{sed}\"\nopen Sed\n{text}")
        let all = Path.Combine(folder, "newcomers.fsx")
        File.WriteAllLines(all, [ for name, _ in scripts -> $"#load \"{name}.fsx\"" ])
        let arguments = [
            "fsi"
            all
            "--profile"
            "smoke"
            "--jobs"
            "1"
            "--no-report"
            "--out"
            Path.Combine(folder, "runs")
        ]
        let exitCode, output, errors = Repository.dotnet arguments
        Assert.Equal("", errors)
        Assert.Equal(0, exitCode)
        for name, _ in scripts do
            Assert.True(File.Exists(Path.Combine(folder, "runs", "tables", $"{name}-smoke.csv")), output)
    finally
        Directory.Delete(folder, true)
