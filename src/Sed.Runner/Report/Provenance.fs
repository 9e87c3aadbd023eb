/// The provenance sections of a report: the corpus, the environment, and the command that reproduces the run.
module internal Sed.Runner.Provenance

open System
open System.Reflection
open System.Runtime.InteropServices
open System.Text.RegularExpressions
open Sed
open Sed.Core.Corpora

/// The maximum number of excluded clips that a report lists.
let private mostExcluded = 100

let private excluded (manifest: Manifest) : TableView =
    let shown = manifest.LeftOut |> Seq.truncate mostExcluded |> Seq.toList
    {
        TableView.Plain with
            Title = $"Excluded clips that have labels: {manifest.LeftOut.Count}"
            Headings = [ for name in [ "clip"; "split"; "reason" ] -> Heading.TextColumn name ]
            Rows = [
                for clip in shown -> [ clip.Name; string(clip.Split).ToLowerInvariant(); clip.Reason ]
            ]
            Notes = [
                if manifest.LeftOut.Count > shown.Length then
                    $"Only the first {shown.Length} excluded clips are shown. The file checks/findings.csv in the run folder lists all of them; with several corpora, each has its own file (checks/findings-2.csv and so on)."
            ]
    }

/// The number of clips of the corpus by split and class, and the clips that were excluded.
let corpus (manifest: Manifest) =
    let splits =
        manifest.Clips |> Seq.map _.Split |> Seq.distinct |> Seq.sort |> Seq.toList
    let count label split =
        manifest.Clips
        |> Seq.filter (fun clip -> clip.Split = split && Seq.contains label clip.WeakLabels)
        |> Seq.length
    let lengths =
        match Option.ofNullable manifest.HopSeconds with
        | None -> FormattableString.Invariant $"{manifest.ClipSeconds} s each"
        | Some hop ->
            FormattableString.Invariant
                $"recordings of any length in windows of {manifest.ClipSeconds} s that start every {hop} s"
    {
        Id = "corpus"
        Heading = "Corpus"
        ByRow = false
        Contents = [
            Content.Text
                $"{manifest.Corpus}: {manifest.Describe()}; {lengths}, {manifest.SampleRate} Hz. Manifest hash: {manifest.Hash.Substring(0, 16)}."
            Content.Table(
                {
                    TableView.Plain with
                        Title = "Number of clips of each class"
                        Headings = [
                            Heading.TextColumn "class"
                            for split in splits do
                                Heading.NumberColumn(string(split).ToLowerInvariant())
                        ]
                        Rows = [
                            for label in manifest.Classes ->
                                label :: [ for split in splits -> string (count label split) ]
                        ]
                        Notes = []
                }
            )
            if manifest.LeftOut.Count > 0 then
                Content.Folded(excluded manifest)
        ]
    }

let private informational (assembly: Assembly) =
    match assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>() with
    | null -> string (assembly.GetName().Version)
    | stated -> stated.InformationalVersion

let private version (assembly: Assembly) = (informational assembly).Split('+').[0]

/// Number of hexadecimal digits of a commit that are shown.
let private commitDigits = 10

/// The version of SedDsl and the commit that it was built from, for example "1.0.0 (commit 0123456789)".
let private ownVersion =
    match (informational (Assembly.GetExecutingAssembly())).Split '+' with
    | [| version; commit |] when commit.Length >= commitDigits ->
        $"{version} (commit {commit.Substring(0, commitDigits)})"
    | parts -> parts[0]

/// Corpus, profile and version, for the first line of a report.
let origin (workspace: Workspace) (plan: Plan) =
    let corpus = (workspace.Manifest plan.Trials.Head.Specification).Corpus
    $"corpus {corpus}, profile {Plan.printProfile plan}, SedDsl {ownVersion}"

// Absolute paths: from a slash, a drive or a home folder at the start of a word to the end of the word or the quoted
// text.
let private absolutePath =
    Regex(@"(?<=^|[\s""':=(])(?:~?/|[A-Za-z]:[\\/])(?:[^\s""'\\/:;,()]+(?: [^\s""'\\/:;,()]+)*?[\\/])+(?=[^\s""'\\/]*)")

/// Replaces the folders of absolute paths by an ellipsis, because readers of a report do not have them.
let withoutFolders (text: string) = absolutePath.Replace(text, "…/")

/// Software versions, hardware, and the devices and threads of the trials.
let environment (rows: FinishedRow list) =
    let results = [
        for row in rows do
            for one in row.Trials do
                one.Result
    ]
    let distinct (value: TrialResult -> string) =
        results |> List.map value |> List.distinct |> String.concat ", "
    let processor =
        $"{Core.Runtime.Processor.Name}, {Environment.ProcessorCount} cores, {Core.Runtime.Processor.VectorWidth}"
    {
        Id = "environment"
        Heading = "Environment"
        ByRow = false
        Contents = [
            Content.Table(
                {
                    TableView.Plain with
                        Title = "Software and hardware"
                        Headings = [ Heading.TextColumn "component"; Heading.TextColumn "value" ]
                        Rows = [
                            [ "SedDsl"; ownVersion ]
                            [ ".NET"; RuntimeInformation.FrameworkDescription ]
                            [ "TorchSharp"; version typeof<TorchSharp.torch>.Assembly ]
                            [ "libtorch"; Core.Runtime.Torch.Library ]
                            [ "Operating system"; RuntimeInformation.OSDescription ]
                            [ "Processor"; processor ]
                            [ "Device of the trials"; distinct _.Device ]
                            [ "Threads of the trials"; distinct (fun result -> string result.Threads) ]
                        ]
                        Notes = []
                }
            )
        ]
    }

/// The command line of the run, and its plan.
let reproduction (plan: Plan) (command: string) = {
    Id = "reproduction"
    Heading = "Reproduction"
    ByRow = false
    Contents = [
        Content.Verbatim(withoutFolders command)
        Content.Verbatim(withoutFolders (Plan.print plan))
    ]
}
