namespace Sed.Runner

open Sed.Core.Annotations
open Sed.Core.Metrics

/// How well one class is found; not a number where the reference does not have it.
type internal ClassScore = {
    WeakF: float
    StrongF: float
    StrongER: float
}

/// Scores class by class.
module internal ClassScores =
    let private orZero (rate: Rate) =
        if rate.IsDefined then rate.Value else 0.0

    /// Of every class its tags' F and its segments' F and error rate (1 s). A class that is in the reference and is never
    /// detected has an F of 0, as in the table.
    let count (classes: ClassList) (truth: Truth) (events: EventList) (tags: TagList) =
        let weak = Tagging.Count(classes, truth.Tags, tags)
        let strong = SegmentBased.Count(EventPairs.Of(classes, truth.Events, events))
        let weakScores = weak.Scores()
        let strongScores = strong.Scores()
        [
            for k in 0 .. classes.Count - 1 ->
                let sheet = strongScores.PerClass[k]
                let isHeard = strong[k].Reference > 0L
                {
                    WeakF =
                        (if weak[k].Reference > 0L then
                             orZero weakScores.PerClass[k].F
                         else
                             nan)
                    StrongF = (if isHeard then orZero sheet.FMeasure.F else nan)
                    StrongER = (if isHeard then orZero sheet.ErrorRates.ErrorRate else nan)
                }
        ]

    let private mean (values: float list) =
        match List.filter System.Double.IsFinite values with
        | [] -> nan
        | known -> List.average known

    /// The mean over a row's seeds.
    let ofRow workspace (row: FinishedRow) =
        let perTrial = [
            for trial, _ in row.Trials ->
                let truth = FinishedRow.truth workspace trial
                count truth.Classes truth (FinishedRow.events workspace trial) (FinishedRow.tags workspace trial)
        ]
        [
            for ofClass in List.transpose perTrial ->
                {
                    WeakF = mean [ for score in ofClass -> score.WeakF ]
                    StrongF = mean [ for score in ofClass -> score.StrongF ]
                    StrongER = mean [ for score in ofClass -> score.StrongER ]
                }
        ]
