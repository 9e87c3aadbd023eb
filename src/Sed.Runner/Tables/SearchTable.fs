/// The parts of a table that show how far a search has trained each row.
module internal Sed.Runner.SearchTable

open System
open Sed

/// How far a row was trained.
type RowTraining = {
    /// The smallest and the largest number of epochs of the row's trials.
    Epochs: int * int
    /// The early-stopping criterion, averaged over the row's trials; minus infinity if a trial has failed.
    Criterion: float
    /// Whether the search stopped the row before the end of its training.
    IsStopped: bool
}

/// The training of each row of a search, by its label. Rows that have not been trained yet are missing.
let trainings (plan: Plan) (states: (Trial * TrialState) list) : Map<string, RowTraining> =
    let ofTrial (trial: Trial, state: TrialState) =
        let of' (history: EpochResult list) =
            history.Length, SearchState.Criterion(trial, history)
        match state with
        | Finished result -> Some(of' result.History)
        | Stopped pause -> Some(of' pause.History)
        | Failed _ -> Some(0, -infinity)
        | Open -> None
    if plan.Brackets.IsEmpty then
        Map.empty
    else
        Map [
            for variant, own in states |> List.groupBy (fun (trial, _) -> trial.Variant.Label) do
                match List.choose ofTrial own with
                | [] -> ()
                | known ->
                    let epochs =
                        match known |> List.filter (fun (epochs, _) -> epochs > 0) |> List.map fst with
                        | [] -> 0, 0
                        | epochs -> List.min epochs, List.max epochs
                    variant,
                    {
                        Epochs = epochs
                        Criterion = List.averageBy snd known
                        IsStopped = own |> List.exists (snd >> _.IsStopped)
                    }
        ]

/// Sorts the rows: those that were trained to the end first, then by the number of epochs, then by the criterion. Rows
/// with a failed trial do not count as trained to the end.
let order (trainings: Map<string, RowTraining>) (variants: Variant list) =
    variants
    |> List.sortBy (fun variant ->
        match Map.tryFind variant.Label trainings with
        | Some own -> own.IsStopped || Double.IsNegativeInfinity own.Criterion, -(snd own.Epochs), -own.Criterion
        | None -> true, 0, infinity)

/// The headings of the columns, in the order of `cells`.
let headings (plan: Plan) = [
    let monitor = plan.Trials.Head.Specification.Training.Options.Monitor.Summary
    Heading.NumberColumn $"monitor ({monitor})"
    Heading.NumberColumn "epochs"
]

/// The cells of a row.
let cells (trainings: Map<string, RowTraining>) (variant: Variant) = [
    match Map.tryFind variant.Label trainings with
    | Some own ->
        (if Double.IsFinite own.Criterion then
             Text.score own.Criterion
         else
             "-")
        let epochs =
            match own.Epochs with
            | 0, 0 -> "-"
            | least, most when least = most -> string most
            | least, most -> $"{least}–{most}"
        if own.IsStopped then $"{epochs}, stopped" else epochs
    | None ->
        "-"
        "-"
]

/// The number of epochs by which a rung extends the training of each of its trials.
let private added (bracket: Bracket) index =
    bracket.Rungs[index].Epochs
    - (if index = 0 then 0 else bracket.Rungs[index - 1].Epochs)

/// The number of planned epochs of a search, and of the full training of all its rows.
let plannedEpochs (plan: Plan) =
    let perRow = plan.Trials.Length / max 1 plan.Variants.Length
    let ofSearch =
        plan.Brackets
        |> List.sumBy (fun bracket ->
            bracket.Rungs
            |> List.mapi (fun index rung -> rung.Rows * added bracket index)
            |> List.sum)
    let full = (List.last plan.Brackets.Head.Rungs).Epochs * plan.Variants.Length
    perRow * ofSearch, perRow * full

/// Notes on the search, below the table.
let notes (plan: Plan) (states: (Trial * TrialState) list) = [
    if not plan.Brackets.IsEmpty then
        let ofSearch, full = plannedEpochs plan
        let share = round (100.0 * float ofSearch / float full)
        $"The search trains at most {ofSearch} epochs, {share:F0} %% of the {full} epochs that training every row to the end would take."
        if states |> List.exists (snd >> _.IsStopped) then
            "Stopped: not among the best rows of a rung by the early-stopping monitor on the selection clips, averaged over seeds. Stopped rows are not scored and not compared."
]

/// A table of the rungs of a search: the rows, the epochs, and the best row by the early-stopping criterion.
let rungs (plan: Plan) (completed: CompletedRung list) : TableView =
    let name = Variant.byLabel Variant.names plan.Variants
    let perRow = plan.Trials.Length / max 1 plan.Variants.Length
    let isSingle = plan.Brackets.Length = 1
    let lines, _ =
        completed
        |> List.mapFold
            (fun spent rung ->
                let bracket = plan.Brackets[rung.Bracket]
                let spent = spent + perRow * rung.Rung.Rows * added bracket rung.Index
                let best, value = rung.Ranking.Head
                [
                    if not isSingle then
                        string (rung.Bracket + 1)
                    string (rung.Index + 1)
                    string rung.Rung.Rows
                    string rung.Rung.Epochs
                    string spent
                    (if Double.IsFinite value then Text.score value else "-")
                    name best.Label
                ],
                spent)
            0
    {
        TableView.Plain with
            Title = "Rungs of the search"
            Headings = [
                if not isSingle then
                    Heading.NumberColumn "bracket"
                Heading.NumberColumn "rung"
                Heading.NumberColumn "rows"
                Heading.NumberColumn "epochs each"
                Heading.NumberColumn "epochs so far"
                Heading.NumberColumn "best monitor"
                Heading.TextColumn "best row"
            ]
            Rows = lines
            Notes = [
                "Epochs so far: the maximum number of epochs of all trials together. A trial that stops early (patience) needs fewer."
            ]
    }
