namespace Sed.Runner

open System

/// The state of a trial's training run.
type internal TrainingState =
    | Ended
    | InProgress
    | NotBegun

/// What is known about the time of a trial's training run.
type internal TrainingTime = {
    /// Identifies the row of the trial. It is equal for trials that differ only in the seed.
    Row: string
    /// The maximum number of epochs.
    MaxEpochs: int
    /// The number of completed epochs.
    Epochs: int
    /// The training time of the completed epochs in seconds.
    Seconds: float
    State: TrainingState
}

/// Estimates the remaining time of a run.
module internal TimeLeft =
    // Number of trials of full length that count as finished in addition to the finished ones. The trials that finish
    // first are those that stop early, so the mean length of the finished trials alone is too short.
    let private assumedTrials = 2.0

    let private averageOr fallback (values: float list) =
        if values.IsEmpty then fallback else List.average values

    /// The mean of the values and of an expected value that counts as much as `weight` values.
    let private shrunk weight expected (values: float list) =
        (List.sum values + weight * expected) / (float values.Length + weight)

    /// The remaining time in words if `jobs` trials run at a time; empty before the first epoch. The numbers of epochs
    /// of finished trials show how early training stops. Without a finished trial, the time is an upper limit.
    let print (jobs: int) (trainings: TrainingTime list) =
        let timed =
            trainings |> List.filter (fun own -> own.Epochs > 0 && own.Seconds > 0.0)
        let ended = timed |> List.filter (fun own -> own.State = Ended)
        if timed.IsEmpty || trainings |> List.forall (fun own -> own.State = Ended) then
            ""
        else
            let ofRow row own =
                own |> List.filter (fun other -> other.Row = row)
            let share own = [ for other in own -> float other.Epochs / float other.MaxEpochs ]
            let pace own = [ for other in own -> other.Seconds / float other.Epochs ]
            let overallShare = shrunk assumedTrials 1.0 (share ended)
            let overallPace = List.average (pace timed)
            /// The expected time of a whole training run.
            let expected own =
                let epochs =
                    shrunk 1.0 overallShare (share (ofRow own.Row ended)) * float own.MaxEpochs
                let seconds =
                    if own.Epochs > 0 && own.Seconds > 0.0 then
                        own.Seconds / float own.Epochs
                    else
                        averageOr overallPace (pace (ofRow own.Row timed))
                epochs * seconds
            let left own =
                match own.State with
                | Ended -> 0.0
                | InProgress -> max 0.0 (expected own - own.Seconds)
                | NotBegun -> expected own
            let seconds = [ for own in trainings -> left own ]
            let seconds = max (List.max seconds) (List.sum seconds / float jobs)
            let word = if ended.IsEmpty then "at most" else "about"
            $"{word} {Duration.print (TimeSpan.FromSeconds seconds)} left"
