namespace Sed

/// A search: rows are trained in rungs, and only the best rows of each rung are trained further.
type Search = {
    /// True for Hyperband (Li et al. 2018): several brackets with different numbers of rows and different numbers of
    /// epochs in the first rung. False for successive halving (Jamieson and Talwalkar 2016): one bracket with all rows.
    IsHyperband: bool
    /// After each rung, the best 1/eta of the rows are trained further, and the number of epochs is multiplied by eta.
    Eta: int
    /// Number of epochs of the first rung.
    First: int
    Keywords: string list
}

/// A step of a bracket: the number of rows, and the number of epochs after which these rows are compared.
type Rung = { Rows: int; Epochs: int }

module Search =
    /// The rungs of successive halving, from the number of epochs of the first rung to the full training. The last rung
    /// can increase the number of epochs by a factor below eta.
    let internal halving eta first rows epochs : Rung list =
        let rec from rows (own: int64) = [
            if own >= int64 epochs then
                { Rows = rows; Epochs = epochs }
            else
                { Rows = rows; Epochs = int own }
                yield! from (max 1 (rows / eta)) (own * int64 eta)
        ]
        from rows (int64 first)

    let private power (number: int) exponent = pown (int64 number) exponent

    /// The brackets of Hyperband (Li et al. 2018, Algorithm 1) with R = epochs / first and s_max = ⌊log_η R⌋. There is
    /// one bracket for each s from s_max to 0. It begins with n = ⌈(s_max + 1) η^s / (s + 1)⌉ rows, which are trained
    /// for η^-s of all epochs, rounded down. After rung i, ⌊n η^-(i+1)⌋ rows are trained further. For R = 81 and η = 3,
    /// the brackets begin with 81, 34, 15, 8 and 5 rows; Table 1 of the paper has 81, 27, 9, 6 and 5 instead.
    let internal hyperband eta first epochs : Rung list list =
        let rec largest s =
            if power eta (s + 1) * int64 first <= int64 epochs then
                largest (s + 1)
            else
                s
        let most = largest 0
        [
            for s in most .. -1 .. 0 ->
                let rows = (int64 (most + 1) * power eta s + int64 s) / int64 (s + 1)
                [
                    for rung in 0..s ->
                        {
                            Rows = int (max 1L (rows / power eta rung))
                            Epochs = max 1 (int (int64 epochs / power eta (s - rung)))
                        }
                ]
        ]

    /// The brackets of a search over `rows` rows with at most `epochs` epochs each. The first bracket gets the first
    /// rows, the second bracket gets the rows after them, and so on. Hyperband ignores `rows`, because its number of
    /// rows follows from the number of epochs.
    let brackets (search: Search) (rows: int) (epochs: int) : Rung list list =
        if search.IsHyperband then
            hyperband search.Eta search.First epochs
        else
            [ halving search.Eta search.First rows epochs ]

    /// The number of rows that Hyperband needs; None for successive halving, which takes any number.
    let rowsNeeded (search: Search) (epochs: int) : int option =
        if search.IsHyperband then
            Some(brackets search 0 epochs |> List.sumBy _.Head.Rows)
        else
            None

    /// Problems of the keywords of a search. They do not depend on the rows of the experiment.
    let internal problems (search: Search) = [
        yield! Text.keywordsTwice "search" search.Keywords
        if search.Eta < 2 || search.Eta > 1000 then
            Problem.at "search" $"eta is {search.Eta}" "give 2 to 1000, for example `eta 3`"
        if search.First < 1 then
            Problem.at "search" $"the first rung has {search.First} epochs" "give at least 1, for example `first 3`"
    ]

/// halving { first 3; eta 3 }
type HalvingBuilder(isHyperband: bool) =
    inherit Block<Search>()

    let given keyword (search: Search) = {
        search with
            Keywords = search.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) : Search = {
        IsHyperband = isHyperband
        Eta = 3
        First = 1
        Keywords = []
    }

    /// The reduction factor: after each rung, the best 1/eta of the rows are trained further, and the number of epochs
    /// is multiplied by eta. Default 3.
    [<CustomOperation "eta">]
    member _.Eta(search: Search, factor: int) =
        { search with Eta = factor } |> given "eta"

    /// Number of epochs after which rows are compared for the first time. Default 1.
    [<CustomOperation "first">]
    member _.First(search: Search, epochs: int) =
        { search with First = epochs } |> given "first"
