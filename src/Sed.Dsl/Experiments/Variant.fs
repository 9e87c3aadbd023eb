namespace Sed

/// A row of the table: its name and its settings.
type Variant = {
    /// The name and the value of each setting that varies, in order.
    Coordinates: (string * string) list
    /// The name that the script gives to an additional row; empty for combinations of `vary` and for rows of `sample`.
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
    /// Names the rows. The name of a row without a name of its own consists of its coordinates, without the coordinates
    /// that all such rows share.
    let private named (print: string * string -> string) (variants: Variant list) =
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
                | some when variant.Name = "" && not some.IsEmpty -> some |> List.map print |> String.concat ", "
                | _ -> variant.Label
        ]

    /// Short names of rows for figures and sentences, for example "dropout 0.25".
    let names = named (fun (axis, value) -> $"{axis} {value}")

    /// The shortest names of rows, for example "0.25", for places where the name of the setting is already shown.
    let values = named snd

    /// Maps the label of each row to its name by `names` or `values`.
    let byLabel (names: Variant list -> string list) (variants: Variant list) : string -> string =
        let known =
            List.zip [ for variant in variants -> variant.Label ] (names variants) |> Map
        fun label -> known[label]

/// A row with one seed and, with cross-validation, one fold. Its specification contains every setting.
type Trial = {
    Variant: Variant
    Specification: Specification
} with

    /// The name of the trial, for example "dropout 0.25, seed 1".
    member trial.Name =
        let fold =
            match trial.Specification.Holdout with
            | Fold(fold, folds) -> $", fold {fold} of {folds}"
            | Nothing
            | Share _ -> ""

        $"{trial.Variant.Label}, seed {trial.Specification.Seed}{fold}"
