/// Failing trials and damaged files. Tests that train share the console and torch's random numbers, so they run one at
/// a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.DamageTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Scoring
open Sed.Runner
open Sed.Runner.Tests.Sessions

/// The small experiment with a single trial.
let private once name = {
    small with
        Name = name
        Axes = []
        Alongside = []
}

let private onlyTrial out =
    Directory.GetDirectories(Path.Combine(out, "trials")) |> Array.exactlyOne

[<Fact>]
let ``a failed trial does not stop the others and is trained again only on request`` () =
    let out = Path.Combine(home, "failing")
    let promised = ref 4
    // At first the module outputs three values for each frame, while the layer declares four.
    let wrong =
        customLayer "wrong" 1 4 (fun width -> TorchSharp.torch.nn.Linear(width, int64 promised.Value - 1L))
    let failing =
        experiment "failing" {
            title "One row fails"
            data Soundscapes.smartCars
            clips 12 8 4
            train (training { epochs 1 })
            addRow "wrong" [ Network(layers "wrong" { layer wrong }) ]
            addRow "baseline" [ Network mlp; WeakWeight 0.0 ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    let code, output, errors = run out [] [ failing ]
    Assert.Equal(1, code)
    Assert.Equal("", errors)
    Assert.Contains("trial 1 of 2: wrong, seed 1: failed: InvalidOperationException: ", output)
    Assert.Contains("0, failed: 1", output)
    Assert.Contains("trial 2 of 2: baseline, seed 1: weak F", output)
    promised.Value <- 5
    let code, output, _ = run out [] [ failing ]
    Assert.Equal(1, code)
    Assert.Contains("trial 1 of 2: wrong, seed 1: failed before", output)
    let code, output, _ = run out [ "--retry-failed" ] [ failing ]
    Assert.Equal(0, code)
    Assert.Contains("trial 1 of 2: wrong, seed 1: weak F", output)
    Assert.Contains("trial 2 of 2: baseline, seed 1: already finished", output)

[<Fact>]
let ``with --retry-failed, failed trials are open to every process, and a training run that rows share is retried once``
    ()
    =
    let out = Path.Combine(home, "retried")
    let attempts = ref 0
    let wrong =
        customLayer "wrong" 1 4 (fun _ ->
            attempts.Value <- attempts.Value + 1
            invalidOp "it cannot be made")
    let failing = {
        once "retried" with
            Alongside = [
                for threshold in [ 0.3; 0.5 ] ->
                    $"threshold {threshold}", [ Network(layers "wrong" { layer wrong }); Threshold threshold ]
            ]
    }
    let again arguments =
        attempts.Value <- 0
        let code, output, _ = run out arguments [ failing ]
        Assert.Equal(1, code)
        output
    again [] |> ignore
    let whenNew = attempts.Value
    again [] |> ignore
    Assert.True(attempts.Value < whenNew)
    Assert.Contains("trial 2 of 2: threshold 0.5, seed 1: failed before", again [ "--retry-failed" ])
    Assert.Equal(whenNew, attempts.Value)

    // The processes that share the trials, including workers, train open trials.
    let plan =
        match Plan.ofExperiment Choices.none failing with
        | Ok plan -> plan
        | Error problems -> failwith (Problem.printAll "retried" problems)
    use workspace =
        new Workspace(
            out,
            Sed.Core.Runtime.Devices.Choose "cpu",
            ignore,
            (fun _ _ _ -> ()),
            System.Threading.CancellationToken.None
        )
    Assert.Empty(Sweep.openTrials workspace plan)
    Sweep.reopenFailed workspace [ plan ]
    Assert.Equal(1, (Sweep.openTrials workspace plan).Length)

[<Fact>]
let ``missing or foreign scores of a trial are an error, not a wrong table`` () =
    let out = Path.Combine(home, "damaged")
    let once = once "damaged"
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial = onlyTrial out
    let scores = Path.Combine(trial, "scores-testing.npz")
    let whole = File.ReadAllBytes scores
    let refused () =
        let code, _, errors = run out [] [ once ]
        Assert.Equal(1, code)
        errors
    let kept = ClipScores.Read scores
    let other strong =
        ClipScores(kept.Names, kept.Frames, kept.HopSeconds, strong, kept.Weak)
    (other (Array.map (fun probability -> 1.0f - probability) kept.Strong)).Write scores
    Assert.StartsWith($"{trial} is damaged (its result contains a different ", refused ())
    ClipScores(
        Seq.toArray (Seq.map (fun name -> name + "?") kept.Names),
        kept.Frames,
        kept.HopSeconds,
        kept.Strong,
        kept.Weak
    )
        .Write
        scores
    Assert.StartsWith($"{scores} is damaged (the clip ", refused ())
    let remedy = "Remove the trial's folder to train the trial again."
    for bytes in [ whole[.. whole.Length / 2]; [||]; "\000\001\t"B ] do
        File.WriteAllBytes(scores, bytes)
        let errors = refused ()
        Assert.StartsWith($"{scores} is damaged (", errors)
        Assert.EndsWith($"). {remedy}\n", errors)
    File.Delete scores
    Assert.Equal($"{scores} is damaged (it is missing). {remedy}\n", refused ())
    File.WriteAllBytes(scores, whole)
    let result = Path.Combine(trial, "result.json")
    let text = File.ReadAllText result
    let weak = System.Text.RegularExpressions.Regex "\"weakF\": [0-9.E-]+"
    File.WriteAllText(result, weak.Replace(text, "\"weakF\": 0.99"))
    Assert.StartsWith(
        $"{trial} is damaged (its result contains a different weakF than its stored probabilities give)",
        refused ()
    )
    File.WriteAllText(result, text)
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)

[<Fact>]
let ``a result without the newest metric is that of an earlier version, and its trial is not damaged`` () =
    let out = Path.Combine(home, "earlier")
    let once = once "earlier"
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let result = Path.Combine(onlyTrial out, "result.json")
    let text = File.ReadAllText result
    let newest =
        System.Text.RegularExpressions.Regex "\\s*\"eventMacroF20\": [0-9.E-]+,"
    Assert.Matches(newest, text)
    File.WriteAllText(result, newest.Replace(text, ""))
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("0.", output)

[<Fact>]
let ``a damaged checkpoint is renamed with a message, and the trial starts again`` () =
    let out = Path.Combine(home, "garbled")
    let once = once "garbled"
    let code, whole, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial = onlyTrial out
    File.Delete(Path.Combine(trial, "result.json"))
    let checkpoint = Path.Combine(trial, "checkpoint.npz")
    File.WriteAllText(checkpoint, "PK garbage")
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains(
        "trial 1 of 1: the experiment as given, seed 1: its damaged checkpoint was renamed to "
        + $"{checkpoint}.damaged, and the trial starts again\n",
        output
    )
    Assert.Equal("PK garbage", File.ReadAllText(checkpoint + ".damaged"))
    let table (output: string) =
        output.Substring(output.IndexOf "garbled: Two trials")
    Assert.Equal(table whole, table output)

[<Fact>]
let ``a finished table is shown from read-only storage, and a report or another file that cannot be written is a failure``
    ()
    =
    let out = Path.Combine(home, "readOnly")
    let once = {
        small with
            Name = "once"
            Alongside = []
    }
    let code, whole, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial = onlyTrial out
    // A lock that cannot be created, as on read-only storage, even for root.
    File.Delete(Path.Combine(trial, "lock"))
    Directory.CreateDirectory(Path.Combine(trial, "lock")) |> ignore
    let table = Path.Combine(out, "tables", "once.csv")
    let kept = File.GetLastWriteTimeUtc table
    let shown (output: string) =
        output.Substring(output.IndexOf "once: Two trials")
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Equal(shown whole, shown output)
    Assert.Equal(kept, File.GetLastWriteTimeUtc table)
    // The folders of tables and reports cannot be created.
    Directory.Delete(Path.Combine(out, "tables"), true)
    File.WriteAllText(Path.Combine(out, "tables"), "")
    File.WriteAllText(Path.Combine(out, "reports"), "")
    let code, output, errors = run out [ "--report" ] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(1, code)
    Assert.Contains("\nThe table could not be written: ", output)
    Assert.Contains("\nThe report could not be written: ", output)
    // An unwritable file that the command line names is an error.
    let code, output, _ = run out [ "--export"; "/proc/table.csv" ] [ once ]
    Assert.Equal(1, code)
    Assert.Contains("\n/proc/table.csv could not be written: ", output)

/// Whether a system command succeeds.
let private succeeds (command: string) (arguments: string list) =
    try
        let info =
            Diagnostics.ProcessStartInfo(command, arguments, RedirectStandardError = true)
        use running = nonNull (Diagnostics.Process.Start info)
        running.StandardError.ReadToEnd() |> ignore
        running.WaitForExit()
        running.ExitCode = 0
    with :? ComponentModel.Win32Exception ->
        false

[<Fact>]
let ``a full disk is reported with a remedy, and the same command resumes when there is space`` () =
    let out = Path.Combine(home, "full")
    Directory.CreateDirectory out |> ignore
    Assert.SkipUnless(
        succeeds "mount" [ "-t"; "tmpfs"; "-o"; "size=8m"; "tmpfs"; out ],
        "A small disk cannot be mounted here."
    )
    try
        // The clips alone take 21 MB.
        let code, _, errors = run out [] [ once "full" ]
        Assert.Equal(2, code)
        Assert.EndsWith(
            "Finished trials and completed epochs are kept. Free some space or name another folder with --out, then repeat the command.\n",
            errors
        )
        Assert.True(succeeds "mount" [ "-o"; "remount,size=200m"; out ])
        let code, output, errors = run out [] [ once "full" ]
        Assert.Equal("", errors)
        Assert.Equal(0, code)
        Assert.Contains("trial 1 of 1: the experiment as given, seed 1: weak F", output)
    finally
        Assert.True(succeeds "umount" [ out ])

/// Runs one trial. Returns its folder, and a function that damages a file of it, runs again, repairs the file and
/// returns the errors.
let private damaging (name: string) =
    let out = Path.Combine(home, name)
    let once = {
        small with
            Name = name
            Alongside = []
    }
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial = onlyTrial out
    let errorsWith (file: string) (change: string -> unit) =
        let path = Path.Combine(trial, file)
        let whole =
            if File.Exists path then
                Some(File.ReadAllBytes path)
            else
                None
        change path
        let code, output, errors = run out [] [ once ]
        Assert.Equal(1, code)
        Assert.DoesNotContain("epoch 1 of", output)
        if Directory.Exists path then
            Directory.Delete path
        match whole with
        | Some bytes -> File.WriteAllBytes(path, bytes)
        | None -> ()
        errors
    trial, errorsWith

let private remedy = "Remove the trial's folder to train the trial again."

[<Fact>]
let ``a folder with the name of a trial's file is reported before training`` () =
    let trial, errorsWith = damaging "folders"
    for file in [ "result.json"; "checkpoint.npz"; "scores-testing.npz"; "epochs.csv" ] do
        let errors =
            errorsWith file (fun path ->
                File.Delete path
                Directory.CreateDirectory path |> ignore)
        Assert.Equal($"{Path.Combine(trial, file)} is damaged (it is a folder). {remedy}\n", errors)

[<Fact>]
let ``another trial's files and invalid probabilities are reported`` () =
    let trial, errorsWith = damaging "others"
    let errors =
        errorsWith "result.json" (fun path ->
            File.WriteAllText(path, (File.ReadAllText path).Replace("u0022seed\\u0022:1", "u0022seed\\u0022:2")))
    Assert.Equal($"{trial} is damaged (its result belongs to a different trial). {remedy}\n", errors)
    let scores = Path.Combine(trial, "scores-testing.npz")
    let errors =
        errorsWith "scores-testing.npz" (fun path ->
            let kept = ClipScores.Read path
            let none = Array.map (fun _ -> nanf) kept.Strong
            ClipScores(kept.Names, kept.Frames, kept.HopSeconds, none, kept.Weak).Write path)
    Assert.Equal($"{scores} is damaged (not all of its values are probabilities). {remedy}\n", errors)
