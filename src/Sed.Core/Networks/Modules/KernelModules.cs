using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module of normalised convolutions that the CPU kernels can compute.</summary>
internal interface IConvolutionModule
{
    /// <summary>
    /// The convolutions in order; empty if the CPU kernels do not support them. A ReLU follows each convolution, except
    /// the last one if it is gated or linear.
    /// </summary>
    IReadOnlyList<NormalisedConvolution> Convolutions { get; }

    /// <summary>
    /// Whether the last convolution is a gated linear unit: the second half of its maps gates the first half.
    /// </summary>
    bool IsGated => false;

    /// <summary>Whether no activation function follows the last convolution.</summary>
    bool IsLinear => false;

    /// <summary>
    /// Stride of a convolution over samples; 0 for a convolution over frames and bands. The CPU kernels process each
    /// block of this many samples as one frame with one bin.
    /// </summary>
    int SampleStep => 0;
}

/// <summary>
/// A convolution followed by batch normalisation, in the form that the CPU kernels need. The modules own the
/// parameters.
/// </summary>
internal sealed class NormalisedConvolution
{
    private readonly Func<(Tensor Kernel, Tensor Bias)> convolution;
    private readonly BatchNorm normalisation;

    /// <summary>
    /// A convolution over frames and bands. For an even kernel size, the module pads the input with one more zero at the end
    /// than at the start. The CPU kernels pad both sides equally and get the same result from weights of 0 that are put
    /// before the convolution's weights.
    /// </summary>
    public NormalisedConvolution(Conv2d convolution, BatchNorm normalisation)
    {
        this.convolution = () =>
        {
            Tensor kernel = convolution.weight!; // (filters, channels, frames, bands)
            if (kernel.shape is var shape && (shape[2] % 2 == 0 || shape[3] % 2 == 0))
                kernel = nn.functional.pad(kernel, [1 - shape[3] % 2, 0, 1 - shape[2] % 2, 0]);
            return (kernel, convolution.bias ?? NoBias(convolution.weight!));
        };
        this.normalisation = normalisation;
    }

    /// <summary>
    /// A convolution over samples, with a stride of 1 or the kernel size. The samples are divided into blocks of the
    /// length of the stride, and each block is computed as a frame with one bin. For an even kernel size and a stride
    /// of 1, the module pads the samples with one more zero at the end than at the start. The CPU kernels pad both
    /// sides equally and get the same result from a weight of 0 that is put before the convolution's weights.
    /// </summary>
    public NormalisedConvolution(Conv1d convolution, BatchNorm normalisation)
    {
        this.convolution = () =>
        {
            Tensor kernel = convolution.weight!; // (filters, channels, samples)
            if (convolution.stride[0] == 1 && kernel.shape[2] % 2 == 0)
                kernel = nn.functional.pad(kernel, [1, 0]);
            return (
                convolution.stride[0] == 1
                    ? kernel.unsqueeze(3)
                    : kernel.transpose(1, 2).reshape(kernel.shape[0], -1, 1, 1),
                convolution.bias!
            );
        };
        this.normalisation = normalisation;
    }

    // The CPU kernels always add a bias.
    private static Tensor NoBias(Tensor kernel) => zeros(kernel.shape[0], dtype: kernel.dtype, device: kernel.device);

    /// <summary>
    /// Weight and bias of the convolution, then of the normalisation. For a convolution without bias, the bias is a new
    /// tensor of zeros.
    /// </summary>
    public IReadOnlyList<Tensor> Weights
    {
        get
        {
            var (kernel, bias) = convolution();
            return [kernel, bias, normalisation.weight!, normalisation.bias!];
        }
    }

    /// <summary>Running mean and variance of the normalisation.</summary>
    public IReadOnlyList<Tensor> Running => [normalisation.running_mean!, normalisation.running_var!];

    /// <summary>Increments the normalisation's count of training batches, as its forward pass does.</summary>
    public void CountBatch() => normalisation.get_buffer("num_batches_tracked")!.Count();

    /// <summary>
    /// Sizes and hyperparameters of the convolution for the CPU kernels, for an input of <paramref name="frames"/>
    /// frames and <paramref name="bins"/> bins.
    /// </summary>
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

/// <summary>A module that pools maps over rectangles of frames and bands.</summary>
internal interface IPoolingModule
{
    /// <summary>Pool size in frames.</summary>
    int Frames { get; }

    /// <summary>Pool size in bands.</summary>
    int Bands { get; }

    /// <summary>Whether it is max pooling; otherwise it is average pooling.</summary>
    bool IsMaximum { get; }
}

/// <summary>A module that has its own CPU kernels. They also compute the dropout after the module.</summary>
internal interface IKernelModule
{
    /// <summary>
    /// Creates the CPU kernels for an input of the given size; returns null if they do not support the size of the
    /// module or the dropout rate.
    /// </summary>
    /// <param name="frames">Number of frames.</param>
    /// <param name="bands">Number of bands; 1 for vectors.</param>
    /// <param name="dropout">Rate of the dropout after the module.</param>
    IKernelLayer? Kernel(int frames, int bands, double dropout);
}

/// <summary>A layer and the dropout after it as one operation on the CPU, with the module's parameters.</summary>
internal interface IKernelLayer
{
    /// <summary>The forward pass in training.</summary>
    /// <param name="values">The module's input in torch's shape and any memory layout, float32.</param>
    /// <param name="seed">Seed of the dropout mask.</param>
    Tensor Train(Tensor values, uint seed);

    /// <summary>The forward pass at inference, without dropout and gradients.</summary>
    /// <param name="values">The module's input in torch's shape and any memory layout, float32.</param>
    Tensor Infer(Tensor values);
}
