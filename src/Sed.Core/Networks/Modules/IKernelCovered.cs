using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module over frames that kernels can compute, together with the dropout after it.</summary>
internal interface IKernelCovered
{
    /// <summary>The kernels for so many frames and such a dropout; null where they do not cover these sizes.</summary>
    IKernelLayer? Kernel(int frames, double dropout);
}

/// <summary>A layer and the dropout after it as one operation on the CPU, with the module's own parameters.</summary>
internal interface IKernelLayer
{
    /// <param name="sequence">(batch, frames, width), contiguous, float32.</param>
    /// <param name="seed">Decides what dropout drops.</param>
    Tensor Train(Tensor sequence, uint seed);

    /// <summary>Without dropout and gradients.</summary>
    Tensor Infer(Tensor sequence);
}
