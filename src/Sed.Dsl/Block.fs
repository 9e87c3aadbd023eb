namespace Sed

/// What every block of the language has beside its words. These members are what the compiler looks for when it meets
/// something that is no word: with them it names a misspelt word and those that it may stand for; what it can make sense of
/// (a loop, a call) is refused with a sentence.
[<AbstractClass>]
type Block<'described>() =
    [<CompilerMessage("Only the words of the block can stand here; lists and loops belong before it or into the values of `vary` and `rows`.",
                      10001,
                      IsError = true)>]
    member _.Zero() : 'described = Unchecked.defaultof<_>

    [<CompilerMessage("Only the words of the block can stand here; lists and loops belong before it or into the values of `vary` and `rows`.",
                      10001,
                      IsError = true)>]
    member _.For(before: 'described, _: unit -> 'described) : 'described = before

    [<CompilerMessage("Only the words of the block can stand here; lists and loops belong before it or into the values of `vary` and `rows`.",
                      10001,
                      IsError = true)>]
    member _.Combine(before: 'described, _: 'described) : 'described = before

    member _.Delay(described: unit -> 'described) : 'described = described ()
