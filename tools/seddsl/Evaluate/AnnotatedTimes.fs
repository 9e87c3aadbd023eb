namespace Sed.Tool.Evaluate

open Sed.Core.Annotations
open Sed.Core.Metrics.Pairs

/// The annotated part of the reference.
type AnnotatedTimes = {
    Reference: AnnotatedReference
    /// Total duration of the files of the reference, in seconds.
    Seconds: float
    /// Annotated time of each class in seconds, in the order of the classes.
    PerClass: float list
    /// Whether the durations of the files are unknown. Each file is then assumed to end at its last offset in the
    /// reference, the estimates and the annotated spans.
    EndWithLists: bool
}

module internal AnnotatedTimes =
    /// The annotated times in the form that the metrics need; null if all files of the reference are annotated from
    /// start to end.
    let known (classes: ClassList) (annotated: AnnotatedReference option) : KnownTimes | null =
        match annotated with
        | Some annotated -> annotated.TimesOf classes
        | None -> null

    /// The durations of the files with frame scores.
    let lengthsOf (pairs: ScorePairs) =
        Durations.Of(
            [
                for file, seconds in Seq.zip pairs.Scores.Files pairs.Seconds -> struct (file, seconds)
            ],
            pairs.Scores.Source
        )

    /// Computes how much of a reference is annotated. A file of unknown duration is assumed to end at the last offset in the
    /// reference, the estimates and the annotated spans.
    let summary
        classes
        (reference: EventList)
        (lengths: Durations option)
        (estimates: EventList list)
        (annotated: AnnotatedReference)
        =
        let lastOffset file =
            List.max [
                annotated.LastAnnotated file
                for list in reference :: estimates do
                    for sound in list.EventsOf(file).ToArray() do
                        sound.Offset
            ]

        let seconds = [
            for file in reference.Files do
                lengths
                |> Option.bind (fun durations -> Option.ofNullable (durations.Of file))
                |> Option.defaultWith (fun () -> lastOffset file)
        ]

        {
            Reference = annotated
            Seconds = List.sum seconds
            PerClass = List.ofSeq (annotated.SecondsOf(classes, ResizeArray seconds))
            EndWithLists = lengths.IsNone
        }

    /// An annotated time as a fraction of the total duration of the reference.
    let share (one: AnnotatedTimes) seconds =
        if one.Seconds > 0.0 then seconds / one.Seconds else 1.0

    /// The summary line of the table output.
    let text (classes: ClassList) (one: AnnotatedTimes) (files: int) =
        let percent seconds = $"{100.0 * share one seconds:F1} %%"
        let ordered = Seq.zip classes one.PerClass |> Seq.sortBy snd |> List.ofSeq
        let (least, fewest), (most, longest) = List.head ordered, List.last ordered

        let range =
            if percent fewest = percent longest then
                percent longest
            else
                $"from {percent fewest} ({least}) to {percent longest} ({most})"

        let others =
            if one.Reference.Files < files then
                "; the others are annotated from start to end"
            else
                ""

        let ends =
            if one.EndWithLists then
                "; without --durations, each file ends with its last offset in the lists"
            else
                ""

        $"annotated: {range} of {one.Seconds:F1} s ({one.Reference.Source} contains {one.Reference.Files} of {files} files{others}{ends})"
