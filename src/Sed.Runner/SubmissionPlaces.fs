/// The places of a submission's array jobs. The trials of a later rung of a search are known only when the rung begins.
module internal Sed.Runner.SubmissionPlaces

open System.Collections.Generic
open Sed

/// A place in an array job: a trial or, after the first rung of a search, a row and seed that are not known yet.
type Place = {
    Name: string
    /// Identifies the place among the places of all submissions.
    Key: string
    /// The place's key before its trial was known; None for trials that are known from the start.
    FormerKey: string option
    /// The epoch after which the training of the place's trial is paused; None to train the trial to the end.
    PauseAfter: int option
    IsOpen: bool
} with

    /// The key of the place and, if it has one, its former key.
    member place.Keys = place.Key :: Option.toList place.FormerKey

/// The number of trials of each row.
let private perRow (plan: Plan) =
    plan.Trials.Length / max 1 plan.Variants.Length

/// The rungs with the index `index`, one for each bracket that has such a rung, each with its number of places. The
/// numbers of places do not depend on whether the trials are known yet.
let private rungsOf (plan: Plan) index = [
    for bracket in plan.Brackets do
        match List.tryItem index bracket.Rungs with
        | Some rung -> rung, rung.Rows * perRow plan
        | None -> ()
]

/// The provisional names and keys of a plan's places in a rung of its search, and the epochs of the rung. Names and keys
/// are used until the trials of these places are known.
let private unknown (plan: Plan) index = [
    let key = Plan.key [ plan ]
    for rung, count in rungsOf plan index do
        for place in 1..count do
            $"{plan.Experiment.Name}, rung {index + 1}, place {place}",
            $"{key} {rung.Epochs} {index + 1} {place}",
            rung.Epochs
]

let private mostRungs (plans: Plan list) =
    [
        for plan in plans do
            for bracket in plan.Brackets do
                bracket.Rungs.Length
    ]
    |> List.fold max 1

/// The trials that a cluster job trains.
type Part =
    /// A plan reduced to some of its trials.
    | Trials of Plan
    /// Trials of a rung of a search.
    | RungJobs of Plan * SearchJob list

/// The trials with the given numbers, which count from 1. In the first rung, the numbers count all trials in the order
/// of the script; in a later rung, they count only the trials of the searches that have this rung. If an earlier rung
/// of one of these searches is not complete, the error lists the trials that must be trained first.
let part (numbers: TrialNumbers) (searchOf: Plan -> SearchState) (plans: Plan list) : Result<Part list, Trial list> =
    let chosen = set numbers.Numbers
    let numbered = [
        for plan in plans do
            if plan.Brackets.IsEmpty then
                let trials = if numbers.Rung = 0 then Plan.allTrials plan else []
                plan, trials.Length, Ok(List.map Choice1Of2 trials)
            else
                let entrants =
                    (searchOf plan).Entrants numbers.Rung |> Result.map (List.map Choice2Of2)
                plan, List.sumBy snd (rungsOf plan numbers.Rung), entrants
    ]
    let parts, _ =
        numbered
        |> List.mapFold
            (fun first (plan, count, places) ->
                let own = [
                    for index in 0 .. count - 1 do
                        if chosen.Contains(first + index) then
                            index
                ]
                let part =
                    match places with
                    | Error missing -> if own.IsEmpty then Ok [] else Error missing
                    | Ok places ->
                        let places = List.toArray places
                        let own = [ for index in own -> places[index] ]
                        let trials =
                            own
                            |> List.choose (function
                                | Choice1Of2 trial -> Some trial
                                | _ -> None)
                        let jobs =
                            own
                            |> List.choose (function
                                | Choice2Of2 job -> Some job
                                | _ -> None)
                        Ok [
                            if not trials.IsEmpty then
                                Trials {
                                    plan with
                                        Trials = trials
                                        Retrained = []
                                        Needed = plan.Trials @ plan.Retrained @ plan.Needed
                                }
                            if not jobs.IsEmpty then
                                RungJobs(plan, jobs)
                        ]
                part, first + count)
            1
    let missing =
        parts
        |> List.collect (function
            | Error missing -> missing
            | Ok _ -> [])
    if missing.IsEmpty then
        Ok(List.collect (Result.defaultValue []) parts)
    else
        Error missing

let private keyOf (trial: Trial) =
    Specification.identityKey trial.Specification

/// The places of the rung with the index `index`, in the order in which `part` numbers them. A place is open if its
/// trial is not known yet or must still be trained in this rung; with `retryFailed`, also if its trial has failed. All
/// trials of a corpus that was never prepared are open.
let private placesOf out retryFailed (plans: Plan list) (index: int) : Place list = [
    for plan in plans do
        if plan.Brackets.IsEmpty then
            if index = 0 then
                for trial in Plan.allTrials plan do
                    {
                        Name = trial.Name
                        Key = keyOf trial
                        FormerKey = None
                        PauseAfter = None
                        IsOpen =
                            match
                                PreparedCorpora.trialFolder out trial.Specification
                                |> Option.map TrialFolder.state
                            with
                            | Some(Finished _) -> false
                            | Some(Failed _) -> retryFailed
                            | _ -> true
                    }
        else
            let search = SearchState(plan, PreparedCorpora.trialFolder out)
            let isFailed (trial: Trial) =
                match PreparedCorpora.trialFolder out trial.Specification with
                | Some folder -> (TrialFolder.state folder).IsFailed
                | None -> false
            let unknown = unknown plan index
            match search.Entrants index with
            | Ok jobs ->
                let due = HashSet search.Due
                for (_, key, _), job in List.zip unknown jobs do
                    {
                        Name = job.Trial.Name
                        Key = keyOf job.Trial
                        FormerKey = if index = 0 then None else Some key
                        PauseAfter = job.PauseAfter
                        IsOpen = due.Contains job || (retryFailed && isFailed job.Trial)
                    }
            | Error _ ->
                for name, key, epochs in unknown do
                    {
                        Name = name
                        Key = key
                        FormerKey = None
                        PauseAfter = Some epochs
                        IsOpen = true
                    }
]

/// For each rung with open places: the index of the rung, and its open places with their numbers. A training run that
/// several rows or experiments share up to the same epoch has one place, that of its first trial.
let openPlaces out retryFailed (plans: Plan list) : (int * (int * Place) list) list = [
    for index in 0 .. mostRungs plans - 1 do
        match
            placesOf out retryFailed plans index
            |> List.mapi (fun number place -> number + 1, place)
            |> List.filter (fun (_, place) -> place.IsOpen)
            |> List.distinctBy (fun (_, place) -> place.Key, place.PauseAfter)
        with
        | [] -> ()
        | places -> index, places
]

/// Removes the stored errors of the failed trials in `places`, so that these trials count as unfinished.
let reopen out (plans: Plan list) (places: Place list) =
    let keys = HashSet [ for place in places -> place.Key ]
    for trial in List.collect Plan.allTrials plans do
        if keys.Contains(keyOf trial) then
            PreparedCorpora.trialFolder out trial.Specification
            |> Option.iter TrialFolder.reopen

/// The keys, including former keys, of all open places.
let openKeys out retryFailed (plans: Plan list) : string seq =
    seq {
        for _, places in openPlaces out retryFailed plans do
            for _, place in places do
                yield! place.Keys
    }
