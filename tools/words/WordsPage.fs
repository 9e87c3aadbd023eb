/// The language reference: every keyword that the types of Sed.Dsl offer to scripts, with its `///` comment.
module Sed.Tools.WordsPage

open System
open System.IO
open System.Reflection
open System.Text.RegularExpressions
open System.Xml.Linq
open Microsoft.FSharp.Reflection

/// A section of the page: a block, a module or a union, and its keywords.
type Section = {
    Heading: string
    Summary: string
    /// Each keyword with its parameters, and its comment.
    Words: (string * string) list
}

let private commentsOf (xml: string) =
    Map [
        for entry in XDocument.Load(xml).Descendants(XName.Get "member") do
            let summary =
                match entry.Element(XName.Get "summary") with
                | null -> entry.Value
                | summary -> summary.Value
            let name = (nonNull (entry.Attribute(XName.Get "name"))).Value
            let text = Regex.Replace(summary, @"\s+", " ").Trim()
            if text <> "" then
                name, text
    ]

let private typeName (kind: Type) =
    (nonNull kind.FullName).Replace('+', '.')

/// The comment of a method. Of several overloads, the one with the most similar number and types of parameters is used.
let private ofMethod (comments: Map<string, string>) (method: MethodInfo) =
    let start = $"M:{typeName (nonNull method.DeclaringType)}.{method.Name}"
    let count = method.GetParameters().Length
    let parameters (name: string) =
        match name.IndexOf '(' with
        | -1 -> 0
        | at ->
            // Commas inside braces separate type arguments.
            let mutable depth = 0
            let mutable found = 1
            for letter in name.Substring at do
                match letter with
                | '{' -> depth <- depth + 1
                | '}' -> depth <- depth - 1
                | ',' when depth = 0 -> found <- found + 1
                | _ -> ()
            found
    let others (name: string) =
        method.GetParameters()
        |> Seq.filter (fun parameter -> not (name.Contains(parameter.ParameterType.Name.Split('`')[0])))
        |> Seq.length
    comments
    |> Map.toSeq
    |> Seq.filter (fun (name, _) -> Regex.IsMatch(name, $@"^{Regex.Escape start}(``\d+)?(\(|$)"))
    |> Seq.sortBy (fun (name, _) -> abs (parameters name - count), others name, name.Length)
    |> Seq.tryHead
    |> Option.map snd

let private inOrder (members: seq<#MemberInfo>) =
    members |> Seq.sortBy _.MetadataToken |> List.ofSeq

/// The operations of a block.
let private operations comments (builder: Type) = [
    // The operations of a base class come last.
    for method in
        builder.GetMethods()
        |> inOrder
        |> List.sortBy (fun method -> method.DeclaringType <> builder) do
        match method.GetCustomAttribute(typeof<CustomOperationAttribute>) with
        | :? CustomOperationAttribute as operation ->
            // The first parameter is the state of the block.
            let arguments = [
                for parameter in method.GetParameters() |> Array.skip 1 -> nonNull parameter.Name
            ]
            String.concat " " (operation.Name :: arguments), defaultArg (ofMethod comments method) ""
        | _ -> ()
]

/// The comment of a member of an assembly; empty if there is none.
let private commentOf (comments: Map<string, string>) key =
    Map.tryFind key comments |> Option.defaultValue ""

/// The values and functions of a module.
let private values comments (from: Type) = [
    for found in
        from.GetMembers(BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.DeclaredOnly)
        |> inOrder do
        match found with
        | :? PropertyInfo as property -> property.Name, commentOf comments $"P:{typeName from}.{property.Name}"
        | :? MethodInfo as method when not method.IsSpecialName && not (method.Name.Contains '|') ->
            let parameters = [ for parameter in method.GetParameters() -> nonNull parameter.Name ]
            String.concat " " (method.Name :: parameters), defaultArg (ofMethod comments method) ""
        | _ -> ()
]

/// The cases of a union.
let private cases comments (union: Type) = [
    for case in FSharpType.GetUnionCases union do
        let fields = [ for field in case.GetFields() -> field.Name ]
        let written =
            match fields with
            | [] -> case.Name
            | [ "Item" ] -> case.Name + " value"
            | fields -> $"""{case.Name}({String.concat ", " fields})"""
        let key = $"{typeName union}.{case.Name}"
        written,
        Map.tryFind ("T:" + key) comments
        |> Option.orElse (Map.tryFind ("P:" + key) comments)
        |> Option.defaultValue ""
]

/// The unions whose cases are written in scripts.
let private written (assembly: Assembly) =
    let unions =
        assembly.GetExportedTypes()
        |> Array.filter (fun kind -> FSharpType.IsUnion kind && not kind.IsNested)
    // Scripts use keywords instead of the cases of these unions.
    let hidden = set [ "Corpus"; "Setting"; "Choices"; "Holdout"; "Optimizer"; "Step" ]
    unions |> Array.filter (fun kind -> not (hidden.Contains kind.Name)) |> inOrder

let private wordOf (builder: Type) =
    let name = builder.Name.Replace("Builder", "")
    string (Char.ToLowerInvariant name[0]) + name.Substring 1

/// Splits a comment into its first sentence, without the full stop, and the rest.
let private sentence (text: string) =
    match text.IndexOf ". " with
    | -1 -> text.TrimEnd '.', ""
    | stop -> text[.. stop - 1], text[stop + 2 ..]

/// Formats the comment of a block, which begins with an example.
let private example (text: string) =
    match text.LastIndexOf '}' with
    | -1 -> text
    | brace ->
        let rest = text[brace + 1 ..].TrimStart([| ':'; ','; ' ' |])
        $"```fsharp\n{text[..brace]}\n```" + (if rest = "" then "" else "\n\n" + rest)

/// All sections: functions that start a block, blocks, corpora, other functions, settings of `vary`, and unions.
let sections (assembly: Assembly) (xml: string) =
    let comments = commentsOf xml
    let about (kind: Type) =
        Map.tryFind ("T:" + typeName kind) comments |> Option.defaultValue ""
    let exported =
        assembly.GetExportedTypes() |> Array.filter (fun kind -> not kind.IsNested)
    let isBuilder (kind: Type) =
        not (kind.IsAbstract || (operations comments kind).IsEmpty)
    let opened =
        exported
        |> Array.filter (fun kind -> kind.IsDefined(typeof<AutoOpenAttribute>, false))
        |> inOrder
        |> List.map (fun kind -> kind, values comments kind)
    let starting, others =
        opened |> List.partition (fun (kind, _) -> kind.Name = "Words")
    let corpusWords, others =
        others |> List.partition (fun (kind, _) -> kind.Name = "CorpusWords")
    let corpora =
        exported |> Array.filter (fun kind -> kind.Name = "Soundscapes") |> inOrder
    [
        for kind, words in starting do
            {
                Heading = "Getting started"
                Summary = about kind
                Words = words
            }
        for kind in
            exported
            |> Array.filter isBuilder
            |> inOrder
            |> List.sortBy (fun kind -> wordOf kind <> "experiment") do
            {
                Heading = $"`{wordOf kind} {{ ... }}`"
                Summary = example (about kind)
                Words = operations comments kind
            }
        {
            Heading = "Corpora"
            Summary = "Values of `data`."
            Words = [
                yield! List.collect snd corpusWords
                for kind in corpora do
                    for word, text in values comments kind -> $"{kind.Name}.{word}", text
            ]
        }
        for kind, words in others do
            let heading, rest = sentence (about kind)
            {
                Heading = heading
                Summary = rest
                Words = words
            }
        {
            Heading = "Settings of `vary`"
            Summary = "Each setting can also be given with a value in `addRow`, `addRows` and profiles."
            Words = cases comments (nonNull (assembly.GetType "Sed.Setting"))
        }
        for kind in written assembly do
            {
                Heading = kind.Name
                Summary = about kind
                Words = cases comments kind
            }
    ]
    |> List.filter (fun section -> not section.Words.IsEmpty)

let private cell (text: string) = text.Replace("|", "\\|")

/// Every keyword, without its parameters.
let words (sections: Section list) =
    sections
    |> List.collect _.Words
    |> List.map (fun (written, _) -> written.Split([| ' '; '(' |])[0])

/// The page as Markdown.
let markdown (assembly: Assembly) (xml: string) =
    String.concat "\n" [
        "# The language"
        ""
        "All keywords of experiment scripts, with their defaults. Editors show the same text as tooltips. This page is generated from"
        "the comments in the source by `dotnet fsi build.fsx words`; a test checks that it is up to date."
        ""
        for section in sections assembly xml do
            $"## {section.Heading}"
            ""
            if section.Summary <> "" then
                section.Summary
                ""
            "| keyword | meaning |"
            "|---|---|"
            for word, text in section.Words do
                $"| `{cell word}` | {cell text} |"
            ""
    ]

/// Writes the page to src/Sed.Dsl/README.md and returns its path.
let write (assembly: Assembly) (root: string) =
    let page = Path.Combine(root, "src", "Sed.Dsl", "README.md")
    let xml = nonNull (Path.ChangeExtension(assembly.Location, ".xml"))
    File.WriteAllText(page, markdown assembly xml)
    page
