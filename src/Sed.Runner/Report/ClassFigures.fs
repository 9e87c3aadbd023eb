/// Scores by class and row.
module internal Sed.Runner.ClassFigures

open Sed
open Sed.Core.Annotations

/// The maximum number of rows that are drawn as bars.
let private mostBars = 6

let private bars (rows: (FinishedRow * PerClass.ClassScores list) list) value =
    let thickness = 0.8 / float rows.Length
    [
        for index, (row, scores) in List.indexed rows ->
            let offset = (float index + 0.5) * thickness - 0.4
            let bars = [| for k, score in List.indexed scores -> float k + offset, value score |]
            Mark.Bars(row.Series, bars, thickness)
    ]

let private matrix (rows: (FinishedRow * PerClass.ClassScores list) list) (classes: ClassList) title value =
    Mark.Heat {
        Columns = -0.5, float classes.Count - 0.5
        Rows = -0.5, float rows.Length - 0.5
        Values = [|
            for _, scores in rows -> [| for k in 0 .. classes.Count - 1 -> value scores[k] |]
        |]
        Range = None
        Title = title
    }

let private figure (classes: ClassList) (rows: (FinishedRow * PerClass.ClassScores list) list) name title better value =
    let asBars = rows.Length <= mostBars
    {
        Figure.Name = "classes-" + name
        Title = $"{title} by class"
        Alt = $"{title} by class and row of the table, means over seeds; {better}."
        Reading =
            if asBars then
                $"For each class, a bar for each row of the table ({better})."
            else
                $"Each line is a row of the table, each column a class; light is high ({better})."
        X =
            if asBars then
                Axis.numbers $"{title} ({better})"
            else
                {
                    Axis.names "" (Figure.shortNames classes) with
                        Downwards = false
                }
        Legend = []
        Panels = [
            {
                Panel.Title = ""
                Y =
                    if asBars then
                        Axis.names "" (Figure.shortNames classes)
                    else
                        Axis.names "" [ for row, _ in rows -> row.Series.Name ]
                Marks =
                    if asBars then
                        bars rows value
                    else
                        [ matrix rows classes title value ]
                Height =
                    if asBars then
                        classes.Count * max 18 (8 + 6 * rows.Length)
                    else
                        rows.Length * 20
            }
        ]
    }

let private orNone (pick: PerClass.ClassScores -> float option) scores = pick scores |> Option.defaultValue nan

/// The metrics of the figures beside weak F, strong F and strong ER: PSDS and the reported metrics that have values for
/// single classes.
let metrics (reported: Metric list) =
    List.distinct (PerClass.withClasses reported @ [ Psds1; Psds2 ])

/// Weak F, strong F, strong ER and the given metrics by class: bars for few rows, a heat map for many. The scores must
/// have been computed with the same metrics.
let make classes (metrics: Metric list) (rows: (FinishedRow * PerClass.ClassScores list) list) = [
    "Weak F", figure classes rows "weak-f" "Weak F" "higher is better" (orNone _.WeakF)
    let hasStrongScores = rows |> List.exists (snd >> List.exists _.StrongF.IsSome)
    if hasStrongScores then
        "Strong F", figure classes rows "strong-f" "Strong F" "higher is better" (orNone _.StrongF)
        "Strong ER", figure classes rows "strong-er" "Strong ER" "lower is better" (orNone _.StrongER)
    for index, metric in List.indexed metrics do
        if hasStrongScores || not metric.NeedsEvents then
            let better =
                if metric.LowerIsBetter then
                    "lower is better"
                else
                    "higher is better"
            metric.Name, figure classes rows metric.Key metric.Name better (orNone (fun own -> own.Others[index]))
]
