namespace Sed

/// A row of the table: its name, and what it changes.
type Variant = {
    /// Axis and value, in the order of the axes.
    Coordinates: (string * string) list
    /// The name of a row beside the product of the axes; empty otherwise.
    Name: string
    Settings: Setting list
} with

    member variant.Label =
        if variant.Name <> "" then
            variant.Name
        elif variant.Coordinates.IsEmpty then
            "the experiment as given"
        else
            variant.Coordinates
            |> List.map (fun (axis, value) -> $"{axis} {value}")
            |> String.concat ", "

module Variant =
    /// What rows are called in figures and sentences: their own name, or the coordinates that are not the same in all of them.
    let names (variants: Variant list) =
        let same =
            match variants |> List.filter (fun variant -> not variant.Coordinates.IsEmpty) with
            | first :: (_ :: _ as others) ->
                first.Coordinates
                |> List.filter (fun coordinate ->
                    others |> List.forall (fun other -> List.contains coordinate other.Coordinates))
            | _ -> []
        [
            for variant in variants ->
                match List.except same variant.Coordinates with
                | some when variant.Name = "" && not some.IsEmpty ->
                    [ for axis, value in some -> $"{axis} {value}" ] |> String.concat ", "
                | _ -> variant.Label
        ]

/// One training: a row with one seed (and one fold, where there are folds), fully spelled out.
type Trial = {
    Variant: Variant
    Specification: Specification
} with

    /// For example "dropout 0.25, seed 1".
    member trial.Name =
        let fold =
            match trial.Specification.Holdout with
            | Fold(fold, folds) -> $", fold {fold} of {folds}"
            | Nothing
            | Share _ -> ""

        $"{trial.Variant.Label}, seed {trial.Specification.Seed}{fold}"
