namespace Sed.Runner

open System
open Sed
open TorchSharp

/// Layers that a script brings as torch modules of its own.
module OwnModule =
    type private Build = Func<int, torch.nn.Module<torch.Tensor, torch.Tensor>>

    /// A layer made by a torch module over the frames. Its parameters are trained, kept and exported like all others, and its
    /// trials are known by the layer's name and version: give it a new version when its code changes.
    let layer
        (name: string)
        (version: int)
        (units: int)
        (build: int -> torch.nn.Module<torch.Tensor, torch.Tensor>)
        : OwnLayer = {
        Name = name
        Version = version
        Units = units
        Build = Build build
    }

    /// Makes the module, given the values per frame below it.
    let internal build (layer: OwnLayer) : Build =
        match layer.Build with
        | :? Build as build -> build
        | _ ->
            invalidArg
                (nameof layer)
                $"{layer.Name} version {layer.Version} builds no torch module; make it with `ownLayer`."
