namespace Sed

/// A score of a detector on one split. Rates are fractions. `Weak` scores tags of clips; `Strong` scores what is active
/// in each second (segment-based, 1 s). Both are micro averages over all classes.
type Metric =
    /// F-score of the tags.
    | WeakF
    /// Precision of the tags.
    | WeakP
    /// Recall of the tags.
    | WeakR
    /// Segment-based F-score.
    | StrongF
    /// Segment-based precision.
    | StrongP
    /// Segment-based recall.
    | StrongR
    /// Segment-based error rate: substitutions, deletions and insertions over the active reference segments. Lower is better.
    | StrongER

    /// As a table's heading.
    member metric.Name =
        match metric with
        | WeakF -> "weak F"
        | WeakP -> "weak P"
        | WeakR -> "weak R"
        | StrongF -> "strong F"
        | StrongP -> "strong P"
        | StrongR -> "strong R"
        | StrongER -> "strong ER"

    /// An error rate is better when it is lower, everything else when it is higher.
    member metric.LowerIsBetter = metric = StrongER

    /// True for scores that need to know when events start and end.
    member metric.IsStrong =
        match metric with
        | WeakF
        | WeakP
        | WeakR -> false
        | StrongF
        | StrongP
        | StrongR
        | StrongER -> true

    static member (+)(left: Metric, right: Metric) = Plus(Score left, Score right)
    static member (-)(left: Metric, right: Metric) = Minus(Score left, Score right)
    static member (+)(left: Metric, right: Monitor) = Plus(Score left, right)
    static member (-)(left: Metric, right: Monitor) = Minus(Score left, right)
    static member (*)(factor: float, metric: Metric) = Times(factor, Score metric)

/// What early stopping watches: metrics added, subtracted and weighted, as in `WeakF - StrongER`. Higher is better.
and Monitor =
    | Score of Metric
    | Plus of Monitor * Monitor
    | Minus of Monitor * Monitor
    | Times of float * Monitor

    static member (+)(left: Monitor, right: Monitor) = Plus(left, right)
    static member (-)(left: Monitor, right: Monitor) = Minus(left, right)
    static member (+)(left: Monitor, right: Metric) = Plus(left, Score right)
    static member (-)(left: Monitor, right: Metric) = Minus(left, Score right)
    static member (*)(factor: float, monitor: Monitor) = Times(factor, monitor)

module Metric =
    let all = [ WeakF; WeakP; WeakR; StrongF; StrongP; StrongR; StrongER ]

module Monitor =
    /// The value of a monitor where every metric has the given value.
    let rec value (metric: Metric -> float) monitor =
        match monitor with
        | Score score -> metric score
        | Plus(left, right) -> value metric left + value metric right
        | Minus(left, right) -> value metric left - value metric right
        | Times(factor, inner) -> factor * value metric inner

    /// The metrics of a monitor, from left to right.
    let rec metrics monitor =
        match monitor with
        | Score score -> [ score ]
        | Plus(left, right)
        | Minus(left, right) -> metrics left @ metrics right
        | Times(_, inner) -> metrics inner

    let rec print monitor =
        match monitor with
        | Score score -> score.Name
        | Plus(left, right) -> $"{print left} + {print right}"
        | Minus(left, (Plus _ | Minus _ as right)) -> $"{print left} - ({print right})"
        | Minus(left, right) -> $"{print left} - {print right}"
        | Times(factor, (Score _ as inner)) -> $"{Text.number factor} {print inner}"
        | Times(factor, inner) -> $"{Text.number factor} ({print inner})"
