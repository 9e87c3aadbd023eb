/// The metrics that the tables of experiments contain, computed by the same functions.
module internal Sed.Tool.Evaluate.Metrics

open System.Collections.Generic
open Argu
open Sed.Core.Annotations
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

let hasUnknownLabels (inputs: Inputs) =
    inputs.Estimated |> Option.exists (fun system -> system.Pairs.HasUnknownLabels)

/// The files and the inputs of the metrics of one kind of list (tags, events or frame scores), for one or two systems.
type private Source = {
    Files: string seq
    First: MetricInputs
    Second: MetricInputs option
}

// Lists of tags, events and scores can have different files, so each is resampled separately.
let private sources (inputs: Inputs) = [
    match inputs.Tagged with
    | Some tagged when not (hasUnknownLabels inputs) -> {
        Files = inputs.ReferenceTags.Files
        First = tagged.Inputs.Value
        Second = inputs.AgainstTagged |> Option.map _.Inputs.Value
      }
    | _ -> ()
    match inputs.Estimated with
    | Some system -> {
        Files = system.Pairs.Files
        First = system.Decisions
        Second = inputs.Against |> Option.map _.Decisions
      }
    | None -> ()
    match inputs.Scores with
    | Some scores -> {
        Files = scores.Pairs.Scores.Files
        First = scores.Inputs
        Second = inputs.AgainstScores |> Option.map _.Inputs
      }
    | None -> ()
]

let private chosen (arguments: ParseResults<Arguments>) =
    match arguments.GetResults Arguments.Metric with
    | [] -> Offered.metrics
    | keys -> Offered.metrics |> List.filter (fun metric -> List.contains metric.Key keys)

/// Values, intervals and differences of metrics on the selected files of a source.
let private part (bootstrap: Resampling option) (metrics: Metric list) (source: Source) (selected: int array) =
    let spread (weights: int array) =
        let all = Array.zeroCreate source.First.Clips
        Array.iter2 (fun file weight -> all[file] <- weight) selected weights
        all

    let measures (inputs: MetricInputs) (weights: int array) : IReadOnlyList<Measure> =
        let clips = inputs.Weighted(spread weights)
        [| for metric in metrics -> Measure(metric.Key, metric.RateOf clips) |]

    let once = source.First.Weighted(spread (Array.create selected.Length 1))

    [
        for metric in metrics ->
            {
                Metric = metric
                Value = metric.RateOf once
                Averaged =
                    metric.Averaged
                    |> Option.ofObj
                    |> Option.map (fun classes -> List.ofSeq (classes.Invoke once))
            }
    ],
    match bootstrap with
    | Some resampling when not metrics.IsEmpty ->
        let files = Array.ofSeq source.Files
        let units = resampling.UnitsOf(selected |> Seq.map (fun index -> files[index]))
        {
            Intervals =
                List.ofSeq (Bootstrap.Intervals(selected.Length, measures source.First, resampling.Options, units))
            Differences =
                match source.Second with
                | None -> []
                | Some second ->
                    List.ofSeq (
                        Bootstrap.Differences(
                            selected.Length,
                            measures source.First,
                            measures second,
                            resampling.Options,
                            units
                        )
                    )
        }
    | _ -> Uncertainty.None

/// The metrics of the files for which `isSelected` is true.
let private ofFiles arguments bootstrap inputs (isSelected: string -> bool) =
    let chosen = chosen arguments
    let position = dict [ for index, metric in Seq.indexed chosen -> metric.Key, index ]

    let parts = [
        for source in sources inputs do
            let metrics = chosen |> List.filter (fun metric -> source.First.Has metric.Basis)
            let selected = [|
                for index, file in Seq.indexed source.Files do
                    if isSelected file then
                        index
            |]
            if selected.Length > 0 then
                part bootstrap metrics source selected
    ]

    {
        Values =
            parts
            |> List.collect fst
            |> List.sortBy (fun value -> position[value.Metric.Key])
        Uncertainty = {
            Intervals =
                parts
                |> List.collect (fun (_, own) -> own.Intervals)
                |> List.sortBy (fun one -> position[one.Name])
            Differences =
                parts
                |> List.collect (fun (_, own) -> own.Differences)
                |> List.sortBy (fun one -> position[one.Name])
        }
    }

/// The metrics of all files.
let all arguments bootstrap inputs =
    ofFiles arguments bootstrap inputs (fun _ -> true)

/// For each value of a column, the metrics of the files with this value.
let byColumn arguments bootstrap (inputs: Inputs) (column: FileColumn) =
    let known = Dictionary<string, string | null>()
    let valueOf file =
        match known.TryGetValue file with
        | true, value -> value
        | _ ->
            let value = column.Of file
            known[file] <- value
            value
    {
        Column = column.Name
        Groups = [
            for value in column.Values do
                let isSelected file = valueOf file = value
                let files = inputs.Reference.Files |> Seq.filter isSelected |> Seq.length
                if files > 0 then
                    value, files, ofFiles arguments bootstrap inputs isSelected
        ]
    }
