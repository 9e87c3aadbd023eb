/// The table of an experiment.
module internal Sed.Runner.Table

open System
open System.Globalization
open Sed

let private number (value: float) =
    value.ToString("F3", CultureInfo.InvariantCulture)

// All marks have the same width, so that digits are aligned.
let private best = " *"
let private alike = " ≈"
let private constant = " ○"
let private withoutVerdict = " ?"
let private unmarked = "  "

let private mark (statistics: MetricStatistics) row =
    if statistics.Constant.Contains row then
        constant
    elif statistics.Estimates.Count < 2 then
        ""
    elif statistics.Reference = Some row then
        best
    else
        match Map.tryFind row statistics.Comparisons with
        | Some { Verdict = Error _ } -> withoutVerdict
        | Some comparison when not comparison.IsSignificant -> alike
        | _ -> unmarked

let private missing (statistics: MetricStatistics) =
    if statistics.Estimates.Count < 2 then
        "-"
    else
        "-" + unmarked

let private cell (statistics: MetricStatistics) row =
    match Map.tryFind row statistics.Estimates with
    | None -> missing statistics
    | Some estimate ->
        let deviation =
            match estimate.Deviation with
            | Some deviation -> $" ± {number deviation}"
            | None -> ""
        number estimate.Mean + deviation + mark statistics row

/// The number of a row's finished trials, and the numbers of trials that learnt nothing or failed.
let private trialsCell (hasLearnt: Trial -> bool) (states: (Trial * TrialState) list) variant =
    let own = states |> List.filter (fun (trial, _) -> trial.Variant = variant)
    let finished = own |> List.filter (snd >> _.IsFinished)
    let failed = own |> List.filter (snd >> _.IsFailed) |> List.length
    let idle = finished |> List.filter (fst >> hasLearnt >> not) |> List.length
    [
        string finished.Length
        if idle > 0 then
            $"learnt nothing: {idle}"
        if failed > 0 then
            $"failed: {failed}"
    ]
    |> String.concat ", "

/// The plan's rows. If they are sorted by a metric, the best row is first and rows without a finished trial are last.
let private ordered (plan: Plan) (statistics: MetricStatistics list) =
    match statistics |> List.tryFind (fun own -> Some own.Metric = plan.Experiment.Sorted) with
    | None -> plan.Variants
    | Some own ->
        plan.Variants
        |> List.sortBy (fun variant ->
            match Map.tryFind variant.Label own.Estimates with
            | Some estimate ->
                if own.Metric.LowerIsBetter then
                    estimate.Mean
                else
                    -estimate.Mean
            | None -> infinity)

/// The published systems, which are shown below the rows because their scores are from different data. If rows are
/// sorted by a metric, the best system is first.
let private orderedOthers (plan: Plan) =
    match plan.Experiment.Sorted with
    | None -> plan.Experiment.Others
    | Some metric ->
        plan.Experiment.Others
        |> List.sortBy (fun (_, cells) ->
            match cells |> List.tryFind (fst >> (=) metric) with
            | Some(_, value) -> if metric.LowerIsBetter then value else -value
            | None -> infinity)

let private thousands (count: float) =
    if count < 1e6 then
        count.ToString("N0", CultureInfo.InvariantCulture)
    else
        (count / 1e6).ToString("#,0.0", CultureInfo.InvariantCulture) + " M"

/// A column of costs: its heading, and its cell for a row's finished trials.
let private cost (column: Column) =
    let mean (value: FinishedTrial -> float) format (trials: FinishedTrial list) =
        match trials |> List.map value |> List.filter Double.IsFinite with
        | [] -> "-"
        | values -> format (List.average values)
    match column with
    | Parameters ->
        "parameters",
        mean (fun one -> float one.Result.Parameters) (fun count -> count.ToString("N0", CultureInfo.InvariantCulture))
    | MultiplyAccumulates -> "MAC per s of audio", mean _.MultiplyAccumulatesPerSecond thousands
    | TrainingTime -> "training", mean _.TrainingSeconds (TimeSpan.FromSeconds >> Duration.print)

/// The number of trainable parameters of each row's network.
let private parameters (states: (Trial * TrialState) list) =
    Map [
        for trial, state in states do
            match state with
            | Finished result -> trial.Variant.Label, result.Parameters
            | Failed _
            | Open -> ()
    ]

let private comparisonLegend (plan: Plan) (statistics: MetricStatistics list) =
    if statistics |> List.forall (fun statistics -> statistics.Comparisons.IsEmpty) then
        []
    else
        let star, family =
            match plan.Experiment.Against with
            | Some row when statistics |> List.exists _.Constant.Contains(row) ->
                $"*: reference row ({row}; for metrics in which it is no better than a constant prediction, the best row)",
                "Holm correction"
            | Some row -> $"*: reference row ({row})", "Holm correction"
            | None -> "*: best row", "Holm correction for all pairs of rows"
        let compared = [
            for own in statistics do
                for KeyValue(row, comparison) in own.Comparisons do
                    if not (own.Constant.Contains row) then
                        comparison
        ]
        let ofNetworks = compared |> List.exists _.IsOfNetworks
        let over = if ofNetworks then "clips" else "clips and training runs"
        let reasons =
            compared
            |> List.choose (fun comparison ->
                match comparison.Verdict with
                | Error why -> Some why
                | Ok _ -> None)
            |> List.distinct
        [
            $"{star}. ≈: does not differ significantly from it (t-test with a bootstrap over {over}, {family}, 5 %%)."
            if ofNetworks then
                "Rows with one trial: a row without a mark differs significantly from the reference row on these clips. This compares two networks; further training runs with the same settings may not differ."
            if not reasons.IsEmpty then
                $"""?: could not be compared, because {String.concat "; or " reasons}."""
        ]

/// The scores of the best constant prediction, and the mark of rows that are no better.
let private constantLegend (bounds: ConstantPredictions.Bounds) (statistics: MetricStatistics list) idle = [
    let best =
        [
            for { Metric = metric } in statistics do
                match Map.tryFind metric.Name bounds with
                | Some bound -> $"{metric.Name} {number bound}"
                | None -> ()
        ]
        |> String.concat ", "
    if not idle && statistics |> List.forall _.Constant.IsEmpty then
        if best <> "" then
            $"The best constant prediction, which predicts the same classes for every clip, has {best}."
    else
        let best = if best = "" then "" else $"; the best one has {best}"
        "○: no better than a constant prediction, which predicts the same classes for every clip (none, the most frequent or all"
        + $"{best}). A row with this mark is not used as the reference row."
    if idle then
        "Learnt nothing: no better than a constant prediction in any metric, for example because training diverged or was too short."
]

/// One table row for each of the plan's rows: mean and standard deviation over trials, the comparison with the
/// reference row, and published scores.
let view
    (plan: Plan)
    (finished: FinishedTrial list)
    (statistics: MetricStatistics list)
    (states: (Trial * TrialState) list)
    notes
    : TableView =
    let idle =
        set [
            for one in finished do
                if not one.HasLearnt then
                    one.Trial.Name
        ]
    let hasLearnt (trial: Trial) = not (idle.Contains trial.Name)
    let axes = ResultFrame.axes plan.Variants
    let named =
        axes.IsEmpty
        || not plan.Experiment.Others.IsEmpty
        || plan.Variants |> List.exists (fun variant -> variant.Name <> "")
    let anyPublished metric =
        plan.Variants
        |> List.exists (fun variant -> (Plan.published plan variant metric).IsSome)
        || plan.Experiment.Others
           |> List.exists (fun (_, cells) -> List.exists (fst >> (=) metric) cells)
    let parameters = parameters states
    let severalSizes =
        not (List.contains Parameters plan.Experiment.Columns)
        && parameters |> Map.values |> Seq.distinct |> Seq.length > 1
    let costs = List.map cost plan.Experiment.Columns
    let trialsOf (variant: Variant) =
        finished |> List.filter (fun one -> one.Trial.Variant = variant)
    let trials = if plan.Experiment.Folds > 0 then "trials" else "seeds"
    {
        Title = $"{plan.Experiment.Name}: {plan.Experiment.Title}"
        Headings = [
            if named then
                { Text = "row"; Number = false }
            for axis in axes do
                { Text = axis; Number = true }
            for { Metric = metric; Letters = letters } in statistics do
                {
                    Text = metric.Name + (if metric.LowerIsBetter then " ↓" else "")
                    Number = true
                }
                if not letters.IsEmpty then
                    { Text = "group"; Number = false }
                if anyPublished metric then
                    { Text = "published"; Number = true }
            if severalSizes then
                { Text = "parameters"; Number = true }
            for heading, _ in costs do
                { Text = heading; Number = true }
            { Text = trials; Number = true }
        ]
        Rows = [
            for variant in ordered plan statistics do
                [
                    if named then
                        if axes.IsEmpty then variant.Label else variant.Name
                    for axis in axes do
                        variant.Coordinates
                        |> List.tryFind (fun (name, _) -> name = axis)
                        |> Option.map snd
                        |> Option.defaultValue "-"
                    for own in statistics do
                        cell own variant.Label
                        if not own.Letters.IsEmpty then
                            Map.tryFind variant.Label own.Letters
                            |> Option.map (String.concat "")
                            |> Option.defaultValue "-"
                        if anyPublished own.Metric then
                            Plan.published plan variant own.Metric
                            |> Option.map number
                            |> Option.defaultValue "-"
                    if severalSizes then
                        match Map.tryFind variant.Label parameters with
                        | Some count -> count.ToString("N0", CultureInfo.InvariantCulture)
                        | None -> "-"
                    for _, cell in costs do
                        cell (trialsOf variant)
                    trialsCell hasLearnt states variant
                ]
            for name, cells in orderedOthers plan do
                [
                    name
                    for _ in axes do
                        "-"
                    for { Metric = metric } as own in statistics do
                        missing own
                        if not own.Letters.IsEmpty then
                            "-"
                        if anyPublished metric then
                            cells
                            |> List.tryFind (fst >> (=) metric)
                            |> Option.map (snd >> number)
                            |> Option.defaultValue "-"
                    if severalSizes then
                        "-"
                    for _ in costs do
                        "-"
                    "-"
                ]
        ]
        Notes =
            comparisonLegend plan statistics
            @ (match finished with
               | first :: _ -> constantLegend first.Bounds statistics (not idle.IsEmpty)
               | [] -> [])
            @ notes
    }
