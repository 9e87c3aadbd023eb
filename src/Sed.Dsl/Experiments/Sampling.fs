namespace Sed

open System
open System.Globalization
open Sed.Core.Runtime

/// The distribution from which the values of a setting are drawn.
type Range<'value> = {
    /// Maps a uniform random number, at least 0 and below 1, to a value.
    At: float -> 'value
    /// The cause and the remedy of each problem with the bounds or values.
    Faults: (string * string) list
}

/// A setting whose values are drawn at random.
type DrawnAxis = {
    Name: string
    /// Maps a uniform random number, at least 0 and below 1, to a setting.
    Setting: float -> Setting
    Problems: Problem list
}

/// Rows whose settings were drawn at random.
type Sample = {
    /// The number of rows that the script requests.
    Count: int
    Axes: string list
    /// The settings of each drawn row. There are fewer rows than `Count` if not enough different rows are found.
    Rows: Setting list list
    Problems: Problem list
}

module internal Sample =
    /// The maximum number of rows. A larger number is probably a typing error.
    [<Literal>]
    let MostRows = 100000

    // Drawing stops after this number of draws per requested row, because further draws are not expected to give new
    // rows.
    let private mostDraws = 100

    /// Draws rows one after the other and drops repeated rows. Each axis has its own random numbers. Adding an axis or
    /// more rows therefore does not change the values of the other axes and rows, unless repeated rows are dropped.
    let draw (seed: int) (count: int) (axes: DrawnAxis list) : Sample =
        let problems = [
            for axis in axes do
                yield! axis.Problems
            for name, times in List.countBy _.Name axes do
                // A setting with invalid bounds has no name.
                if times > 1 && name <> "" then
                    Problem.at "sample" $"{name} is drawn {times} times" "keep one of them"
            if axes.IsEmpty then
                Problem.at "sample" "nothing is drawn" "use for example `draw LearningRate (logUniform 1e-4 1e-2)`"
            if count < 1 || count > MostRows then
                Problem.at "sample" $"{count} rows" $"give 1 to {MostRows}"
        ]
        let rec rows (known: Set<string list>) drawn number =
            if Set.count known = count || number > mostDraws * count then
                List.rev drawn
            else
                let row = [
                    for axis in axes ->
                        axis.Setting(RandomSource.For(int64 seed, "sample", axis.Name, number).NextDouble())
                ]
                let values = List.map Setting.value row
                if known.Contains values then
                    rows known drawn (number + 1)
                else
                    rows (known.Add values) (row :: drawn) (number + 1)
        let rows = if problems.IsEmpty then rows Set.empty [] 1 else []
        {
            Count = count
            Axes = List.map _.Name axes
            Rows = rows
            Problems =
                if problems.IsEmpty && rows.Length < count then
                    [
                        Problem.at
                            "sample"
                            $"there are only {rows.Length} different rows, but {count} are to be drawn"
                            "draw fewer rows, or use `vary` for all combinations of a few values"
                    ]
                else
                    problems
        }

/// Settings that are drawn at random, for `sample`.
[<AutoOpen>]
module DrawWords =
    let private range at faults = { At = at; Faults = faults }

    /// Rounds a value to three significant digits, which the row's label shows in full, and limits it to the bounds.
    let private rounded low high (value: float) =
        Double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        |> max low
        |> min high

    let private boundFaults low high isBelow = [
        if not (Double.IsFinite low && Double.IsFinite high) then
            "the bounds are not finite", "give two numbers"
        elif not isBelow then
            $"the lower bound, {Text.number low}, is not below the upper bound, {Text.number high}",
            "give the smaller number first"
    ]

    /// Uniformly distributed numbers between two bounds, rounded to three significant digits.
    let uniform (low: float) (high: float) : Range<float> =
        range (fun share -> rounded low high (low + share * (high - low))) (boundFaults low high (low < high))

    /// Numbers between two bounds above 0 whose logarithms are uniformly distributed, for learning rates and weights;
    /// rounded to three significant digits.
    let logUniform (low: float) (high: float) : Range<float> =
        range (fun share -> rounded low high (low * (high / low) ** share)) [
            yield! boundFaults low high (low < high)
            if low <= 0.0 then
                $"the lower bound, {Text.number low}, has no logarithm", "give a bound above 0, or use `uniform`"
        ]

    /// Uniformly distributed whole numbers from the lower to the upper bound, both included.
    let integers (low: int) (high: int) : Range<int> =
        range
            (fun share -> int (min (int64 high) (int64 low + int64 (floor (share * (float high - float low + 1.0))))))
            (boundFaults (float low) (float high) (low < high))

    /// One of the listed values, all with the same probability.
    let among (values: 'value list) : Range<'value> =
        range (fun share -> values[min (values.Length - 1) (int (share * float values.Length))]) [
            if values.IsEmpty then
                "there are no values", "list at least two"
        ]

    /// A setting and the values from which each row's value is drawn, for example
    /// `draw LearningRate (logUniform 1e-4 1e-2)` or `draw Filters (among [ 8; 16; 32 ])`.
    let draw (setting: 'value -> Setting) (values: Range<'value>) : DrawnAxis =
        match values.Faults with
        | [] ->
            let setting share = setting (values.At share)
            {
                Name = Setting.axis (setting 0.0)
                Setting = setting
                Problems = []
            }
        | faults -> {
            Name = ""
            Setting = fun _ -> invalidOp "The values of this setting are not valid."
            Problems = [ for cause, remedy in faults -> Problem.at "sample" $"draw: {cause}" remedy ]
          }
