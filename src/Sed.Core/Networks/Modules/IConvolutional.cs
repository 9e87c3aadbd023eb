using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module whose convolutions, each with its batch normalisation, kernels can compute.</summary>
internal interface IConvolutional
{
    /// <summary>The convolutions one after the other, each with ReLU but for a last one that is gated; empty where kernels do not cover them.</summary>
    IReadOnlyList<NormalisedConvolution> Convolutions { get; }

    /// <summary>Whether half of what the last one gives are gates of the other half.</summary>
    bool IsGated => false;
}

/// <summary>A convolution and the batch normalisation behind it, as kernels see them; parameters stay the modules'.</summary>
internal sealed class NormalisedConvolution(Conv2d convolution, BatchNorm2d normalisation)
{
    /// <summary>The convolution's and the normalisation's weight and bias.</summary>
    public IReadOnlyList<Tensor> Weights =>
        [convolution.weight!, convolution.bias!, normalisation.weight!, normalisation.bias!];

    /// <summary>The normalisation's running mean and variance.</summary>
    public IReadOnlyList<Tensor> Running => [normalisation.running_mean!, normalisation.running_var!];

    /// <summary>Adds one to the normalisation's count of training batches, as its own forward pass does.</summary>
    public void CountBatch() => normalisation.get_buffer("num_batches_tracked")!.Count();

    /// <summary>What the kernels need to know of it, where it is pooled and dropped out like this.</summary>
    public BlockShape Shape(int frames, int bands, int pool, double rate, bool rectifies = true) =>
        new(
            (int)convolution.in_channels,
            (int)convolution.out_channels,
            bands,
            pool,
            frames,
            normalisation.eps,
            normalisation.momentum ?? 0.1,
            rate,
            (int)convolution.weight!.shape[2],
            (int)convolution.weight!.shape[3],
            rectifies
        );
}
