/// Finds common mistakes in the text of a script. The F# compiler also reports them, but not in the terms of the keywords
/// and blocks of a script.
module internal Sed.Runner.ScriptMistakes

open System
open System.Reflection
open FSharp.Reflection
open Sed
open Sed.Runner.ScriptTokens

/// A mistake and its position in a file.
type Mistake = {
    File: string
    Line: int
    Column: int
    Message: string
}

/// A keyword of a block, with the parameters of each overload. The first parameter of an overload, which is the value that
/// the block builds, is left out.
type private Keyword = {
    Name: string
    Uses: ParameterInfo list list
}

let private keywordsOf (builder: Type) = [
    for name, methods in
        builder.GetMethods()
        |> Seq.choose (fun method ->
            match method.GetCustomAttribute<CustomOperationAttribute>() with
            | null -> None
            | operation -> Some(operation.Name, List.tail (List.ofArray (method.GetParameters()))))
        |> Seq.groupBy fst ->
        {
            Name = name
            Uses = [ for _, parameters in methods -> parameters ]
        }
]

/// The blocks of a script. Each entry has the word that starts the block, whether a name follows this word, and the
/// keywords of the block.
let private blocks = [
    "experiment", true, keywordsOf typeof<ExperimentBuilder>
    "layers", true, keywordsOf typeof<LayersBuilder>
    "logMel", false, keywordsOf typeof<LogMelBuilder>
    "samples", false, keywordsOf typeof<SamplesBuilder>
    "crnn", false, keywordsOf typeof<CrnnBuilder>
    "training", false, keywordsOf typeof<TrainingBuilder>
    "detection", false, keywordsOf typeof<DetectionBuilder>
]

/// The unit of measure of each keyword that takes times or frequencies.
let private units =
    Map [
        "window", "ms"
        "hop", "ms"
        "range", "Hz"
        "rate", "Hz"
        "median", "s"
        "minDuration", "s"
        "minGap", "s"
        "changePoints", "s"
        "segments", "s"
    ]

let private isList (kind: Type) =
    kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<list<_>>

let private isPlain kind =
    List.contains kind [ typeof<int>; typeof<float>; typeof<bool>; typeof<string> ]

/// The names that a script can use for values of a type.
let private namesOf (kind: Type) = [
    if FSharpType.IsUnion kind then
        for case in FSharpType.GetUnionCases kind do
            case.Name
    if not kind.IsGenericParameter then
        for words in typeof<Experiment>.Assembly.GetExportedTypes() do
            for value in words.GetProperties(BindingFlags.Public ||| BindingFlags.Static) do
                if value.PropertyType = kind then
                    value.Name
]

/// The source text of tokens, in one line.
let private shown (tokens: Token seq) =
    let text =
        tokens
        |> Seq.map (fun token -> (if token.IsAttached then "" else " ") + token.Text.ReplaceLineEndings " ")
        |> String.concat ""
    text.Trim()

/// The source text of words, with the content of braces left out.
let private outline (words: Token[] list) =
    [
        for word in words do
            if word[0].Text = "{" then "{ ... }" else shown word
    ]
    |> String.concat " "

/// Words that begin patterns, arguments or computed values in a list. In their scope, commas can be part of a pattern.
let private computing =
    set [ "for"; "fun"; "function"; "let"; "match"; "use"; "while"; "yield" ]

/// The mistake in the value of one parameter. Empty if the text of the value shows no mistake.
let private ofValue keyword (parameter: ParameterInfo) (word: Token[]) = [
    let kind = parameter.ParameterType
    let isNegative = word.Length = 2 && word[0].Text = "-" && word[1].IsNumber
    let isNumber = (word.Length = 1 && word[0].IsNumber) || isNegative
    let isText = word.Length = 1 && word[0].IsText
    let value = shown word
    if isList kind then
        let element = kind.GetGenericArguments()[0]
        let first = word |> Array.tryFind (fun token -> token.Text <> "(")
        let isElement =
            match first with
            // An operator can turn the element into a list.
            | Some token when
                word[0].Text <> "["
                && token.IsName
                && not (value.Contains "::" || value.Contains '@')
                ->
                List.contains token.Text (namesOf element)
            | _ -> false
        let isTuple = FSharpType.IsTuple element || element.IsGenericParameter
        if isNumber || isText || isElement then
            $"`{keyword}` takes a list: write `[ {value} ]`."
        elif word[0].Text = "[" && not isTuple then
            let inner = word[1 .. word.Length - 2]
            // The text of the tokens outside inner brackets.
            let rec outer index = [
                if index < inner.Length then
                    inner[index].Text
                    yield!
                        outer (
                            if List.contains inner[index].Text [ "("; "["; "{" ] then
                                closes inner index + 1
                            else
                                index + 1
                        )
            ]
            let texts = outer 0
            if List.contains "," texts && not (List.exists computing.Contains texts) then
                $"`{keyword}`: the values of a list are separated by semicolons, for example `[ 1; 2 ]`, not by commas."
    elif isPlain kind && word[0].Text = "[" then
        $"`{keyword}` takes a single value, not a list."
    elif
        kind = typeof<float>
        && isNumber
        && units.ContainsKey keyword
        && not (value.Contains '<')
    then
        let number =
            if value.Contains '.' || value.Contains 'e' || value.Contains 'E' then
                value
            else
                value + ".0"
        $"`{keyword}` needs a unit: write `{number}<{units[keyword]}>`."
    elif kind = typeof<int> && isNumber && value.Contains '.' then
        $"`{keyword}` takes a whole number, not {value}."
]

let private number count =
    if count = 1 then "one value" else $"{count} values"

/// The mistakes in a statement of a block.
let private ofStatement block (own: Keyword list) (statement: Token[]) =
    let head = statement[0].Text
    let values = words statement |> List.tail
    match own |> List.tryFind (fun keyword -> keyword.Name = head) with
    | _ when
        values
        |> List.exists (fun word -> List.contains word[0].Text [ "="; "<-"; "|>" ])
          ->
          []
    | Some keyword ->
        let counts = keyword.Uses |> List.map _.Length |> List.distinct |> List.sort
        let most = List.max counts
        match
            keyword.Uses
            |> List.filter (fun parameters -> parameters.Length = values.Length)
        with
        | [] when most = 0 -> [ $"`{head}` takes no value." ]
        | [] when values.Length > most && most = 1 -> [
            $"`{head}` takes one value. Put it in parentheses: `{head} ({outline values})`."
          ]
        | [] when values.Length > most -> [
            $"`{head}` takes {number most}, but {values.Length} are given. Put each value that consists of several words in parentheses."
          ]
        | [] ->
            let names =
                keyword.Uses
                |> List.map (fun parameters ->
                    head :: [ for parameter in parameters -> string parameter.Name ]
                    |> String.concat " ")
                |> List.map (fun usage -> $"`{usage}`")
                |> String.concat " or "
            let given =
                if values.IsEmpty then "none is"
                elif values.Length = 1 then "only one is"
                else $"only {values.Length} are"
            let possible = counts |> List.map number |> String.concat " or "
            [ $"`{head}` takes {possible}, but {given} given: {names}." ]
        | uses ->
            let perUse = [
                for parameters in uses ->
                    List.collect (fun (parameter, word) -> ofValue head parameter word) (List.zip parameters values)
            ]
            if List.exists List.isEmpty perUse then [] else perUse.Head
    | None ->
        match
            blocks
            |> List.filter (fun (_, _, keywords) -> keywords |> List.exists (fun keyword -> keyword.Name = head))
        with
        | [] -> []
        | others ->
            let places = [ for word, _, _ in others -> $"`{word}`" ] |> String.concat " or "
            [ $"`{head}` belongs in the block {places}, not in `{block}`." ]

/// The block that the brace at an index opens.
let private blockAt (tokens: Token[]) index =
    blocks
    |> List.tryFind (fun (word, named, _) ->
        let start = if named then index - 2 else index - 1
        tokens[index].Text = "{"
        && start >= 0
        && tokens[start].Text = word
        && (not named || tokens[index - 1].IsText || tokens[index - 1].IsName))

/// The mistake of a statement outside all blocks that begins with a keyword of `experiment`. Names that the script
/// defines itself are not mistakes.
let private outside (tokens: Token[]) (index: int) =
    let token = tokens[index]
    let isDefined () =
        tokens
        |> Array.exists (fun other ->
            other.Text = token.Text
            && not (Object.ReferenceEquals(other, token))
            && other.Column > token.Column)
    let _, _, keywords = blocks.Head
    [
        if
            token.Column = 1
            && index + 1 < tokens.Length
            && tokens[index + 1].Line = token.Line
            && not (List.contains tokens[index + 1].Text [ "="; "."; ":"; "<-"; "|>" ])
            && keywords |> List.exists (fun keyword -> keyword.Name = token.Text)
            && not (isDefined ())
        then
            $"`{token.Text}` belongs inside the braces of `experiment`."
    ]

/// The mistakes in a file of a script.
let ofText (file: string) (text: string) : Mistake list =
    let tokens = tokens text
    let at (token: Token) message = {
        File = file
        Line = token.Line
        Column = token.Column
        Message = message
    }
    [
        for index in 0 .. tokens.Length - 1 do
            for message in outside tokens index do
                at tokens[index] message
            match blockAt tokens index with
            | Some(block, _, keywords) ->
                for statement in statements tokens (index + 1) (closes tokens index - 1) do
                    for message in ofStatement block keywords statement do
                        at statement[0] message
            | None -> ()
    ]
    |> List.sortBy (fun mistake -> mistake.Line, mistake.Column)

/// The names of the experiments that a text describes.
let experimentsIn (text: string) = [
    let tokens = tokens text
    for index in 0 .. tokens.Length - 3 do
        if
            tokens[index].Text = "experiment"
            && tokens[index + 1].IsText
            && tokens[index + 2].Text = "{"
        then
            tokens[index + 1].Text.Trim '"'
]

let print mistake =
    $"{mistake.File}({mistake.Line},{mistake.Column}): {mistake.Message}"
