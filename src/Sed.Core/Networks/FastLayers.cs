using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// Computes a network's layers with the kernels: consecutive convolutions as one operation, each recurrent layer as one
/// operation, and dropout without stored masks. Other layers run their torch modules. The torch modules own all
/// parameters.
/// </summary>
internal sealed class FastLayers
{
    private readonly Shape input;
    private readonly List<IFastStep> steps;

    private FastLayers(Shape input, List<IFastStep> steps)
    {
        this.input = input;
        this.steps = steps;
    }

    /// <summary>
    /// Creates the kernel computation of consecutive layers; returns null if the kernels support none of them.
    /// </summary>
    /// <param name="input">Shape of the first module's input.</param>
    /// <param name="dropout">Dropout rate of the network.</param>
    /// <param name="modules">The modules with their input shapes.</param>
    public static FastLayers? For(
        Shape input,
        double dropout,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules
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
        return steps.Any(step => step is not FastModule) ? new FastLayers(input, steps) : null;
    }

    /// <summary>
    /// True if the kernels can process the batch: it must be float32, on the CPU and of the input size of the layers,
    /// and must not require a gradient. In evaluation mode, gradients must also be disabled.
    /// </summary>
    public bool Takes(Tensor clips, bool training) =>
        clips.device_type == DeviceType.CPU
        && clips.dtype == ScalarType.Float32
        && clips.shape is [> 0, ..]
        && (
            (input.Maps <= 1 && clips.shape[1..].SequenceEqual([input.Frames, input.Width]))
            || (input.Maps > 0 && clips.shape[1..].SequenceEqual([input.Maps, input.Frames, input.Bands]))
        )
        && !clips.requires_grad
        && !Autocast.IsActive
        && (training || !is_grad_enabled());

    /// <summary>Computes the layers.</summary>
    /// <param name="clips">
    /// Shape (batch, frames, bands) for the network's input or vectors, else (batch, maps, frames, bands).
    /// </param>
    /// <param name="training">Whether to use batch statistics and dropout.</param>
    /// <returns>Shape (batch, frames, width).</returns>
    public Tensor Call(Tensor clips, bool training)
    {
        using var scope = NewDisposeScope();
        var seeds = training ? Seeds(steps.Sum(step => step.Seeds)) : [];
        var values = clips.contiguous();
        var used = 0;
        foreach (var step in steps)
        {
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
