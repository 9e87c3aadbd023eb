using Sed.Core.Networks.Kernels;
using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>One or more modules of a network that are computed together.</summary>
internal interface IFastStep
{
    /// <summary>Number of dropout seeds that <see cref="Train"/> needs.</summary>
    int Seeds { get; }

    /// <summary>Computes the forward pass in training.</summary>
    /// <param name="values">Input of the modules, in torch's shapes.</param>
    /// <param name="seeds">Dropout seeds.</param>
    Tensor Train(Tensor values, uint[] seeds);

    /// <summary>Computes the forward pass at inference, without dropout and gradients.</summary>
    Tensor Infer(Tensor values);
}

/// <summary>A layer that has its own CPU kernel, and the dropout after it.</summary>
internal sealed class FastKernel(IKernelLayer kernel) : IFastStep
{
    /// <inheritdoc/>
    public int Seeds => 1;

    /// <summary>
    /// Creates a step from the module at index <paramref name="next"/> and the dropout after it, if any, and advances
    /// <paramref name="next"/> past them. Returns null, without advancing, if the module has no CPU kernel.
    /// </summary>
    public static FastKernel? From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        var drops = modules.ElementAtOrDefault(next + 1).Module is TorchSharp.Modules.Dropout;
        if (
            modules[next] is not (IKernelModule covered, var finds)
            || covered.Kernel(finds.Frames, finds.Bands, drops ? dropout : 0) is not { } kernel
        )
            return null;
        next += drops ? 2 : 1;
        return new FastKernel(kernel);
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds) => kernel.Train(values, seeds[0]);

    /// <inheritdoc/>
    public Tensor Infer(Tensor values) => kernel.Infer(values);
}

/// <summary>Pooling that is not part of a convolution step, and the dropout after it.</summary>
internal sealed class FastPooling(PoolingLayer pooling) : IFastStep
{
    /// <inheritdoc/>
    public int Seeds => 1;

    /// <summary>
    /// Creates a step from the module at index <paramref name="next"/> and the dropout after it, if any, and advances
    /// <paramref name="next"/> past them. Returns null, without advancing, if the module is not a supported pooling
    /// layer.
    /// </summary>
    public static FastPooling? From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        if (modules[next].Module is not IPoolingModule layer || !PooledBlock.CanPool(layer.Frames, layer.Bands))
            return null;
        var drops = modules.ElementAtOrDefault(next + 1).Module is TorchSharp.Modules.Dropout;
        next += drops ? 2 : 1;
        return new(new PoolingLayer(layer.Frames, layer.Bands, layer.IsMaximum, drops ? dropout : 0));
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        return pooling.Train(values.AsMaps(), seeds[0]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Infer(Tensor values)
    {
        using var scope = NewDisposeScope();
        return pooling.Infer(values.AsMaps()).MoveToOuterDisposeScope();
    }
}

/// <summary>A module that torch computes. If the module is a dropout, the CPU kernels compute it in training.</summary>
internal sealed class FastModule(nn.Module<Tensor, Tensor> module, double rate) : IFastStep
{
    /// <summary>
    /// 0 for a module that only flattens maps or concatenates feature sources; 1 for every other module, with or
    /// without dropout. This number must not change: every seed is a draw from torch's random generator, so a different
    /// number of seeds would change all later draws.
    /// </summary>
    public int Seeds => module is MapsToVectors or FusionModule ? 0 : 1;

    /// <summary>Whether the module concatenates feature sources, for which it needs the network's input.</summary>
    public bool IsFusion => module is FusionModule;

    /// <summary>
    /// Creates a step from the module at index <paramref name="next"/>, and advances <paramref name="next"/> past it.
    /// </summary>
    public static FastModule From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        var module = modules[next++].Module;
        return new FastModule(module, module is TorchSharp.Modules.Dropout ? dropout : 0);
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds) =>
        rate > 0 ? DropoutLayer.Train(values.contiguous(), new Kernels.Dropout(rate, seeds[0])) : module.call(values);

    /// <inheritdoc/>
    public Tensor Infer(Tensor values) => module.call(values);
}
