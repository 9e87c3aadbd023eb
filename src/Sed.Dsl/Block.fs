namespace Sed

/// Base class of the builders. The compiler needs these members to report a misspelt keyword by name, with similar
/// keywords. Loops and calls inside a block are compile-time errors.
[<AbstractClass>]
type Block<'described>() =
    [<CompilerMessage("Only keywords are allowed inside a block. Compute lists before the block, or inside the values of a keyword such as `vary`.",
                      10001,
                      IsError = true)>]
    member _.Zero() : 'described = Unchecked.defaultof<_>

    [<CompilerMessage("Only keywords are allowed inside a block. Compute lists before the block, or inside the values of a keyword such as `vary`.",
                      10001,
                      IsError = true)>]
    member _.For(before: 'described, _: unit -> 'described) : 'described = before

    [<CompilerMessage("Only keywords are allowed inside a block. Compute lists before the block, or inside the values of a keyword such as `vary`.",
                      10001,
                      IsError = true)>]
    member _.Combine(before: 'described, _: 'described) : 'described = before

    member _.Delay(described: unit -> 'described) : 'described = described ()
