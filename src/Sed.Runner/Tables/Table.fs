/// The table of an experiment.
module internal Sed.Runner.Table

open System
open System.Globalization
open Sed

/// The number of a row's repetitions, followed by the numbers of repetitions that learnt nothing, of incomplete repetitions
/// and of failed trials. `areSeeds`: whether the column counts seeds; otherwise, rows that pool folds state the number of
/// folds.
let private trialsCell (plan: Plan) (own: Repetition list) (states: (Trial * TrialState) list) areSeeds variant =
    let failed =
        states
        |> List.filter (fun (trial, state) -> trial.Variant = variant && state.IsFailed)
        |> List.length
    let pools = Repetition.pools plan variant states
    let incomplete = pools |> List.filter Repetition.isIncomplete |> List.length
    let idle = own |> List.filter (_.HasLearnt >> not) |> List.length
    [
        if areSeeds || pools.IsEmpty then
            string own.Length
        else
            $"{own.Length} of {pools.Head.Length} folds each"
        if idle > 0 then
            $"learnt nothing: {idle}"
        if incomplete > 0 then
            $"incomplete: {incomplete}"
        if failed > 0 then
            let what = if pools.IsEmpty then "failed" else "failed folds"
            $"{what}: {failed}"
    ]
    |> String.concat ", "

/// The plan's rows in the order of the table. The rows of a search are ordered by how far they were trained. If the
/// table is sorted by a metric, the best row is first and rows without a score are last.
let ordered (plan: Plan) (states: (Trial * TrialState) list) (statistics: MetricStatistics list) =
    let variants =
        if plan.Brackets.IsEmpty then
            plan.Variants
        else
            SearchTable.order (SearchTable.trainings plan states) plan.Variants
    match statistics |> List.tryFind (fun own -> Some own.Metric = plan.Experiment.Sorted) with
    | None -> variants
    | Some own ->
        variants
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

/// A column of costs: its heading, and its cell for a row's trials.
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
            | Stopped pause when pause.Parameters > 0L -> trial.Variant.Label, pause.Parameters
            | Stopped _
            | Failed _
            | Open -> ()
    ]

/// The settings that have the same value in all rows. They are stated once, below the table.
let private shared (variants: Variant list) (axes: string list) = [
    for axis in axes do
        let values = [
            for variant in variants -> variant.Coordinates |> List.tryFind (fst >> (=) axis)
        ]
        match List.distinct values with
        | [ Some(_, value) ] when values.Length > 1 -> axis, value
        | _ -> ()
]

/// Whether all values of an axis are numbers.
let private isNumeric (variants: Variant list) axis =
    variants
    |> List.collect _.Coordinates
    |> List.forall (fun (name, value) -> name <> axis || fst (Double.TryParse(value, CultureInfo.InvariantCulture)))

/// The kind of a column.
type private ColumnKind =
    | Label
    /// A column of the metric with this index.
    | Score of metric: int
    | Published
    | Cost
    | Trials

/// The columns that a narrow terminal leaves out, in this order: costs from the right, published scores, the number of
/// trials, and metrics from the last one to the second.
let private dispensable (kinds: ColumnKind list) =
    let of' kind = [
        for column, own in List.rev (List.indexed kinds) do
            if own = kind then
                column
    ]
    let metrics =
        kinds
        |> List.choose (function
            | Score metric when metric > 0 -> Some(Score metric)
            | _ -> None)
        |> List.distinct
    List.collect of' (Cost :: Published :: Trials :: List.rev metrics)

/// One table row for each of the plan's rows: mean and standard deviation over repetitions, the comparison with the
/// reference row, and published scores.
let view
    (plan: Plan)
    (repetitions: Repetition list)
    (statistics: MetricStatistics list)
    (states: (Trial * TrialState) list)
    notes
    : TableView =
    let axes = ResultFrame.axes plan.Variants
    let shared = shared plan.Variants axes
    let axes = List.except (List.map fst shared) axes
    // A row that was added by name has no settings to show, so the first column shows its name.
    let named =
        axes.IsEmpty
        || plan.Variants
           |> List.exists (fun variant -> variant.Name <> "" && not variant.Coordinates.IsEmpty)
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
    let repetitionsOf (variant: Variant) =
        repetitions |> List.filter (fun own -> own.Variant = variant)
    let areSeeds = plan.Experiment.Folds = 0 || Repetition.arePooled plan
    let trials = if areSeeds then "seeds" else "trials"
    let trainings = SearchTable.trainings plan states
    let isSearch = not plan.Brackets.IsEmpty
    let columns = [
        if named then
            Label, Heading.TextColumn "row"
        for axis in axes do
            Label,
            (if isNumeric plan.Variants axis then
                 Heading.NumberColumn axis
             else
                 Heading.TextColumn axis)
        for index, { Metric = metric; Letters = letters } in List.indexed statistics do
            let heading = metric.Name + (if metric.LowerIsBetter then " ↓" else "")
            Score index, Heading.NumberColumn heading
            if not letters.IsEmpty then
                Score index, Heading.TextColumn "group"
            if anyPublished metric then
                Published, Heading.NumberColumn $"published {metric.Name}"
        if isSearch then
            for heading in SearchTable.headings plan do
                Label, heading
        if severalSizes then
            Cost, Heading.NumberColumn "parameters"
        for heading, _ in costs do
            Cost, Heading.NumberColumn heading
        Trials, Heading.NumberColumn trials
    ]
    let variants = ordered plan states statistics
    {
        TableView.Plain with
            Title = $"{plan.Experiment.Name}: {plan.Experiment.Title}"
            Headings = List.map snd columns
            Dispensable = dispensable (List.map fst columns)
            Best =
                Set [
                    for index, own in List.indexed statistics do
                        match Answers.bestOf own with
                        | Some(best, _) when own.Estimates.Count > 1 ->
                            List.findIndex (fun (variant: Variant) -> variant.Label = best) variants,
                            List.findIndex (fst >> (=) (Score index)) columns
                        | _ -> ()
                ]
            Rows = [
                for variant in variants do
                    [
                        if named then
                            if axes.IsEmpty then variant.Label else variant.Name
                        for index, axis in List.indexed axes do
                            match variant.Coordinates |> List.tryFind (fst >> (=) axis) with
                            | Some(_, value) -> value
                            | None when index = 0 && not named -> variant.Name
                            | None -> "-"
                        for own in statistics do
                            ScoreCell.print own variant.Label
                            if not own.Letters.IsEmpty then
                                Map.tryFind variant.Label own.Letters
                                |> Option.map (String.concat "")
                                |> Option.defaultValue "-"
                            if anyPublished own.Metric then
                                Plan.published plan variant own.Metric
                                |> Option.map Text.score
                                |> Option.defaultValue "-"
                        if isSearch then
                            yield! SearchTable.cells trainings variant
                        if severalSizes then
                            match Map.tryFind variant.Label parameters with
                            | Some count -> count.ToString("N0", CultureInfo.InvariantCulture)
                            | None -> "-"
                        for _, cell in costs do
                            cell (repetitionsOf variant |> List.collect _.Trials)
                        trialsCell plan (repetitionsOf variant) states areSeeds variant
                    ]
                for name, cells in orderedOthers plan do
                    [
                        name
                        for _ in (if named then axes else List.tail axes) do
                            "-"
                        for { Metric = metric } as own in statistics do
                            ScoreCell.missing own
                            if not own.Letters.IsEmpty then
                                "-"
                            if anyPublished metric then
                                cells
                                |> List.tryFind (fst >> (=) metric)
                                |> Option.map (snd >> Text.score)
                                |> Option.defaultValue "-"
                        if isSearch then
                            "-"
                            "-"
                        if severalSizes then
                            "-"
                        for _ in costs do
                            "-"
                        "-"
                    ]
            ]
            Notes =
                (if shared.IsEmpty then
                     []
                 else
                     let settings = [ for axis, value in shared -> $"{axis} {value}" ]
                     [ $"""All rows: {String.concat ", " settings}.""" ])
                @ TableNotes.definitions plan statistics
                @ TableNotes.comparisonLegend plan statistics
                @ (match repetitions with
                   | first :: _ ->
                       let isIdle = repetitions |> List.exists (_.HasLearnt >> not)
                       TableNotes.constantLegend first.Bounds statistics isIdle
                   | [] -> [])
                @ TableNotes.pooledFolds plan states
                @ SearchTable.notes plan states
                @ notes
    }
