using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// Computes a network's layers with the CPU kernels: consecutive convolutions as one operation, other supported layers
/// (for example recurrent layers) as one operation each, and dropout without stored masks. Torch computes the layers
/// that the CPU kernels do not support. The torch modules own all parameters.
/// </summary>
internal sealed class FastLayers
{
    private readonly Shape input;
    private readonly List<IFastStep> steps;
    private readonly InputParts? parts;
    private readonly double fusionStride;

    private FastLayers(Shape input, List<IFastStep> steps, InputParts? parts, double fusionStride)
    {
        this.input = input;
        this.steps = steps;
        this.parts = parts;
        this.fusionStride = fusionStride;
    }

    /// <summary>
    /// Creates the computation of consecutive layers with the CPU kernels. Returns null if the kernels support none of
    /// the layers.
    /// </summary>
    /// <param name="input">Shape of the first module's input.</param>
    /// <param name="dropout">Dropout rate of the network.</param>
    /// <param name="modules">The modules with their input shapes.</param>
    /// <param name="parts">Parts of the network's input; null if the network has no fusion.</param>
    /// <param name="fusionStride">
    /// Number of frames of the network's input per frame of the layers' output before the fusion.
    /// </param>
    public static FastLayers? For(
        Shape input,
        double dropout,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        InputParts? parts,
        double fusionStride
    )
    {
        List<IFastStep> steps = [];
        for (var next = 0; next < modules.Count; )
            steps.Add(
                FastConvolutions.From(modules, ref next, dropout)
                    ?? (IFastStep?)FastKernel.From(modules, ref next, dropout)
                    ?? (IFastStep?)FastPooling.From(modules, ref next, dropout)
                    ?? FastModule.From(modules, ref next, dropout)
            );
        return steps.Any(step => step is not FastModule) ? new FastLayers(input, steps, parts, fusionStride) : null;
    }

    /// <summary>
    /// Returns whether the CPU kernels can process the batch: it must be float32, on the CPU and of the input size of
    /// the layers, and must not require a gradient unless <paramref name="withGradient"/> is true. Mixed precision
    /// (autocast) must be off. If the layers are not trained, gradients must also be disabled.
    /// </summary>
    /// <param name="values">Input of the first layer.</param>
    /// <param name="training">Whether the layers are trained.</param>
    /// <param name="withGradient">Whether the values may require a gradient, because trained layers precede them.</param>
    public bool Takes(Tensor values, bool training, bool withGradient = false) =>
        values.device_type == DeviceType.CPU
        && values.dtype == ScalarType.Float32
        && values.shape is [> 0, ..]
        && (
            (input.Maps <= 1 && values.shape[1..].SequenceEqual([input.Frames, input.Width]))
            || (input.Maps > 0 && values.shape[1..].SequenceEqual([input.Maps, input.Frames, input.Bands]))
        )
        && (withGradient || !values.requires_grad)
        && !Autocast.IsActive
        && (training || !is_grad_enabled());

    /// <summary>Computes the forward pass of the layers.</summary>
    /// <param name="values">
    /// Input of the first layer: shape (batch, frames, bands) for the network's input or vectors, else (batch, maps,
    /// frames, bands).
    /// </param>
    /// <param name="clips">The network's input, from which a fusion takes the other feature sources.</param>
    /// <param name="training">Whether to use batch statistics and dropout.</param>
    /// <param name="firstStep">
    /// Index of the first step (a module, or modules that are computed together) to compute. If it is above 0,
    /// <paramref name="values"/> is the output of the earlier steps. Default 0.
    /// </param>
    /// <returns>Shape (batch, frames, width).</returns>
    public Tensor Call(Tensor values, Tensor clips, bool training, int firstStep = 0)
    {
        using var scope = NewDisposeScope();
        var seeds = training ? Seeds(steps.Sum(step => step.Seeds)) : [];
        values = values.contiguous();
        var used = steps.Take(firstStep).Sum(step => step.Seeds);
        foreach (var step in steps.Skip(firstStep))
        {
            if (parts is not null && step is FastModule { IsFusion: true })
            {
                values = parts.Join(values, clips, fusionStride);
                continue;
            }
            values = training ? step.Train(values, seeds.AsSpan(used, step.Seeds).ToArray()) : step.Infer(values);
            used += step.Seeds;
        }
        return values.MoveToOuterDisposeScope();
    }

    /// <summary>Draws dropout seeds from torch's generator, whose state thus determines all masks.</summary>
    private static uint[] Seeds(int count)
    {
        using var drawn = randint(0, uint.MaxValue, [count], ScalarType.Int64);
        return [.. drawn.data<long>().Select(value => (uint)value)];
    }
}
