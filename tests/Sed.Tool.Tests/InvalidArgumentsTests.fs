namespace Sed.Tool.Tests

open System
open System.Diagnostics
open System.IO
open Xunit

/// Invalid arguments end with exit code 2 and a message that names the option. No file is overwritten.
[<Collection("console")>]
type InvalidArgumentsTests() =
    let folder = new Folder()
    let reference = folder.List("reference.tsv", [ "a.wav 0 1 Car"; "b.wav 1 2 Bus" ])
    let evaluation = [ "evaluate"; "--reference"; reference; "--estimated"; reference ]

    let refused (expected: string) (arguments: string list) =
        let run = Run.seddsl arguments
        Assert.Equal("", run.Output)
        Assert.Equal(expected, run.Errors.TrimEnd().Replace(folder.Prefix, ""))
        Assert.Equal(2, run.ExitCode)

    /// Writes a corpus of two clips of 0.1 s.
    let corpus () =
        let below name =
            folder.Path(Path.Combine("corpus", name))
        Directory.CreateDirectory(below "audio") |> ignore
        for name in [ "c1.wav"; "c2.wav" ] do
            let noise = [| for sample in 0..4409 -> 0.5f * sin (float32 (sample * sample)) |]
            Sed.Core.Audio.WavWriter.Write(below (Path.Combine("audio", name)), ReadOnlySpan noise, 44100)
        File.WriteAllText(below "train.tsv", "filename\tevent_label\nc1.wav\tDog\nc2.wav\tCat\n")
        folder.Path "corpus"

    let pipe (name: string) =
        let path = folder.Path name
        use made = Process.Start("mkfifo", [ path ])
        made.WaitForExit()
        path

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``The number of bootstrap resamples has an upper limit``() =
        refused
            "seddsl evaluate: --bootstrap must lie between 1 and 1000000, was 2147483647"
            (evaluation @ [ "--bootstrap"; "2147483647" ])

    [<Fact>]
    member _.``A number with a decimal comma or thousands separators is refused with its remedy``() =
        refused "seddsl evaluate: --collar: '0,2' is not a number; write 0.2" (evaluation @ [ "--collar"; "0,2" ])
        refused
            (String.concat Environment.NewLine [
                "seddsl evaluate: --segment: '0,20' is not a number; write 0.20"
                "seddsl evaluate: --collar: '1,000' is not a number; write 1.000 or 1000"
                "seddsl evaluate: --length: '50%' is not a number; write the number without a unit"
                "seddsl evaluate: --bootstrap: '1.000,5' is not a whole number; write a whole number without separators"
                "seddsl evaluate: --seed: 'one' is not a whole number"
            ])
            (evaluation
             @ [
                 "--segment"
                 "0,20"
                 "--collar"
                 "1,000"
                 "--length"
                 "50%"
                 "--bootstrap"
                 "1.000,5"
                 "--seed"
                 "one"
             ])

    [<Fact>]
    member _.``An empty class label and a repeated class are refused``() =
        refused "seddsl evaluate: --class: the label is empty" (evaluation @ [ "--class"; " " ])
        refused
            "seddsl evaluate: --class \"Car\" is given 2 times"
            (evaluation @ [ "--class"; "Car"; "--class"; "Car" ])

    [<Fact>]
    member _.``Class lists that are a folder, empty, binary or contain a duplicate are refused``() =
        let classes path = evaluation @ [ "--classes"; path ]
        refused
            $"seddsl evaluate: {folder.Prefix.TrimEnd('/')}: this is a folder; give the path of a list in it"
            (classes (folder.Prefix.TrimEnd '/'))
        refused
            "seddsl evaluate: empty.txt: the file has no labels; write one label per line"
            (classes (folder.List("empty.txt", [ ""; "" ])))
        refused
            "seddsl evaluate: wide.txt, line 1: byte 1 is zero, so this is not UTF-8 text; if it is UTF-16, save it as UTF-8"
            (classes (folder.Bytes("wide.txt", [| 67uy; 0uy; 68uy; 0uy |])))
        refused
            "seddsl evaluate: latin.txt, line 2: the label is not valid UTF-8 or contains a control character"
            (classes (folder.Bytes("latin.txt", [| 67uy; 10uy; 0xFCuy |])))
        refused
            "seddsl evaluate: twice.txt, line 3: the label \"Car\" repeats line 1"
            (classes (folder.List("twice.txt", [ "Car"; "Bus"; "Car" ])))

    [<Fact>]
    member _.``All empty paths are reported at once``() =
        refused
            (String.concat Environment.NewLine [
                "seddsl evaluate: --reference: the path is empty"
                "seddsl evaluate: --durations: the path is empty"
            ])
            [ "evaluate"; "--reference"; ""; "--estimated"; reference; "--durations"; " " ]

    [<Fact>]
    member _.``An option that is given twice is refused``() =
        let run = Run.seddsl (evaluation @ [ "--estimated"; reference ])
        Assert.Equal(2, run.ExitCode)
        Assert.Equal("", run.Output)
        Assert.Contains("'--estimated' has been specified more than once", run.Errors)

    [<Fact>]
    member _.``Arguments that the parser refuses are reported in one line, without the help``() =
        refused "seddsl evaluate: unrecognized argument: '../truth'; 'seddsl evaluate --help' lists the options" [
            "evaluate"
            "../truth"
            "events.tsv"
        ]
        refused "seddsl next: missing parameter '<model> <folder>'; 'seddsl next --help' lists the options" [ "next" ]

    [<Fact>]
    member _.``check --csv does not overwrite other files or folders and reports an unwritable path``() =
        let corpus = corpus ()
        let list = Path.Combine(corpus, "train.tsv")
        let before = File.ReadAllText list
        let errorOf csv =
            let run = Run.seddsl [ "check"; corpus; "--no-cache"; "--csv"; csv ]
            Assert.Equal(2, run.ExitCode)
            run.Errors.TrimEnd().Replace(folder.Prefix, "")
        Assert.Equal(
            "seddsl check: --csv corpus/train.tsv: the file exists and was not written by this command; choose another name",
            errorOf list
        )
        Assert.Equal(before, File.ReadAllText list)
        Assert.Equal("seddsl check: --csv corpus: expected a file, found a folder", errorOf corpus)
        Assert.StartsWith("seddsl check: --csv /proc/x.csv: cannot write the file (", errorOf "/proc/x.csv")
        // A file that the command wrote itself is replaced.
        let own = folder.Path "findings.csv"
        for _ in 1..2 do
            Assert.Equal(0, (Run.seddsl [ "check"; corpus; "--no-cache"; "--csv"; own ]).ExitCode)

    [<Fact>]
    member _.``check refuses a negative number of names and a cache that is a file``() =
        let corpus = corpus ()
        refused "seddsl check: --names must be 0 or more, was -5" [ "check"; corpus; "--no-cache"; "--names"; "-5" ]
        refused "seddsl check: --cache reference.tsv: expected a folder, found a file" [
            "check"
            corpus
            "--cache"
            reference
        ]

    [<Fact>]
    member _.``features refuses an output path that is a file and an unknown device``() =
        let corpus = corpus ()
        refused "seddsl features: --out reference.tsv: expected a folder, found a file" [
            "features"
            corpus
            "--out"
            reference
        ]
        for device in [ "gpu"; "cuda:99999999999" ] do
            refused $"seddsl features: There is no device '{device}'; use auto, cpu, cuda or cuda:N." [
                "features"
                corpus
                "--out"
                folder.Path "features"
                "--device"
                device
            ]

    [<Fact>]
    member _.``Empty label files and pipes in a corpus are reported without waiting for input``() =
        let corpus = corpus ()
        let lists = [
            pipe (Path.Combine("corpus", "test.tsv"))
            folder.Path(Path.Combine("corpus", "valid.tsv"))
        ]
        File.WriteAllText(lists[1], "")
        let run = Run.seddsl [ "check"; corpus; "--no-cache" ]
        Assert.Equal(2, run.ExitCode)
        Assert.Equal(
            String.concat Environment.NewLine [
                for list in [ "corpus/test.tsv"; "corpus/valid.tsv" ] ->
                    $"seddsl check: {list}: the list is empty, or it is a pipe or a device; write labels into it or remove it"
            ],
            run.Errors.TrimEnd().Replace(folder.Prefix, "")
        )
        // The rest of the corpus is checked too.
        Assert.Contains("train.tsv  Training  weak labels              2", run.Output)
        Assert.Contains("InvalidLabels: test.tsv: the list is empty", run.Output)

    [<Fact>]
    member _.``A pipe in a folder of scores is refused; a pipe given by path is read``() =
        Directory.CreateDirectory(folder.Path "scores") |> ignore
        let inside = pipe (Path.Combine("scores", "a.tsv"))
        refused "seddsl evaluate: scores/a.tsv: the list is empty, or it is a pipe or a device" [
            "evaluate"
            "--reference"
            reference
            "--scores"
            folder.Path "scores"
        ]
        let writing =
            Threading.Tasks.Task.Run(fun () -> File.WriteAllText(inside, File.ReadAllText reference))
        let run = Run.evaluate [ "--reference"; inside; "--estimated"; reference ]
        writing.Wait()
        Assert.Equal(0, run.ExitCode)

    [<Fact>]
    member _.``Long labels and file names with line breaks do not break the layout of check``() =
        let corpus = corpus ()
        let audio name = Path.Combine(corpus, "audio", name)
        File.Copy(audio "c1.wav", audio "a\nb.wav")
        File.AppendAllText(Path.Combine(corpus, "train.tsv"), "c1.wav\t" + String('D', 5000) + "\n")
        let run = Run.seddsl [ "check"; corpus; "--no-cache" ]
        Assert.Equal(0, run.ExitCode)
        Assert.Contains("audio/a?b.wav", run.Output)
        Assert.All(run.Output.Split '\n', (fun line -> Assert.InRange(line.Length, 0, 200)))

    [<Fact>]
    member _.``A misspelt option is refused with the nearest one, not taken as a file``() =
        refused
            (String.concat Environment.NewLine [
                "seddsl predict: there is no option --treshold; did you mean --threshold?"
                "seddsl predict: there is no option --quiet; 'seddsl predict --help' lists the options"
            ])
            [ "predict"; "m.sed"; "a.wav"; "--treshold"; "0.3"; "--quiet" ]
        refused "seddsl export: there is no option --onxn; did you mean --onnx?" [
            "export"
            "m.sed"
            "--onxn"
            "m.onnx"
        ]
        refused "seddsl show: there is no option --metrics; did you mean --metric?" [
            "show"
            "--metrics"
            "weakF"
            "t"
        ]

    [<Fact>]
    member _.``Escape sequences in arguments, labels and file names do not reach the terminal``() =
        for arguments in
            [
                [ "evaluate"; "--reference"; "\u001b[2Ja\nb"; "--estimated"; "b" ]
                [ "evaluate"; "--\u001b[2J" ]
                [ "\u001b[2J" ]
                [ "check"; "\u001b[2J" ]
                [ "show"; "\u009b2J" ]
                [ "predict"; "\u001b[2J"; "a.wav" ]
            ] do
            let run = Run.seddsl arguments
            Assert.Equal(2, run.ExitCode)
            Assert.Equal("", run.Output)
            Assert.DoesNotContain(run.Errors.Replace("\n", ""), Char.IsControl)

    [<Fact>]
    member _.``A device without an end is refused as a list``() =
        refused
            "seddsl evaluate: /dev/zero, line 1: byte 0 is zero, so this is not UTF-8 text; if it is UTF-16, save it as UTF-8"
            [ "evaluate"; "--reference"; "/dev/zero"; "--estimated"; reference ]
        refused "seddsl predict: /dev/zero: it is a pipe or a device, not a model file." [
            "predict"
            "/dev/zero"
            reference
        ]
