using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// Consecutive convolutions with the max-pooling and dropout after each, computed by one CPU kernel. Convolutions over
/// raw samples use the same CPU kernel: the samples are divided into blocks of the length of the stride, and each block
/// becomes a frame with a single bin. A gated or linear convolution, which has no ReLU, is computed alone, without
/// pooling and dropout.
/// </summary>
internal sealed class FastConvolutions : IFastStep
{
    private readonly List<NormalisedConvolution> convolutions = [];
    private readonly ConvolutionTrunk trunk;
    private readonly Shape finds;
    private readonly bool isGated;
    private readonly int sampleStep; // 0: two-dimensional convolutions

    private FastConvolutions(
        IReadOnlyList<(NormalisedConvolution Convolution, BlockShape Shape)> blocks,
        Shape finds,
        bool isGated,
        int sampleStep,
        bool isFirst
    )
    {
        convolutions.AddRange(blocks.Select(block => block.Convolution));
        trunk = new ConvolutionTrunk([.. blocks.Select(block => block.Shape)], isFirst);
        this.finds = finds;
        this.isGated = isGated;
        this.sampleStep = sampleStep;
    }

    /// <inheritdoc/>
    public int Seeds => convolutions.Count;

    /// <summary>
    /// Creates a step from the modules that start at index <paramref name="next"/>, and advances
    /// <paramref name="next"/> past them. Returns null, without advancing, if the first of these modules is not a
    /// convolution that the CPU kernels support.
    /// </summary>
    /// <param name="modules">The network's modules with their input shapes.</param>
    /// <param name="next">Index of the first module of the step.</param>
    /// <param name="dropout">Dropout rate of the network.</param>
    public static FastConvolutions? From(
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        ref int next,
        double dropout
    )
    {
        if (modules[next] is not (IConvolutionModule { Convolutions.Count: > 0 } first, var input))
            return null;
        var step = first.SampleStep;
        var isFirst = !modules.Take(next).Any(before => before.Module.parameters().Any());
        if (first.IsGated || first.IsLinear)
        {
            next++;
            var linear = first.Convolutions[0];
            var shape = linear.Shape(input.Frames, input.Bands) with { HasRelu = false };
            return new([(linear, shape)], input, first.IsGated, step, isFirst);
        }
        List<(NormalisedConvolution, BlockShape)> blocks = [];
        while (
            modules.ElementAtOrDefault(next)
                is (IConvolutionModule { IsGated: false, IsLinear: false, Convolutions.Count: > 0 } layer, var finds)
            && (layer.SampleStep > 0) == (step > 0)
            && (layer.SampleStep <= 1 || blocks.Count == 0)
        )
        {
            next++;
            var shapes = layer
                .Convolutions.Select(own =>
                    step > 0
                        ? own.Shape(finds.Frames * finds.Bands / layer.SampleStep, 1)
                        : own.Shape(finds.Frames, finds.Bands)
                )
                .ToArray();
            if (modules.ElementAtOrDefault(next).Module is IPoolingModule { IsMaximum: true } pooling)
            {
                var (frames, bands) = step > 0 ? (pooling.Bands, 1) : (pooling.Frames, pooling.Bands);
                if (PooledBlock.CanPool(frames, bands) && (step == 0 || pooling.Frames == 1))
                {
                    shapes[^1] = shapes[^1] with { PoolFrames = frames, Pool = bands };
                    next++;
                }
            }
            if (modules.ElementAtOrDefault(next).Module is TorchSharp.Modules.Dropout)
            {
                shapes[^1] = shapes[^1] with { Rate = dropout };
                next++;
            }
            blocks.AddRange(layer.Convolutions.Zip(shapes));
        }
        return new(blocks, input, isGated: false, step, isFirst);
    }

    /// <inheritdoc/>
    public Tensor Train(Tensor values, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        var maps = Leaving(trunk.Train(Entering(values), Weights, Running, seeds));
        convolutions.ForEach(convolution => convolution.CountBatch());
        return maps.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Infer(Tensor values)
    {
        using var scope = NewDisposeScope();
        return Leaving(trunk.Infer(Entering(values), Weights, Running)).MoveToOuterDisposeScope();
    }

    private Tensor[] Weights => [.. convolutions.SelectMany(convolution => convolution.Weights)];

    private Tensor[] Running => [.. convolutions.SelectMany(convolution => convolution.Running)];

    private Tensor Entering(Tensor values)
    {
        if (sampleStep == 0)
            return values;
        var maps = values.AsMaps(); // (batch, maps, frames, samples)
        return maps.permute(0, 2, 3, 1)
            .reshape(maps.shape[0], finds.Frames * finds.Bands / sampleStep, 1, -1)
            .permute(0, 3, 1, 2);
    }

    private Tensor Leaving(Tensor maps)
    {
        if (isGated)
            return GatedUnits.Fits((int)maps.shape[1] / 2) ? GatedUnits.Of(maps) : Layer.GatedConvolution.Gated(maps);
        return sampleStep == 0
            ? maps
            : maps.permute(0, 2, 3, 1).reshape(maps.shape[0], finds.Frames, -1, maps.shape[1]).permute(0, 3, 1, 2);
    }
}
