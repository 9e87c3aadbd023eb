module Sed.Runner.Tests.LetterDisplayTests

open System
open Xunit
open Sed.Runner

[<Fact>]
let ``exactly the rows that do not differ share letters, and no group contains another`` () =
    let random = Random 4
    for _ in 1..300 do
        let rows = [ 1 .. random.Next(1, 9) ]
        let differing =
            set [
                for left in rows do
                    for right in rows do
                        if left < right && random.NextDouble() < 0.4 then
                            left, right
            ]
        let letters = LetterDisplay.ofPairs rows differing.Contains
        for left in rows do
            for right in rows do
                if left < right then
                    let shared =
                        letters[left] |> List.exists (fun letter -> List.contains letter letters[right])
                    Assert.Equal(not (differing.Contains(left, right)), shared)
        let groups =
            letters
            |> Map.values
            |> List.concat
            |> List.distinct
            |> List.map (fun letter -> letters |> Map.filter (fun _ own -> List.contains letter own) |> Map.keys |> set)
        for group in groups do
            Assert.Single(groups, Set.isSubset group) |> ignore
        Assert.Equal("a", letters[1].Head)

[<Fact>]
let ``if only the ends of a chain of rows differ, the middle row has both letters`` () =
    let letters =
        LetterDisplay.ofPairs [ "x"; "y"; "z" ] (fun pair -> pair = ("x", "z"))
    Assert.Equal<Map<string, string list>>(Map [ "x", [ "a" ]; "y", [ "a"; "b" ]; "z", [ "b" ] ], letters)
