using Sed.Core.Networks.Kernels;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// A network's layers through the kernels: the convolution blocks at the bottom as one operation, recurrent layers as
/// one each, dropout without stored masks; whatever else as its own module. Parameters stay the modules'.
/// </summary>
internal sealed class FastLayers
{
    private readonly int frames;
    private readonly bool endsInVectors;
    private readonly List<ConvolutionBlock> blocks = [];
    private readonly List<BlockShape> shapes = [];
    private readonly List<(nn.Module<Tensor, Tensor> Module, IKernelLayer? Kernel, double Rate)> upper = [];
    private readonly ConvolutionTrunk trunk;

    private FastLayers(
        NetworkDescription description,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, int Frames)> modules
    )
    {
        frames = description.Input.Frames;
        var next = AddBlocks(description, modules);
        endsInVectors = modules.ElementAtOrDefault(next++).Module is MapsToVectors;
        trunk = new ConvolutionTrunk(shapes);
        for (; next < modules.Count; next++)
        {
            var dropsNext = modules.ElementAtOrDefault(next + 1).Module is TorchSharp.Modules.Dropout;
            if (
                modules[next] is (IKernelCovered covered, var found)
                && covered.Kernel(found, dropsNext ? description.Dropout : 0) is { } kernel
            )
            {
                upper.Add((modules[next].Module, kernel, 0));
                next += dropsNext ? 1 : 0;
            }
            else
            {
                var module = modules[next].Module;
                upper.Add((module, null, module is TorchSharp.Modules.Dropout ? description.Dropout : 0));
            }
        }
    }

    /// <summary>The layers through the kernels, or null where these do not begin with blocks that the kernels fit.</summary>
    public static FastLayers? For(
        NetworkDescription description,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, int Frames)> modules
    )
    {
        var begins = description.Layers is [Layer.Convolution, ..];
        var squares = description.Layers.OfType<Layer.Convolution>();
        if (!begins || squares.Any(layer => layer is not { KernelFrames: 3, KernelBands: 3 }))
            return null;
        var layers = new FastLayers(description, modules);
        return layers.endsInVectors && ConvolutionTrunk.Fits(layers.shapes) ? layers : null;
    }

    /// <summary>
    /// Whether the kernels can take this input now: on the CPU, float32, of the described size, in training with
    /// gradients of the parameters alone, or with none.
    /// </summary>
    public bool Takes(Tensor input, bool training) =>
        input.device_type == DeviceType.CPU
        && input.dtype == ScalarType.Float32
        && input.dim() == 3
        && input.shape[0] > 0
        && input.shape[1] == frames
        && input.shape[2] == shapes[0].Bins
        && !input.requires_grad
        && !Autocast.IsActive
        && (training || !is_grad_enabled());

    /// <param name="input">(batch, frames, bands).</param>
    /// <returns>(batch, frames, width).</returns>
    public Tensor Call(Tensor input, bool training)
    {
        using var scope = NewDisposeScope();
        var seeds = training ? Seeds(shapes.Count + upper.Count) : [];
        var parameters = blocks.SelectMany(block => block.Weights).ToArray();
        var running = blocks.SelectMany(block => block.Running).ToArray();
        var clips = input.contiguous();
        var hidden = training
            ? trunk.Train(clips, parameters, running, seeds)
            : trunk.Infer(clips, parameters, running);
        if (training)
            blocks.ForEach(block => block.CountBatch());
        for (var i = 0; i < upper.Count; i++)
        {
            var (module, kernel, rate) = upper[i];
            if (kernel is not null)
            {
                var sequence = hidden.contiguous();
                hidden = training ? kernel.Train(sequence, seeds[shapes.Count + i]) : kernel.Infer(sequence);
            }
            else if (rate > 0 && training)
                hidden = DropoutLayer.Train(hidden.contiguous(), new Kernels.Dropout(rate, seeds[shapes.Count + i]));
            else
                hidden = module.call(hidden);
        }
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Follows the modules while they are blocks: convolution, pooling, dropout.</summary>
    /// <returns>The first module above them.</returns>
    private int AddBlocks(
        NetworkDescription description,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, int Frames)> modules
    )
    {
        var bands = description.Bands;
        var next = 0;
        while (modules.ElementAtOrDefault(next).Module is ConvolutionBlock block)
        {
            next++;
            var pool = 1;
            if (modules.ElementAtOrDefault(next).Module is MaximumOverBands pooling)
            {
                pool = pooling.Bands;
                next++;
            }
            var drops = modules.ElementAtOrDefault(next).Module is TorchSharp.Modules.Dropout;
            next += drops ? 1 : 0;
            blocks.Add(block);
            shapes.Add(block.Shape(frames, bands, pool, drops ? description.Dropout : 0));
            bands /= pool;
        }
        return next;
    }

    /// <summary>Fresh dropout seeds from torch's generator, so that its state alone decides about every mask.</summary>
    private static uint[] Seeds(int count)
    {
        using var drawn = randint(0, uint.MaxValue, [count], ScalarType.Int64);
        return [.. drawn.data<long>().Select(value => (uint)value)];
    }
}
