using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module whose convolutions, each with its batch normalisation, kernels can compute.</summary>
internal interface IConvolutionModule
{
    /// <summary>The convolutions one after the other, each with ReLU but for a last one that is gated; empty where kernels do not cover them.</summary>
    IReadOnlyList<NormalisedConvolution> Convolutions { get; }

    /// <summary>Whether half of what the last one gives are gates of the other half.</summary>
    bool IsGated => false;

    /// <summary>
    /// The step over samples, where the convolutions go along them instead of over frames and bands: the kernels then see every
    /// step's samples as a frame of one bin. 0 where they do not.
    /// </summary>
    int SampleStep => 0;
}

/// <summary>A convolution and the batch normalisation behind it, as kernels see them; parameters stay the modules'.</summary>
internal sealed class NormalisedConvolution
{
    private readonly Func<(Tensor Kernel, Tensor Bias)> convolution;
    private readonly BatchNorm normalisation;

    public NormalisedConvolution(Conv2d convolution, BatchNorm normalisation)
    {
        this.convolution = () => (convolution.weight!, convolution.bias!);
        this.normalisation = normalisation;
    }

    /// <summary>Along samples, whose steps become frames of one bin: kernels of one step, or steps of one sample.</summary>
    public NormalisedConvolution(Conv1d convolution, BatchNorm normalisation)
    {
        this.convolution = () =>
        {
            var kernel = convolution.weight!; // (filters, channels, samples)
            return (
                convolution.stride[0] == 1
                    ? kernel.unsqueeze(3)
                    : kernel.transpose(1, 2).reshape(kernel.shape[0], -1, 1, 1),
                convolution.bias!
            );
        };
        this.normalisation = normalisation;
    }

    /// <summary>The convolution's and the normalisation's weight and bias.</summary>
    public IReadOnlyList<Tensor> Weights
    {
        get
        {
            var (kernel, bias) = convolution();
            return [kernel, bias, normalisation.weight!, normalisation.bias!];
        }
    }

    /// <summary>The normalisation's running mean and variance.</summary>
    public IReadOnlyList<Tensor> Running => [normalisation.running_mean!, normalisation.running_var!];

    /// <summary>Adds one to the normalisation's count of training batches, as its own forward pass does.</summary>
    public void CountBatch() => normalisation.get_buffer("num_batches_tracked")!.Count();

    /// <summary>What the kernels need to know of it where it finds so many frames and bins.</summary>
    public BlockShape Shape(int frames, int bins)
    {
        using var scope = NewDisposeScope();
        var kernel = convolution().Kernel.shape;
        return new(
            (int)kernel[1],
            (int)kernel[0],
            bins,
            1,
            frames,
            normalisation.eps,
            normalisation.momentum ?? 0.1,
            0,
            (int)kernel[2],
            (int)kernel[3]
        );
    }
}
