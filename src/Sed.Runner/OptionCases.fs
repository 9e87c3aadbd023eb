/// Reads the options of a command from the Argu union that declares them.
module internal Sed.Runner.OptionCases

open FSharp.Reflection

/// The name of an option on the command line.
let word (case: UnionCaseInfo) =
    "--" + case.Name.ToLowerInvariant().Replace('_', '-')

/// The options whose union cases have the attribute `'attribute`, each with the number of values that it takes.
let marked<'arguments, 'attribute> =
    Map [
        for case in FSharpType.GetUnionCases(typeof<'arguments>, true) do
            if case.GetCustomAttributes(typeof<'attribute>).Length > 0 then
                word case, case.GetFields().Length
    ]
