/// Reliability diagrams: predicted probability against the observed fraction of positive labels.
module internal Sed.Runner.ReliabilityFigures

open System
open Sed
open Sed.Core.Metrics.Calibration
open Sed.Core.Metrics.Counts

/// Bins with fewer predictions are not drawn in the upper panel, because their fractions are uncertain.
let private leastPredictions = 10L

let private ideal = {
    Series.Name = "perfectly calibrated"
    Colour = Series.Grey
}

/// The index of each bin and its counts, pooled over all classes.
let private bins (counts: CalibrationCounts) = [ for bin, own in Seq.indexed (counts.Pooled()) -> bin, own ]

/// A logarithmic axis for numbers of predictions. Positions on it are decimal logarithms.
let private counts (highest: float) =
    let decades = int (Math.Ceiling highest)
    {
        Axis.within 0.0 (float (max 1 decades)) "predictions" with
            Ticks = [
                for decade in 0 .. max 1 decades -> float decade, Math.Pow(10.0, float decade).ToString "#,0"
            ]
    }

let private figure name what unit (rows: (Series * CalibrationCounts) list) =
    let width = 1.0 / float CalibrationCounts.Bins
    let amounts = [
        for series, own in rows do
            series,
            [|
                for bin, one in bins own do
                    float bin * width,
                    (if one.Predictions > 0L then
                         Math.Log10(float one.Predictions)
                     else
                         0.0)
                1.0, 0.0
            |]
    ]
    let highest =
        amounts |> List.collect (snd >> Array.toList) |> List.map snd |> List.max
    {
        Figure.Name = $"reliability-{name}"
        Title = $"Reliability diagram, {what}"
        Alt =
            $"Reliability diagram of the {what}: for each of {CalibrationCounts.Bins} bins of the predicted probability, the observed fraction of {unit} that contain the class, and the number of predictions. All classes are pooled. There is one line for each row of the table."
        Reading =
            $"A line below the diagonal means that the probabilities are too high, a line above it that they are too low. All classes are pooled. Bins with fewer than {leastPredictions} predictions have no point. The lower part shows the number of predictions in each bin, on a logarithmic scale."
        X = Axis.within 0.0 1.0 "predicted probability (mean of the bin)"
        Legend = []
        Panels = [
            {
                Panel.Title = ""
                Y = Axis.within 0.0 1.0 $"observed fraction of {unit}"
                Marks = [
                    Mark.Line(ideal, [| 0.0, 0.0; 1.0, 1.0 |], false)
                    for series, own in rows do
                        let points = [|
                            for _, one in bins own do
                                if one.Predictions >= leastPredictions then
                                    one.MeanProbability, one.PositiveRate
                        |]
                        Mark.Line(series, points, false)
                ]
                Height = 260
            }
            {
                Panel.Title = ""
                Y = counts highest
                Marks = [ for series, points in amounts -> Mark.Steps(series, points) ]
                Height = 100
            }
        ]
    }

let private frames (rows: Curves list) = [
    for row in rows do
        match row.FrameCalibration with
        | Some counts -> row.Row.Series, counts
        | None -> ()
]

/// The diagrams of the weak output and, if event times are known, of the frame probabilities, for the best repetition of
/// each row.
let make (rows: Curves list) = [
    figure "weak" "weak output" "clips" [ for row in rows -> row.Row.Series, row.WeakCalibration ]
    match frames rows with
    | [] -> ()
    | frames -> figure "frames" "frame probabilities" "frames" frames
]

/// A table of the expected calibration errors of the outputs in the diagrams, averaged over the classes.
let view (rows: Curves list) : TableView =
    let cell (error: Rate) =
        if error.IsDefined then Text.score error.Value else "-"
    let hasFrames = not (frames rows).IsEmpty
    {
        TableView.Plain with
            Title =
                let best = FinishedRow.repetition [ for own in rows -> own.Row ]
                $"Expected calibration error (mean over the classes), for the best {best} of each row"
            Headings = [
                Heading.TextColumn "row"
                Heading.NumberColumn "weak output ↓"
                if hasFrames then
                    Heading.NumberColumn "frame probabilities ↓"
            ]
            Rows = [
                for own in rows ->
                    [
                        own.Row.Series.Name
                        cell (own.WeakCalibration.MeanError())
                        if hasFrames then
                            match own.FrameCalibration with
                            | Some counts -> cell (counts.MeanError())
                            | None -> "-"
                    ]
            ]
            Notes = []
    }
