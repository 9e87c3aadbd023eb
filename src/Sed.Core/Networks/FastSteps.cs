using Sed.Core.Networks.Kernels;
using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>One or several of a network's modules, computed together.</summary>
internal interface IFastStep
{
    /// <summary>Dropout seeds that a training step takes.</summary>
    int Seeds { get; }

    /// <param name="values">What the modules find, in torch's shapes.</param>
    /// <param name="seeds">Decide what dropout drops.</param>
    Tensor Train(Tensor values, uint[] seeds);

    /// <summary>Without dropout and gradients.</summary>
    Tensor Infer(Tensor values);
}

/// <summary>Convolutions that follow each other, each with what pooling over bands and dropout come after it.</summary>
internal sealed class FastConvolutions : IFastStep
{
    private readonly List<NormalisedConvolution> convolutions = [];
    private readonly ConvolutionTrunk trunk;
    private readonly bool isGated;

    private FastConvolutions(IReadOnlyList<(NormalisedConvolution Convolution, BlockShape Shape)> blocks, bool isGated)
    {
        convolutions.AddRange(blocks.Select(block => block.Convolution));
        trunk = new ConvolutionTrunk([.. blocks.Select(block => block.Shape)]);
        this.isGated = isGated;
    }

    /// <inheritdoc/>
    public int Seeds => convolutions.Count;

    /// <summary>From the modules that come next, which are passed; null, and none is, where these do not begin with convolutions.</summary>
    public static FastConvolutions? From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        List<(NormalisedConvolution, BlockShape)> blocks = [];
        while (modules.ElementAtOrDefault(next) is (IConvolutional { Convolutions.Count: > 0 } layer, var finds))
        {
            var own = layer.Convolutions;
            if (layer.IsGated)
            {
                if (blocks.Count > 0)
                    break;
                next++;
                return new([(own[0], own[0].Shape(finds.Frames, finds.Bands, 1, 0, rectifies: false))], isGated: true);
            }
            next++;
            var pool = 1;
            if (modules.ElementAtOrDefault(next).Module is MaximumOverBands pooling)
            {
                pool = pooling.Bands;
                next++;
            }
            var drops = modules.ElementAtOrDefault(next).Module is TorchSharp.Modules.Dropout;
            next += drops ? 1 : 0;
            blocks.AddRange(own.SkipLast(1).Select(one => (one, one.Shape(finds.Frames, finds.Bands, 1, 0))));
            blocks.Add((own[^1], own[^1].Shape(finds.Frames, finds.Bands, pool, drops ? dropout : 0)));
        }
        return blocks.Count > 0 ? new(blocks, isGated: false) : null;
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        var maps = Gated(trunk.Train(values, Weights, Running, seeds));
        convolutions.ForEach(convolution => convolution.CountBatch());
        return maps.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Infer(Tensor values)
    {
        using var scope = NewDisposeScope();
        return Gated(trunk.Infer(values, Weights, Running)).MoveToOuterDisposeScope();
    }

    private Tensor[] Weights => [.. convolutions.SelectMany(convolution => convolution.Weights)];

    private Tensor[] Running => [.. convolutions.SelectMany(convolution => convolution.Running)];

    private Tensor Gated(Tensor maps) => isGated ? Layer.GatedConvolution.Gated(maps) : maps;
}

/// <summary>A layer over frames, and the dropout after it, that has kernels of its own.</summary>
internal sealed class FastKernel(IKernelLayer kernel) : IFastStep
{
    /// <inheritdoc/>
    public int Seeds => 1;

    /// <summary>From the modules that come next, which are passed; null, and none is, where the first has no kernels.</summary>
    public static FastKernel? From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        var drops = modules.ElementAtOrDefault(next + 1).Module is TorchSharp.Modules.Dropout;
        if (
            modules[next] is not (IKernelCovered covered, var finds)
            || covered.Kernel(finds.Frames, drops ? dropout : 0) is not { } kernel
        )
            return null;
        next += drops ? 2 : 1;
        return new FastKernel(kernel);
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds) => kernel.Train(values.contiguous(), seeds[0]);

    /// <inheritdoc/>
    public Tensor Infer(Tensor values) => kernel.Infer(values.contiguous());
}

/// <summary>A module as it is; dropout by kernels.</summary>
internal sealed class FastModule(nn.Module<Tensor, Tensor> module, double rate) : IFastStep
{
    /// <summary>One for whatever computes: the same masks as ever, whether it drops or not.</summary>
    public int Seeds => module is MapsToVectors ? 0 : 1;

    /// <summary>The next module, which is passed.</summary>
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
