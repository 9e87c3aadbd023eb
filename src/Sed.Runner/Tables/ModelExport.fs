namespace Sed.Runner

open System
open System.IO
open Sed
open Sed.Core.Runtime.Keys
open Sed.Core.Features
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Core.Training

/// Writes the trained networks of the best row as one model file.
module internal ModelExport =
    /// Whether the file exists, is not empty and does not begin like a ZIP archive. Model files are ZIP archives.
    let private isOther (file: string) =
        File.Exists file
        && not (FileIdentity.IsDevice file)
        && FileInfo(file).Length > 0L
        && (use content = File.OpenRead file
            let start = Array.zeroCreate 2
            content.ReadAtLeast(start.AsSpan(), 2, false) < 2 || start <> "PK"B)

    /// Problems of the path of a model file.
    let problems (option: string) (file: string) = [
        if Directory.Exists file then
            Problem.at option $"'{file}' is a folder" $"name a file, for example model{ModelFile.Extension}"
        elif isOther file then
            Problem.at
                option
                $"'{file}' exists and is not a model file"
                $"choose another name, for example model{ModelFile.Extension}"
        elif
            not (
                file.EndsWith(ModelFile.Extension, StringComparison.Ordinal)
                || FileIdentity.IsDevice file
                || String.IsNullOrWhiteSpace file
            )
        then
            Problem.at
                option
                $"'{file}' does not end with {ModelFile.Extension}"
                $"name a model file, for example model{ModelFile.Extension}"
        else
            yield! Option.toList (OutputPath.problem option file)
    ]

    let private noBetterThanConstant =
        "This model is no better than a constant prediction, so its detections are of no use. The model file records this."

    /// The row with the best mean of the first reported metric.
    let best (outcome: ExperimentOutcome) =
        outcome.Statistics
        |> List.tryHead
        |> Option.bind (fun own ->
            let loss (estimate: Estimate) =
                if own.Metric.LowerIsBetter then
                    estimate.Mean
                else
                    -estimate.Mean
            own.Estimates
            |> Map.toList
            |> List.filter (fun (_, estimate) -> not (Double.IsNaN estimate.Mean))
            |> function
                | [] -> None
                | rows -> Some(fst (rows |> List.minBy (snd >> loss))))

    /// The training runs of a specification: its own run, or the runs of the members of an ensemble.
    let rec private trainings (specification: Specification) =
        match specification.Members with
        | [] -> [ specification ]
        | members -> List.collect trainings members

    let private memberOf (workspace: Workspace) (specification: Specification) =
        let folder = workspace.TrialFolder specification
        let files = TrainingFolder(folder, "", "")
        let scores =
            match TrialFolder.state folder with
            | Finished result -> result.Scores
            | Failed _
            | Stopped _
            | Open -> invalidOp $"{folder} has no result yet."
        ModelMember(
            nonNull (Path.GetFileName folder),
            Specification.printTraining specification,
            dict [
                for split in scores -> split.Key, readOnlyDict [ for score in split.Value -> score.Key, score.Value ]
            ]
            |> System.Collections.ObjectModel.ReadOnlyDictionary,
            BandStatistics.Read files.StandardisationFile,
            NumpyArchive.Read files.NetworkFile
        )

    /// The channel from which all clips are read; null if they are read from the mean of all channels or from different
    /// channels.
    let private channelOf (manifest: Sed.Core.Corpora.Manifest) =
        match
            manifest.Clips
            |> Seq.map _.Channel
            |> Seq.distinct
            |> Seq.truncate 2
            |> List.ofSeq
        with
        | [ channel ] -> channel
        | _ -> Nullable()

    /// Writes the model of the best row. The model averages the probabilities of the networks of all seeds and folds.
    /// Returns a description of the model, or the reason why none was written.
    let write
        (workspace: Workspace)
        (outcome: ExperimentOutcome)
        (withEncoder: bool)
        (file: string)
        : Result<string, string> =
        match best outcome with
        | None -> Error "No row has a score yet, so there is no model to export."
        | Some label ->
            let repetitions =
                outcome.Repetitions |> List.filter (fun own -> own.Variant.Label = label)
            let row = repetitions |> List.collect _.Trials
            let specifications =
                [ for one in row -> one.Trial.Specification ]
                |> List.map (
                    if outcome.Plan.Experiment.Retrain then
                        RowTrials.onAllClips
                    else
                        id
                )
                |> List.collect trainings
                |> List.distinct
            let unfinished =
                specifications
                |> List.filter (fun one -> not (TrialFolder.state (workspace.TrialFolder one)).IsFinished)
            let first = specifications.Head
            let network = TrialNetwork.description workspace first
            let others = [
                for other in specifications do
                    if
                        CanonicalKey.Text(TrialNetwork.description workspace other)
                        <> CanonicalKey.Text network
                        || other.Features <> first.Features
                    then
                        other
            ]
            if not unfinished.IsEmpty then
                Error
                    $"""The row {label} has {Text.count unfinished.Length "unfinished training run"} on all training clips, so there is no model to export."""
            elif not others.IsEmpty then
                Error
                    $"The row {label} averages networks of different kinds, which cannot be stored in one model file. Choose another row with --only."
            else
                let detection, tunedAs =
                    match row with
                    | [ one ] -> one.Scored.Detection, ""
                    | first :: _ ->
                        match
                            StoredScores.detectionOfMean workspace outcome.Plan [
                                for one in row -> one.Trial.Specification
                            ]
                        with
                        | Some detection -> detection, ""
                        | None -> first.Scored.Detection, $"; decoding as tuned for {first.Trial.Name}"
                    | [] -> invalidOp $"{label} has no finished trial."
                let source = workspace.Source first
                let manifest = source.Manifest
                let name =
                    if outcome.Plan.Variants.Length = 1 then
                        outcome.Plan.Experiment.Name
                    else
                        $"{outcome.Plan.Experiment.Name}: {label}"
                let model =
                    SavedModel(
                        Name = name,
                        Classes = manifest.Classes,
                        ClipSeconds = manifest.ClipSeconds,
                        Channel = channelOf manifest,
                        Features = source.Features,
                        Network = network,
                        Detection = detection,
                        Corpus = manifest.Corpus,
                        CorpusHash = (workspace.Whole first).Hash,
                        Rounds = List.toArray (Rounds.ofRow workspace outcome label first),
                        IsNoBetterThanConstant = List.forall (fun own -> not own.HasLearnt) repetitions,
                        Members = [| for specification in specifications -> memberOf workspace specification |]
                    )
                match List.ofSeq (model.Problems()) with
                | [] ->
                    ModelFile.Write(file, model, withEncoder)
                    let networks =
                        match specifications with
                        | [ _ ] -> "one network"
                        | many -> $"{many.Length} networks with averaged probabilities"
                    let clips =
                        if outcome.Plan.Experiment.Retrain then
                            ", trained on all training clips"
                        else
                            ""
                    let weak =
                        match repetitions |> List.filter (fun own -> not own.HasLearnt) with
                        | [] -> ""
                        | weak when weak.Length = repetitions.Length -> $"{Environment.NewLine}{noBetterThanConstant}"
                        | weak ->
                            let what =
                                if repetitions |> List.exists _.IsPooled then
                                    "seeds"
                                else
                                    "trials"
                            $"{Environment.NewLine}{weak.Length} of the {repetitions.Length} {what} are no better than a constant prediction. Use --seeds to leave them out."
                    Ok $"Exported: {file}, {name}, {networks}{clips}{tunedAs}{weak}"
                | problems ->
                    let all = problems |> List.map string |> String.concat Environment.NewLine
                    Error $"The row {label} cannot be exported as a model:{Environment.NewLine}{all}"
