/// The files of a script, and copies of them that are independent of later edits.
module internal Sed.Runner.ScriptFiles

open System
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.RegularExpressions
open Sed.Core.Runtime

/// Matches a directive that names files, with all of its string literals.
let private directive =
    Regex(
        @"^[ \t]*#(?<kind>load|r|I)(?<names>(?:[ \t]+(?:""""""[^\n]*?""""""|@?""[^""\n]*""))+)",
        RegexOptions.Multiline
    )

let private literal =
    Regex(@"""""""(?<raw>[^\n]*?)""""""|@""(?<raw>[^""\n]*)""|""(?<plain>[^""\n]*)""")

let private valueOf (one: Match) =
    if one.Groups["raw"].Success then
        one.Groups["raw"].Value
    else
        one.Groups["plain"].Value.Replace(@"\\", @"\")

let private besides (file: string) (name: string) =
    Path.GetFullPath(Path.Combine(Path.GetDirectoryName file |> string, name))

let private loadedBy (file: string) (text: string) = [
    for found in directive.Matches text do
        if found.Groups["kind"].Value = "load" then
            for one in literal.Matches found.Groups["names"].Value do
                let other = besides file (valueOf one)
                if File.Exists other then
                    other
]

/// The paths and texts of a script and of all files that it loads, directly or indirectly. Each file is listed once,
/// after the files that it loads.
let read (script: string) : (string * string) list =
    let rec add (found: (string * string) list) (file: string) =
        if found |> List.exists (fun (known, _) -> known = file) then
            found
        else
            let text = File.ReadAllText file
            // The file itself is marked as found, in case files load each other.
            let before = List.fold add ((file, text) :: found) (loadedBy file text)
            (file, text) :: List.filter (fun (known, _) -> known <> file) before
    List.rev (add [] (Path.GetFullPath script))

/// The text of a file's copy. A line directive makes the compiler report positions in the original. In `#load`
/// directives, the name of a file that is also copied is replaced by the path of its copy. In `#load`, `#r` and `#I`
/// directives, the names of other existing files and folders are replaced by full paths.
let private redirected (copyOf: string -> string option) (file: string) (text: string) =
    let slashes (path: string) = path.Replace('\\', '/')
    let withoutShebang =
        if text.StartsWith "#!" then
            "//" + text.Substring 2
        else
            text
    let rename (found: Match) =
        let names =
            literal.Replace(
                found.Groups["names"].Value,
                MatchEvaluator(fun one ->
                    let other = besides file (valueOf one)
                    match copyOf other with
                    | Some copy when found.Groups["kind"].Value = "load" -> $"\"{slashes copy}\""
                    | _ when File.Exists other || Directory.Exists other -> $"\"{slashes other}\""
                    | _ -> one.Value)
            )
        $"""#{found.Groups["kind"].Value}{names}"""
    $"# 1 \"{slashes file}\"\n"
    + directive.Replace(withoutShebang, MatchEvaluator rename)

/// Copies a script and the files that it loads into a subfolder of `folder`, named after a hash of their content.
/// Returns the copy of the script. Processes that run the copy are independent of later edits.
let copy (folder: string) (script: string) : string =
    let files = read script
    let whole = String.concat "\n" [ for file, text in files -> $"{file}\n{text}" ]
    let hash =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes whole)).Substring(0, 12)
    let own =
        Path.Combine(Path.GetFullPath folder, $"{Path.GetFileNameWithoutExtension script}-{hash}")
    let copies =
        Map [
            for index, (file, _) in List.indexed files ->
                file, Path.Combine(own, string index, string (Path.GetFileName file))
        ]
    for file, text in files do
        AtomicFile.WriteIfChanged(copies[file], redirected copies.TryFind file text)
    copies[Path.GetFullPath script]
