/// A small experiment that is trained once for all tests of its report.
module Sed.Runner.Tests.TinySweep

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Runtime
open Sed.Runner

let private folder =
    Path.Combine(Path.GetTempPath(), "sed-report-" + Guid.NewGuid().ToString "N")

let private tiny =
    experiment "tiny" {
        title "Two rows & <two> seeds"
        question "Which row is better?"
        data Soundscapes.smartCars
        clips 24 12 4
        features (logMel { overlap 0.0 })
        network (
            crnn {
                convolutions [ 4, 5; 4, 8 ]
                recurrent [ 4 ]
                dense []
            }
        )
        train (
            training {
                optimizer (adam 1e-2)
                epochs 3
                batch 8
            }
        )
        addRow "crnn" []
        addRow "baseline" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
    }

/// The workspace, the outcome of the experiment, and the file of its report.
let internal report: Lazy<Workspace * ExperimentOutcome * string> =
    lazy
        (Torch.Initialize()
         let workspace =
             new Workspace(folder, Devices.Choose "cpu", ignore, (fun _ _ _ -> ()), CancellationToken.None)
         // Tests of several classes share the workspace, so it is disposed at the end of the process.
         AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
             (workspace :> IDisposable).Dispose()
             Directory.Delete(folder, true))
         let plan =
             match Plan.ofExperiment Choices.none tiny with
             | Ok plan -> plan
             | Error problems -> failwith (Problem.printAll "tiny" problems)
         let states = [
             for trial in plan.Trials ->
                 let own = workspace.TrialFolder trial.Specification
                 use right = TrialFolder.tryLock own |> Option.get
                 match TrialRun.run workspace right own trial.Specification None ignore CancellationToken.None with
                 | TrialRun.Completed result ->
                     TrialFolder.finish own result
                     trial, Finished result
                 | TrialRun.Suspended pause -> trial, Stopped pause
         ]
         let outcome = ExperimentOutcome.ofStates workspace plan states
         let file = Path.Combine(folder, "tiny.html")
         Report.write workspace outcome true "dotnet fsi tiny.fsx --report" file
         workspace, outcome, file)
