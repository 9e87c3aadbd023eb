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
    /// Creates the kernel computation of a network; returns null if the kernels support none of its layers.
    /// </summary>
    public static FastLayers? For(
        NetworkDescription description,
        IReadOnlyList<(nn.Module<Tensor, Tensor> Module, Shape Finds)> modules,
        InputParts? parts,
        double fusionStride
    )
    {
        List<IFastStep> steps = [];
        for (var next = 0; next < modules.Count; )
            steps.Add(
                FastConvolutions.From(modules, ref next, description.Dropout)
                    ?? (IFastStep?)FastKernel.From(modules, ref next, description.Dropout)
                    ?? (IFastStep?)FastPooling.From(modules, ref next, description.Dropout)
                    ?? FastModule.From(modules, ref next, description.Dropout)
            );
        return steps.Any(step => step is not FastModule)
            ? new FastLayers(description.Input, steps, parts, fusionStride)
            : null;
    }

    /// <summary>
    /// True if the kernels can process the batch: it must be float32, on the CPU and of the input size of the layers,
    /// and must not require a gradient. In evaluation mode, gradients must also be disabled.
    /// </summary>
    public bool Takes(Tensor clips, bool training) =>
        clips.device_type == DeviceType.CPU
        && clips.dtype == ScalarType.Float32
        && clips.dim() == 3
        && clips.shape[0] > 0
        && clips.shape[1] == input.Frames
        && clips.shape[2] == input.Bands
        && !clips.requires_grad
        && !Autocast.IsActive
        && (training || !is_grad_enabled());

    /// <summary>Computes the layers.</summary>
    /// <param name="clips">Shape (batch, frames, bands).</param>
    /// <param name="training">Whether to use batch statistics and dropout.</param>
    /// <returns>Shape (batch, frames, width).</returns>
    public Tensor Call(Tensor clips, bool training)
    {
        using var scope = NewDisposeScope();
        var seeds = training ? Seeds(steps.Sum(step => step.Seeds)) : [];
        var values = parts?.First(clips) ?? clips.contiguous();
        var used = 0;
        foreach (var step in steps)
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
