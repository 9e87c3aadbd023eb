/// The page of every word of the language: what the types of Sed.Dsl offer a script, with what their `///` comments say.
module Sed.Tools.WordsPage

open System
open System.IO
open System.Reflection
open System.Text.RegularExpressions
open System.Xml.Linq
open Microsoft.FSharp.Reflection

/// What a script can write in one place.
type Section = {
    Heading: string
    Summary: string
    /// Each word as it is written, and what it says.
    Words: (string * string) list
}

let private comments (xml: string) =
    Map [
        for entry in XDocument.Load(xml).Descendants(XName.Get "member") do
            let summary =
                match entry.Element(XName.Get "summary") with
                | null -> entry.Value
                | summary -> summary.Value
            // Overloads of a word say the same of what they share; the name before the parameters finds them.
            let name = (nonNull (entry.Attribute(XName.Get "name"))).Value
            let text = Regex.Replace(summary, @"\s+", " ").Trim()
            if text <> "" then
                name, text
    ]

let private typeName (kind: Type) =
    (nonNull kind.FullName).Replace('+', '.')

/// The comment of a method, whatever its parameters: the one with as many of them.
let private ofMethod (said: Map<string, string>) (method: MethodInfo) =
    let start = $"M:{typeName (nonNull method.DeclaringType)}.{method.Name}"
    let count = method.GetParameters().Length
    let parameters (name: string) =
        match name.IndexOf '(' with
        | -1 -> 0
        | at ->
            // Commas inside of braces separate type arguments.
            let mutable depth = 0
            let mutable found = 1
            for letter in name.Substring at do
                match letter with
                | '{' -> depth <- depth + 1
                | '}' -> depth <- depth - 1
                | ',' when depth = 0 -> found <- found + 1
                | _ -> ()
            found
    said
    |> Map.toSeq
    |> Seq.filter (fun (name, _) -> Regex.IsMatch(name, $@"^{Regex.Escape start}(``\d+)?(\(|$)"))
    |> Seq.sortBy (fun (name, _) -> abs (parameters name - count))
    |> Seq.tryHead
    |> Option.map snd

let private inOrder (members: seq<#MemberInfo>) =
    members |> Seq.sortBy _.MetadataToken |> List.ofSeq

/// The operations of a block.
let private operations said (builder: Type) = [
    for method in builder.GetMethods() |> inOrder do
        match method.GetCustomAttribute(typeof<CustomOperationAttribute>) with
        | :? CustomOperationAttribute as operation ->
            // The first parameter is the block so far.
            let arguments = [
                for parameter in method.GetParameters() |> Array.skip 1 -> nonNull parameter.Name
            ]
            String.concat " " (operation.Name :: arguments), defaultArg (ofMethod said method) ""
        | _ -> ()
]

/// The values and functions of a module.
let private values said (from: Type) = [
    for found in
        from.GetMembers(BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.DeclaredOnly)
        |> inOrder do
        match found with
        | :? PropertyInfo as property -> property.Name, Map.tryFind $"P:{typeName from}.{property.Name}" said
        | :? MethodInfo as method when not method.IsSpecialName && not (method.Name.Contains '|') ->
            let parameters = [ for parameter in method.GetParameters() -> nonNull parameter.Name ]
            String.concat " " (method.Name :: parameters), ofMethod said method
        | _ -> ()
]

/// The cases of a union.
let private cases said (union: Type) = [
    for case in FSharpType.GetUnionCases union do
        let fields = [ for field in case.GetFields() -> field.Name ]
        let written =
            match fields with
            | [] -> case.Name
            | [ "Item" ] -> case.Name + " value"
            | fields -> $"""{case.Name}({String.concat ", " fields})"""
        let key = $"{typeName union}.{case.Name}"
        written, Map.tryFind ("T:" + key) said |> Option.orElse (Map.tryFind ("P:" + key) said)
]

let private some (words: (string * string option) list) = [
    for word, text in words do
        match text with
        | Some text -> word, text
        | None -> ()
]

/// The types whose cases a script writes: those that operations and functions take.
let private written (assembly: Assembly) =
    let unions =
        assembly.GetExportedTypes()
        |> Array.filter (fun kind -> FSharpType.IsUnion kind && not kind.IsNested)
    // These are written with words of their own.
    let hidden = set [ "Corpus"; "Setting"; "Choices"; "Holdout"; "Optimizer"; "Step" ]
    unions |> Array.filter (fun kind -> not (hidden.Contains kind.Name)) |> inOrder

let private wordOf (builder: Type) =
    let name = builder.Name.Replace("Builder", "")
    string (Char.ToLowerInvariant name[0]) + name.Substring 1

/// A comment as its first sentence, without the stop, and what follows.
let private sentence (text: string) =
    match text.IndexOf ". " with
    | -1 -> text.TrimEnd '.', ""
    | stop -> text[.. stop - 1], text[stop + 2 ..]

/// A block's comment, which begins with an example.
let private example (text: string) =
    match text.LastIndexOf '}' with
    | -1 -> text
    | brace ->
        let rest = text[brace + 1 ..].TrimStart([| ':'; ','; ' ' |])
        $"```fsharp\n{text[..brace]}\n```" + (if rest = "" then "" else "\n\n" + rest)

/// Everything that a script can write: blocks first, then the words that stand in them.
let sections (assembly: Assembly) (xml: string) =
    let said = comments xml
    let about (kind: Type) =
        Map.tryFind ("T:" + typeName kind) said |> Option.defaultValue ""
    let exported =
        assembly.GetExportedTypes() |> Array.filter (fun kind -> not kind.IsNested)
    let isBuilder (kind: Type) = not (operations said kind).IsEmpty
    let opened =
        exported
        |> Array.filter (fun kind -> kind.IsDefined(typeof<AutoOpenAttribute>, false))
        |> inOrder
        |> List.map (fun kind -> kind, some (values said kind))
    let starting, others =
        opened |> List.partition (fun (kind, _) -> kind.Name = "Words")
    let corpora =
        exported
        |> Array.filter (fun kind -> List.contains kind.Name [ "Soundscapes"; "Dcase2017"; "Folder" ])
        |> inOrder
    [
        for kind, words in starting do
            {
                Heading = "To begin with"
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
                Words = operations said kind
            }
        {
            Heading = "Corpora"
            Summary = "What `data` takes."
            Words = [
                for kind in corpora do
                    for word, text in some (values said kind) -> $"{kind.Name}.{word}", text
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
            Heading = "What `vary` varies"
            Summary = "Each also stands in `rows`, `alongside` and profiles, with a value."
            Words = some (cases said (nonNull (assembly.GetType "Sed.Setting")))
        }
        for kind in written assembly do
            {
                Heading = kind.Name
                Summary = about kind
                Words = some (cases said kind)
            }
    ]
    |> List.filter (fun section -> not section.Words.IsEmpty)

let private cell (text: string) = text.Replace("|", "\\|")

/// Every word, to find one at a glance.
let words (sections: Section list) =
    sections
    |> List.collect _.Words
    |> List.map (fun (written, _) -> written.Split([| ' '; '(' |])[0])

/// The page in Markdown.
let markdown (assembly: Assembly) (xml: string) =
    String.concat "\n" [
        "# The language"
        ""
        "Every word that an experiment can be written with, and what stands where it is left out. An editor shows the same while"
        "one types. This page is written by `dotnet fsi build.fsx words` from the comments in the source; a test holds it current."
        ""
        for section in sections assembly xml do
            $"## {section.Heading}"
            ""
            if section.Summary <> "" then
                section.Summary
                ""
            "| word | |"
            "|---|---|"
            for word, text in section.Words do
                $"| `{cell word}` | {cell text} |"
            ""
    ]

/// Writes the page beside the language's source.
let write (assembly: Assembly) (root: string) =
    let page = Path.Combine(root, "src", "Sed.Dsl", "README.md")
    let xml = nonNull (Path.ChangeExtension(assembly.Location, ".xml"))
    File.WriteAllText(page, markdown assembly xml)
    page
