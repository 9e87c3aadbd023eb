namespace Sed.Runner

open System
open System.Globalization
open Giraffe.ViewEngine
open Sed

/// A row of an interval plot.
type internal PlottedRow = {
    Label: string
    Estimate: Estimate option
    /// Whether the row has the best score.
    IsBest: bool
    /// Whether the row is significantly worse than the reference row, or no better than a constant prediction.
    IsWorse: bool
}

/// The scores of all rows by one metric, with their confidence intervals.
type internal IntervalPlot = {
    Metric: Metric
    Rows: PlottedRow list
    /// The score of the best constant prediction.
    Constant: float option
}

module internal IntervalPlot =
    let private text (value: float) =
        value.ToString("0.###", CultureInfo.InvariantCulture)

    /// Creates a plot for each metric that has a score. `names` holds, for each row in the order of the table, its
    /// label and the name to show.
    let make (names: (string * string) list) (bounds: ConstantPredictions.Bounds) (statistics: MetricStatistics list) = [
        for own in statistics do
            if not own.Estimates.IsEmpty then
                let best = Answers.bestOf own |> Option.map fst
                {
                    Metric = own.Metric
                    Rows = [
                        for label, name in names ->
                            let isWorse =
                                match Map.tryFind label own.Comparisons with
                                | Some comparison -> comparison.IsSignificant && comparison.Gain < 0.0
                                | None -> false
                            {
                                Label = name
                                Estimate = Map.tryFind label own.Estimates
                                IsBest = own.Estimates.Count > 1 && best = Some label
                                IsWorse = isWorse || own.Constant.Contains label
                            }
                    ]
                    Constant = Map.tryFind own.Metric.Name bounds
                }
    ]

    /// The ends of the axis, and its ticks at multiples of 1, 2 or 5 times a power of ten.
    let private axis (plot: IntervalPlot) =
        let values = [
            for row in plot.Rows do
                match row.Estimate with
                | Some estimate ->
                    estimate.Mean
                    match estimate.Interval with
                    | Ok(low, high) ->
                        low
                        high
                    | Error _ -> ()
                | None -> ()
            yield! Option.toList plot.Constant
        ]
        let low, high = List.min values, List.max values
        let span = max (high - low) 0.01
        let low, high = low - 0.04 * span, high + 0.04 * span
        let step =
            let rough = (high - low) / 3.0
            let power = 10.0 ** floor (log10 rough)
            [ 1.0; 2.0; 5.0; 10.0 ]
            |> List.map (fun factor -> factor * power)
            |> List.find (fun step -> step >= rough - 1e-9)
        // A tick at an end would be cut off.
        let margin = 0.02 * (high - low)
        low,
        high,
        [
            for tick in ceil ((low + margin) / step) .. floor ((high - margin) / step) -> tick * step
        ]

    let private described (plot: IntervalPlot) =
        [
            for row in plot.Rows do
                match row.Estimate with
                | Some {
                           Mean = mean
                           Interval = Ok(low, high)
                       } -> $"{row.Label} {Text.score mean} ({Text.score low} to {Text.score high})"
                | Some { Mean = mean } -> $"{row.Label} {Text.score mean}"
                | None -> ()
        ]
        |> String.concat "; "

    let private lane share (row: PlottedRow) =
        let kind =
            if row.IsBest then "lane best"
            elif row.IsWorse then "lane worse"
            else "lane"
        let marks =
            match row.Estimate with
            | None -> []
            | Some estimate -> [
                match estimate.Interval with
                | Ok(low, high) ->
                    div [
                        _class "whisker"
                        _style $"left:{share low}%%;right:calc(100%% - {share high}%%)"
                    ] []
                | Error _ -> ()
                div [ _class "dot"; _style $"left:{share estimate.Mean}%%" ] []
              ]
        div [ _class kind; _title row.Label ] [ span [ _class "name" ] [ str row.Label ]; div [ _class "track" ] marks ]

    /// The plot as HTML: a line for each row with a dot for the mean and a bar for the interval.
    let private figure (plot: IntervalPlot) =
        let low, high, ticks = axis plot
        let share (value: float) =
            (100.0 * (value - low) / (high - low)).ToString("0.##", CultureInfo.InvariantCulture)
        let arrow = if plot.Metric.LowerIsBetter then " ↓" else ""
        Giraffe.ViewEngine.HtmlElements.figure [ _class "intervals" ] [
            figcaption [] [ str (plot.Metric.Name + arrow) ]
            div [
                attr "role" "img"
                attr "aria-label" $"{plot.Metric.Name} with 95 %% confidence intervals: {described plot}."
            ] [
                for row in plot.Rows do
                    lane share row
                div [ _class "lane axis" ] [
                    span [ _class "name" ] []
                    div [ _class "track" ] [
                        for tick in ticks do
                            span [ _class "tick"; _style $"left:{share tick}%%" ] [ str (text tick) ]
                        match plot.Constant with
                        | Some value -> div [ _class "constant"; _style $"left:{share value}%%" ] []
                        | None -> ()
                    ]
                ]
            ]
        ]

    /// The plots beside each other, with a sentence on how to read them. Empty without finished trials.
    let write (plots: IntervalPlot list) = [
        if not plots.IsEmpty then
            let longest = [ for row in plots.Head.Rows -> row.Label.Length ] |> List.max
            let hasConstant = plots |> List.exists _.Constant.IsSome
            div [ _class "all-intervals"; _style $"--names:{min 34 longest / 2 + 1}em" ] [
                for plot in plots -> figure plot
            ]
            let any is =
                plots |> List.collect _.Rows |> List.exists is
            let hasNoInterval (row: PlottedRow) =
                match row.Estimate with
                | Some estimate -> estimate.Interval.IsError
                | None -> false
            let reading =
                [
                    let isPooled (row: PlottedRow) =
                        row.Estimate |> Option.exists (fun estimate -> estimate.Folds > 1)
                    let over = if any isPooled then "seeds" else "trials"
                    $"Dot: mean over {over}. Bar: 95 %% confidence interval."
                    if any _.IsBest then
                        "Blue: best row."
                    if any _.IsWorse then
                        "Hollow: significantly worse than the reference row, or no better than a constant prediction."
                    if hasConstant then
                        "Dashed line: best constant prediction."
                    if any hasNoInterval then
                        "No bar: the row has no confidence interval; the comparisons below give the reason."
                ]
                |> String.concat " "
            p [ _class "reading" ] [ str reading ]
    ]
