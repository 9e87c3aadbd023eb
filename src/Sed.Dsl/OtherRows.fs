namespace Sed

/// A row by its label: of the experiment that names it, or of another one that the same script runs.
type RowName = {
    /// The other experiment's name; empty for the one that names the row.
    Experiment: string
    Row: string
} with

    override name.ToString() =
        if name.Experiment = "" then
            $"'{name.Row}'"
        else
            $"'{name.Row}' of {name.Experiment}"

/// What a student takes of what its teacher says of a frame.
type FrameLabels =
    /// A class is there where the teacher's probability reaches the threshold, and not where it does not.
    | Hard of threshold: float
    /// The probability as it is.
    | Soft

/// From which trials of other rows a row's trials come, always those with the same seed.
type OtherRows =
    /// The strong output learns the frames of a teacher instead of repeated tags (pseudo strong labels). In each further
    /// round the student of the one before is the teacher.
    | TaughtBy of teacher: RowName * frames: FrameLabels * rounds: int
    /// Nothing is trained: probabilities are the mean of those of other rows' networks, whatever their features.
    | AverageOf of RowName list

module OtherRows =
    let printFrames frames =
        match frames with
        | Hard threshold -> $"frames from {Text.number threshold} on"
        | Soft -> "frames' probabilities"

    /// As a table's heading and cell.
    let inWords rows =
        match rows with
        | TaughtBy(teacher, frames, 1) -> "taught by", $"{teacher}, {printFrames frames}"
        | TaughtBy(teacher, frames, rounds) -> "taught by", $"{teacher}, {printFrames frames}, {rounds} rounds"
        | AverageOf rows -> "average of", rows |> List.map string |> String.concat ", "

    /// Rounds of teaching, at most; each is a training of its own.
    [<Literal>]
    let internal MostRounds = 100

    /// What is wrong whichever rows there are.
    let problems rows = [
        match rows with
        | TaughtBy(_, frames, rounds) ->
            if rounds < 1 || rounds > MostRounds then
                Problem.at "taught by" $"{rounds} rounds" $"give 1 to {MostRounds}"
            match frames with
            | Hard threshold when not (threshold > 0.0 && threshold < 1.0) ->
                Problem.at "taught by" $"frames from {Text.number threshold} on" "it lies between 0 and 1"
            | _ -> ()
        | AverageOf rows ->
            if rows.Length < 2 then
                Problem.at "average of" (Text.count rows.Length "row") "an average wants at least 2"
            for row, times in List.countBy id rows do
                if times > 1 then
                    Problem.at "average of" $"{row} is given {times} times" "name each row once"
    ]
