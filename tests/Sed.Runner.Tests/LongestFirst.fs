namespace Sed.Runner.Tests

open System.Collections.Generic
open Xunit
open Xunit.v3

/// Starts the modules that take minutes before the others, so that none of them runs alone at the end.
type LongestFirst() =
    static let longest = [ "Tutorials"; "Cluster"; "ScriptTests"; "ScriptCopyTests" ]

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
