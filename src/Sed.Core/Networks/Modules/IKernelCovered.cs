using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module that kernels can compute, together with the dropout after it.</summary>
internal interface IKernelModule
{
    /// <summary>The kernels for what the module finds and such a dropout; null where they do not cover these sizes.</summary>
    /// <param name="frames">Frames.</param>
    /// <param name="bands">Bands of a frame, 1 where it finds vectors.</param>
    /// <param name="dropout">Dropout rate.</param>
    IKernelLayer? Kernel(int frames, int bands, double dropout);
}

/// <summary>A layer and the dropout after it as one operation on the CPU, with the module's own parameters.</summary>
internal interface IKernelLayer
{
    /// <param name="values">What the module finds, in torch's shape and any layout, float32.</param>
    /// <param name="seed">Decides what dropout drops.</param>
    Tensor Train(Tensor values, uint seed);

    /// <summary>Without dropout and gradients.</summary>
    Tensor Infer(Tensor values);
}
