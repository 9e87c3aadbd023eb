using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>Convolution, batch normalisation and ReLU: (batch, maps, frames, bands) to (batch, filters, frames, bands).</summary>
internal sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> convolution;
    private readonly nn.Module<Tensor, Tensor> normalisation;

    /// <param name="maps">Maps that come in; 0 when the input still is (batch, frames, bands).</param>
    /// <param name="layer">Filters and kernel.</param>
    public ConvolutionBlock(int maps, Layer.Convolution layer)
        : base(nameof(ConvolutionBlock))
    {
        (long, long) kernel = (layer.KernelFrames, layer.KernelBands);
        (long, long) padding = (layer.KernelFrames / 2, layer.KernelBands / 2);
        convolution = nn.Conv2d(Math.Max(1, maps), layer.Filters, kernel, padding: padding);
        normalisation = nn.BatchNorm2d(layer.Filters);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.dim() == 3 ? input.unsqueeze(1) : input;
        return normalisation.call(convolution.call(maps)).relu().MoveToOuterDisposeScope();
    }
}
