/// Compact letter display: rows that share a letter do not differ significantly, and rows without a common letter do
/// (Piepho 2004).
module internal Sed.Runner.LetterDisplay

// The letters of the first 52 groups. Further groups have numbers in parentheses.
let private alphabet = [ 'a' .. 'z' ] @ [ 'A' .. 'Z' ]

let private letter index =
    if index < alphabet.Length then
        string alphabet[index]
    else
        $"({index + 1})"

/// Removes groups that are contained in others.
let private absorbed (groups: Set<int> list) =
    groups
    |> List.indexed
    |> List.filter (fun (index, group) ->
        groups
        |> List.indexed
        |> List.forall (fun (other, larger) ->
            other = index
            || not (Set.isSubset group larger)
            || (group = larger && index < other)))
    |> List.map snd

/// The maximal groups of rows without a differing pair. Starts from one group of all rows and splits it at each
/// differing pair (insert-and-absorb algorithm, Piepho 2004).
let private groups (rows: 'row list) differ =
    let pairs = [
        for right in 1 .. rows.Length - 1 do
            for left in 0 .. right - 1 do
                if differ (rows[left], rows[right]) then
                    left, right
    ]
    pairs
    |> List.fold
        (fun groups (left, right) ->
            absorbed [
                for group in groups do
                    if Set.contains left group && Set.contains right group then
                        Set.remove right group
                        Set.remove left group
                    else
                        group
            ])
        [ Set [ 0 .. rows.Length - 1 ] ]
    |> List.sortBy Set.toList

/// The letters of each row. The first row's group has the letter a.
let ofPairs (rows: 'row list) (differ: 'row * 'row -> bool) : Map<'row, string list> =
    let groups = groups rows differ
    Map [
        for index, row in List.indexed rows ->
            row,
            groups
            |> List.indexed
            |> List.filter (snd >> Set.contains index)
            |> List.map (fst >> letter)
    ]
