namespace Sed

/// The label of a row of the same experiment or of another experiment of the script.
type RowName = {
    /// The name of the other experiment; empty for a row of the same experiment.
    Experiment: string
    Row: string
} with

    override name.ToString() =
        if name.Experiment = "" then
            $"'{name.Row}'"
        else
            $"'{name.Row}' of {name.Experiment}"

/// How a teacher's frame probabilities become a student's frame labels.
type FrameLabels =
    /// 1 where the probability reaches the threshold, 0 elsewhere.
    | Hard of threshold: float
    /// The probability itself.
    | Soft

/// How a row uses the trials of other rows with the same seed: for pseudo-labels or as an ensemble.
type OtherRows =
    /// Pseudo strong labels: the strong output is trained on a teacher's frame labels instead of the clip's tags, which
    /// are otherwise repeated for every frame. From the second round on, the teacher is the student of the previous
    /// round.
    | PseudoLabels of teacher: RowName * frames: FrameLabels * rounds: int
    /// The mean of the probabilities of other rows' networks, which may have different features. Nothing is trained.
    | Ensemble of RowName list

module OtherRows =
    let printFrames frames =
        match frames with
        | Hard threshold -> $"hard at {Text.number threshold}"
        | Soft -> "soft"

    /// The name of this setting, as a heading of tables, and its value, as the text of a table cell.
    let print rows =
        match rows with
        | PseudoLabels(teacher, frames, 1) -> "pseudo-labels", $"of {teacher}, {printFrames frames}"
        | PseudoLabels(teacher, frames, rounds) ->
            "pseudo-labels", $"of {teacher}, {printFrames frames}, {rounds} rounds"
        | Ensemble rows -> "ensemble of", rows |> List.map string |> String.concat ", "

    /// Maximum number of rounds. Each round trains a network.
    [<Literal>]
    let internal MostRounds = 100

    /// Problems of the setting itself. Whether the rows that it names exist and can be used is checked in RowTrials.
    let problems rows = [
        match rows with
        | PseudoLabels(_, frames, rounds) ->
            if rounds < 1 || rounds > MostRounds then
                Problem.at "pseudo-labels" $"{rounds} rounds" $"give 1 to {MostRounds}"
            match frames with
            | Hard threshold when not (threshold > 0.0 && threshold < 1.0) ->
                Problem.at "pseudo-labels" $"the threshold is {Text.number threshold}" "it must be between 0 and 1"
            | _ -> ()
        | Ensemble rows ->
            if rows.Length < 2 then
                Problem.at "ensemble of" (Text.count rows.Length "row") "an ensemble needs at least 2"
            for row, times in List.countBy id rows do
                if times > 1 then
                    Problem.at "ensemble of" $"{row} is given {times} times" "name each row once"
    ]
