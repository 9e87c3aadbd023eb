namespace Sed

/// A row of the table: its name and its settings.
type Variant = {
    /// The name and the value of each setting that varies, in order.
    Coordinates: (string * string) list
    /// The name of a row that was added by name; empty for a row of the product.
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
    /// Names of rows for plots that state the axes elsewhere: the row's name, or the values that differ between rows.
    let values (variants: Variant list) =
        let isVaried (axis, value) =
            variants
            |> List.exists (fun other -> not (List.contains (axis, value) other.Coordinates))
        [
            for variant in variants ->
                match List.filter isVaried variant.Coordinates with
                | some when variant.Name = "" && not some.IsEmpty -> some |> List.map snd |> String.concat ", "
                | _ -> variant.Label
        ]

    /// Short names of rows for figures and sentences: the row's name, or the values that differ between rows.
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

/// A row with one seed and, with cross-validation, one fold. Its specification contains every setting.
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
