/// Threshold-independent figures: precision-recall curves and PSD-ROC curves.
module internal Sed.Runner.CurveFigures

open System
open Sed.Core.Annotations
open Sed.Core.Metrics.Psds

let private single name title alt reading legend x y marks = {
    Figure.Name = name
    Title = title
    Alt = alt
    Reading = reading
    X = x
    Legend = legend
    Panels = [
        {
            Panel.Title = ""
            Y = y
            Marks = marks
            Height = 300
        }
    ]
}

let private precisionRecall name what best (curves: (Series * (float * float)[]) list) =
    single
        name
        $"Precision-recall curve, {what}"
        $"Precision-recall curves over all thresholds, {what}. One line for the best {best} of each row of the table."
        "Each point is one threshold; a curve nearer to the upper right corner is better."
        []
        (Axis.within 0.0 1.02 "recall")
        (Axis.within 0.0 1.02 "precision")
        [
            for series, points in curves do
                if points.Length > 0 then
                    Mark.Line(series, points, false)
        ]

/// Precision-recall curves for all classes together and for each class. There are curves for tagging and, if event
/// times are known, for segments.
let precisionAndRecall (classes: ClassList) (rows: Curves list) = [
    let best = FinishedRow.repetition [ for own in rows -> own.Row ]
    let pair name what tags segments = [
        for kind, curve in [ "tags", tags; "segments", segments ] do
            let curves = [ for row in rows -> row.Row.Series, curve row ]
            if curves |> List.exists (fun (_, points: (float * float)[]) -> points.Length > 0) then
                precisionRecall $"precision-recall-{kind}-{name}" $"{kind}, {what}" best curves
    ]
    "all classes", pair "all" "all classes" _.Tags _.Segments
    for k, short in List.indexed (Figure.shortNames classes) do
        match pair $"{k + 1}" short (fun row -> row.TagsByClass[k]) (fun row -> row.SegmentsByClass[k]) with
        | [] -> () // the class is not in the reference
        | figures -> classes[k], figures
]

let private roc (rows: Curves list) index name title =
    let best = FinishedRow.repetition [ for own in rows -> own.Row ]
    let longest = rows.Head.Psds[index].Options.MaxEffectiveFalsePositiveRate
    let points (result: PsdsResult) = [|
        for point in result.Roc do
            if point.FalsePositiveRate <= longest then
                point.FalsePositiveRate, point.TruePositiveRate
        if not result.Roc.IsEmpty then
            let last =
                result.Roc |> Seq.findBack (fun point -> point.FalsePositiveRate <= longest)
            longest, last.TruePositiveRate
    |]
    let highest =
        [
            for row in rows do
                for _, rate in points row.Psds[index] -> rate
        ]
        |> List.fold max 0.1
    single
        $"psd-roc-{name}"
        title
        $"{title}. Effective true positive rate against effective false positives per hour. One line for the best {best} of each row."
        "The area under a curve, up to the right edge, is the row's PSDS; higher is better. The scores are in the legend."
        [
            for row in rows ->
                let score = row.Psds[index].Value
                let text =
                    if score.IsDefined then
                        FormattableString.Invariant $"{score.Value:F3}"
                    else
                        "-"
                row.Row.Series, $"{text}  {row.Row.Series.Name}"
        ]
        (Axis.within 0.0 longest "effective false positives per hour")
        (Axis.within 0.0 (min 1.02 (1.1 * highest)) "effective true positive rate")
        [ for row in rows -> Mark.Steps(row.Row.Series, points row.Psds[index]) ]

/// PSD-ROC curves (Bilen et al. 2020) in the two scenarios of DCASE 2021 to 2023. Empty if event times are unknown.
let psdRoc (rows: Curves list) = [
    if not rows.Head.Psds.IsEmpty then
        roc rows 0 "1" "PSD-ROC, scenario 1 (accurate localisation)"
        roc rows 1 "2" "PSD-ROC, scenario 2 (accurate classification)"
]
