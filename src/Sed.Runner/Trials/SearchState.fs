namespace Sed.Runner

open System.Collections.Generic
open Sed
open Sed.Core.Runtime.Keys

/// A trial that a rung of a search needs, and the epoch after which it pauses; None to train it to the end.
type internal SearchJob = { Trial: Trial; PauseAfter: int option }

/// A rung of a bracket whose trials have all been trained.
type internal CompletedRung = {
    /// The index of the bracket.
    Bracket: int
    /// The index of the rung within its bracket.
    Index: int
    Rung: Rung
    /// The rows from best to worst, with the early-stopping criterion after the epochs of the rung: its best value so far
    /// (with `keepLast`, the last one), averaged over the row's trials. Minus infinity if a trial has failed.
    Ranking: (Variant * float) list
}

/// The state of a search, computed from the stored epochs of its trials. It does not depend on the order in which the trials
/// were trained, or on how far other experiments have trained them. Every process therefore finds the same rows for each
/// rung, and nothing else about a search is stored.
/// folderOf: the folder of a trial; None if it is unknown, because the corpus was never prepared.
type internal SearchState(plan: Plan, folderOf: Specification -> string option) =
    let known = Dictionary<string, TrialState>()
    let trialsOf =
        let byRow = plan.Trials |> List.groupBy _.Variant.Label |> Map
        fun (variant: Variant) -> byRow[variant.Label]

    let read folder =
        match TrialFolder.state folder with
        | Open ->
            match TrialFolder.pause folder with
            | Some pause -> Stopped pause
            | None -> Open
        | state -> state

    /// The state of a trial's folder; `Stopped` if the trial is paused. Epochs are never removed, so a state for which
    /// `isEnough` returns true is not read again.
    let stateOf isEnough (trial: Trial) =
        match folderOf trial.Specification with
        | None -> Open
        | Some folder ->
            match known.TryGetValue folder with
            | true, state when isEnough state -> state
            | _ ->
                let state = read folder
                known[folder] <- state
                state

    let pauseOf (result: TrialResult) : TrialPause = {
        Key = result.Key
        Parameters = result.Parameters
        MultiplyAccumulates = result.MultiplyAccumulates
        History = result.History
    }

    /// The logged epochs of a trial.
    let epochsOf (trial: Trial) =
        match folderOf trial.Specification with
        | Some folder -> TrialFolder.epochs folder
        | None -> []

    /// The early-stopping criterion of a trial after `epochs` epochs or, in the last rung, at the end of its training.
    /// Minus infinity if the trial failed before; None if it must be trained for longer first.
    let criterion isLast epochs (trial: Trial) =
        let after (history: EpochResult list) =
            SearchState.Criterion(trial, List.truncate epochs history)
        let isEnough state =
            match state with
            | Finished _ -> true
            | Stopped pause -> not isLast && pause.History.Length >= epochs
            | Failed _
            | Open -> false
        match stateOf isEnough trial with
        | Finished result -> Some(after result.History)
        | Stopped pause when not isLast && pause.History.Length >= epochs -> Some(after pause.History)
        | Failed _ ->
            let history = epochsOf trial
            // The trial may have failed after this rung.
            Some(
                if not isLast && history.Length >= epochs then
                    after history
                else
                    -infinity
            )
        | Stopped _
        | Open -> None

    let isLast (bracket: Bracket) index = index = bracket.Rungs.Length - 1

    /// Follows a bracket up to the first rung with trials that must be trained. Returns the completed rungs, and the
    /// index, the rows and the trials to train of this first unfinished rung.
    let follow number (bracket: Bracket) =
        let rec from index (rows: Variant list) completed =
            let rung = bracket.Rungs[index]
            let isLast = isLast bracket index
            let scored = [
                for row in rows -> row, [ for trial in trialsOf row -> trial, criterion isLast rung.Epochs trial ]
            ]
            let missing = [
                for _, own in scored do
                    for trial, value in own do
                        if value.IsNone then
                            trial
            ]
            if missing.IsEmpty then
                let ranking =
                    scored
                    |> List.map (fun (row, own) -> row, own |> List.averageBy (snd >> Option.get))
                    // Rows with the same value keep the order of the table.
                    |> List.sortBy (fun (_, value) -> -value)
                let completed =
                    {
                        Bracket = number
                        Index = index
                        Rung = rung
                        Ranking = ranking
                    }
                    :: completed
                if isLast then
                    List.rev completed, index + 1, [], []
                else
                    let kept =
                        ranking
                        |> List.truncate bracket.Rungs[index + 1].Rows
                        |> List.map fst
                        |> HashSet
                    from (index + 1) (List.filter kept.Contains rows) completed
            else
                List.rev completed, index, rows, missing
        from 0 bracket.Variants []

    let job (bracket: Bracket) index trial = {
        Trial = trial
        PauseAfter =
            if isLast bracket index then
                None
            else
                Some bracket.Rungs[index].Epochs
    }

    let brackets () =
        plan.Brackets
        |> List.mapi (fun number bracket -> bracket, follow number bracket)

    /// The criterion by which rows are compared, from the epochs of a trial: the best value of the early-stopping monitor
    /// or, with `keepLast`, its last value.
    static member Criterion(trial: Trial, history: EpochResult list) : float =
        let monitors = [ for epoch in history -> epoch.Monitor ]
        if trial.Specification.Training.Options.KeepsLastEpoch then
            List.last monitors
        else
            List.max monitors

    /// The completed rungs of all brackets.
    member _.Completed: CompletedRung list = [
        for _, (completed, _, _, _) in brackets () do
            yield! completed
    ]

    /// The trials that must be trained in the current rung of each bracket. Empty if the search has ended.
    member _.Due: SearchJob list = [
        for bracket, (_, index, _, missing) in brackets () do
            for trial in missing do
                job bracket index trial
    ]

    /// The trials of all brackets in the rung with the given index. If an earlier rung is not complete, the error lists the
    /// trials that must be trained first.
    member _.Entrants(index: int) : Result<SearchJob list, Trial list> =
        let brackets = brackets ()
        let missing = [
            for bracket, (_, current, _, missing) in brackets do
                if current < index && index < bracket.Rungs.Length then
                    yield! missing
        ]
        if not missing.IsEmpty then
            Error missing
        else
            Ok [
                for bracket, (completed, current, rows, _) in brackets do
                    if index < bracket.Rungs.Length then
                        let rows =
                            if current = index then
                                rows
                            else
                                let took = completed |> List.find (fun rung -> rung.Index = index)
                                let all = HashSet(List.map fst took.Ranking)
                                List.filter all.Contains bracket.Variants
                        for row in rows do
                            for trial in trialsOf row do
                                job bracket index trial
            ]

    /// The states of all trials after the end of the search, in the order of the plan.
    member _.States: (Trial * TrialState) list =
        let lastRung =
            Map [
                for bracket, (completed, _, _, _) in brackets () do
                    for rung in completed do // later rungs replace earlier ones
                        for row, _ in rung.Ranking do
                            row.Label, (bracket, rung.Index)
            ]
        let cut epochs (pause: TrialPause) = {
            pause with
                History = List.truncate epochs pause.History
        }
        [
            for trial in plan.Trials ->
                trial,
                match Map.tryFind trial.Variant.Label lastRung with
                | None -> Open
                | Some(bracket, index) ->
                    let epochs = bracket.Rungs[index].Epochs
                    match stateOf _.IsFinished trial with
                    | Finished result when not (isLast bracket index) -> Stopped(cut epochs (pauseOf result))
                    | Stopped pause -> Stopped(cut epochs pause)
                    | Failed failure ->
                        // A trial that another experiment trains further may fail after this search has stopped it.
                        let history = epochsOf trial
                        if isLast bracket index || history.Length < epochs then
                            Failed failure
                        else
                            Stopped {
                                Key = CanonicalKey.Text(Specification.key trial.Specification)
                                Parameters = 0L
                                MultiplyAccumulates = 0L
                                History = List.truncate epochs history
                            }
                    | state -> state
        ]
