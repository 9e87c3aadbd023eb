namespace Sed.Runner.Tests

open System.Collections.Generic
open Xunit
open Xunit.v3

/// Starts what takes minutes before the rest, so that nothing of it runs alone at the end: first the collection "torch",
/// whose modules run one after the other, then the modules that start other processes.
type LongestFirst() =
    static let longest = [ "torch"; "Cluster"; "Tutorials"; "ScriptTests"; "ScriptCopyTests" ]

    let place (collection: Sdk.ITestCollection) =
        longest
        |> List.tryFindIndex collection.TestCollectionDisplayName.Contains
        |> Option.defaultValue longest.Length

    interface ITestCollectionOrderer with
        member _.OrderTestCollections collections =
            List<_>(Seq.sortBy place (Seq.cast collections)) :> IReadOnlyCollection<_>

module LongestFirst =
    [<assembly: TestCollectionOrderer(typeof<LongestFirst>)>]
    do ()
