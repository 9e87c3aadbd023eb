namespace Sed.Tool.Estimate

open System
open Sed.Core.Labelling.Estimates
open Sed.Core.Models

/// The calibration of one class, and its threshold in the calibrated model.
type CalibratedClass = {
    /// The calibration function, if one lowers the Brier score, and the calibration errors without and with it. None if
    /// there are too few stretches or the class cannot be calibrated.
    Calibration: StretchCalibration option
    /// The reason why the class has no calibration; None if it has one.
    Problem: string option
    /// The threshold for calibrated probabilities.
    Threshold: float
    /// Whether the threshold is the lowest one with the wanted precision. If no threshold reaches this precision, the
    /// threshold is the model's threshold, mapped by the calibration.
    HasPrecision: bool
}

/// The estimates for one class, from stretches whose labels the model was not trained on.
type UnseenClass = {
    /// The estimates at the model's threshold.
    Now: ThresholdEstimates
    /// The estimates at the lowest threshold with the wanted precision; None if no threshold reaches it.
    Wanted: ThresholdEstimates option
    Calibrated: CalibratedClass
}

type ClassResult = {
    Label: string
    Sample: ClassSample
    /// Number of stretches that the sample does not represent: they could not be drawn, and have no label.
    NotRepresented: int
    /// The estimated prevalence; None if no drawn stretch is reviewed for the class.
    Prevalence: Prevalence option
    /// The other estimates; None if the model may have been trained on the sample, or if no drawn stretch is reviewed
    /// for the class.
    Unseen: UnseenClass option
}

type EstimateResults = {
    Model: string
    Folder: string
    StretchSeconds: float
    Precision: float
    Collection: CollectionSample
    /// The first round whose random stretches are used for the estimates.
    FirstRound: int
    Rounds: int
    /// Whether it is known that the model was not trained on the labels of the random stretches.
    IsUnseen: bool
    Classes: ClassResult list
}

module EstimateResults =
    let private calibrated (saved: SavedModel) (sample: ClassSample) label precision =
        let problem = CalibratedModel.ProblemOf(saved.Detection, label) |> Option.ofObj
        let calibration =
            if problem.IsSome then
                None
            else
                StretchCalibration.Of(sample.Drawn) |> Option.ofObj
        let map (score: float) =
            match calibration |> Option.bind (fun fitted -> Option.ofObj fitted.Map) with
            | Some map -> float (map.Of(float32 score))
            | None -> score
        let wanted =
            ThresholdEstimates.Lowest(sample.Mapped(Func<float, float>(map)), precision)
            |> Option.ofObj
        {
            Calibration = calibration
            Problem =
                match problem, calibration with
                | Some problem, _ -> Some problem
                | None, None ->
                    Some
                        $"calibration needs {StretchCalibration.Fewest} reviewed random stretches with the class and {StretchCalibration.Fewest} without it"
                | None, Some _ -> None
            Threshold =
                match wanted with
                | Some found -> found.Threshold
                | None -> map (saved.Detection.Of(label).Threshold)
            HasPrecision = wanted.IsSome
        }

    let ofClass (saved: SavedModel) (collection: CollectionSample) isUnseen precision index : ClassResult =
        let label = saved.Classes[index]
        let struct (sample, notRepresented) = collection.Of index
        let isReviewed = sample.Drawn.Count > 0
        {
            Label = label
            Sample = sample
            NotRepresented = notRepresented
            Prevalence =
                if isReviewed then
                    Some(Prevalence.Of(sample, isUnseen))
                else
                    None
            Unseen =
                if isReviewed && isUnseen then
                    Some {
                        Now = ThresholdEstimates.At(sample, saved.Detection.Of(label).Threshold)
                        Wanted = ThresholdEstimates.Lowest(sample, precision) |> Option.ofObj
                        Calibrated = calibrated saved sample label precision
                    }
                else
                    None
        }

    /// The model with the calibration and the thresholds.
    let calibratedModel (saved: SavedModel) (results: EstimateResults) =
        CalibratedModel.Of(
            saved,
            readOnlyDict [
                for one in results.Classes do
                    match one.Unseen with
                    | Some unseen ->
                        let map =
                            unseen.Calibrated.Calibration
                            |> Option.bind (fun fitted -> Option.ofObj fitted.Map)
                            |> Option.toObj
                        one.Label, struct (map, unseen.Calibrated.Threshold)
                    | None -> ()
            ]
        )

    let private plural (count: int) (one: string) (many: string) =
        if count = 1 then $"1 {one}" else $"{count} {many}"

    let private names (classes: ClassResult list) =
        classes |> List.map _.Label |> String.concat ", "

    /// Notes on what limits the estimates.
    let notes (results: EstimateResults) = [
        let collection = results.Collection
        if not results.IsUnseen then
            "The model file is newer than the queues, so the model may have been trained on the labels of the random stretches. The prevalence is therefore estimated without the model's scores, and precision, recall and calibration are not estimated. Write a queue with this model ('seddsl next') and review its random stretches. Or use --unseen to name the first round whose labels the model was not trained on."
        if collection.Reviewed < collection.Drawn then
            $"""{plural (collection.Drawn - collection.Reviewed) "random stretch is" "random stretches are"} not reviewed. The estimates are biased if stretches were left out because of their content."""
        if collection.Missing > 0 then
            $"""{plural collection.Missing "random stretch is" "random stretches are"} missing, because recordings were removed from the folder or changed."""
        if collection.Reviewed < 50 then
            $"Only {collection.Reviewed} random stretches are reviewed; with 50 or more, the intervals are narrower and more reliable."
        match results.Classes |> List.filter (fun one -> one.Prevalence.IsNone) with
        | [] -> ()
        | unknown -> $"Classes for which no random stretch is reviewed: {names unknown}."
        match
            results.Classes
            |> List.filter (fun one ->
                match one.Prevalence with
                | Some found -> found.IsCoarse
                | None -> false)
        with
        | [] -> ()
        | coarse ->
            $"Classes in fewer than two random stretches: {names coarse}. Their intervals are wide, usually wider than the confidence level requires."
        let rest = results.Classes |> List.map _.NotRepresented |> List.fold max 0
        if rest > 0 then
            $"""Not covered by the estimates: {plural rest "unlabelled stretch" "unlabelled stretches"} that could not be drawn, because the recordings were added after the last queue or are held out."""
    ]
