using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class DynamicConvolutionTests
{
    // Channels and filters that need padding, more clips than groups, and dilations wider than the maps.
    public static TheoryData<int, int, int, int, int, int[]> Shapes =>
        new()
        {
            { 1, 16, 16, 1, 1, [1] },
            { 9, 16, 32, 13, 5, [1, 1, 1, 1] },
            { 2, 5, 20, 30, 7, [1, 1] },
            { 3, 32, 16, 11, 8, [1, 2, 3, 1] },
            { 2, 48, 64, 9, 2, [1, 3] },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_and_gradients_equal_the_weighted_sum_of_torchs_convolutions(
        int batch,
        int channels,
        int filters,
        int frames,
        int bins,
        int[] dilations
    )
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        Generator generator = new(5);
        Tensor[] inputs =
        [
            randn(batch, channels, frames, bins, generator: generator),
            randn(batch, dilations.Length, bins, generator: generator),
            randn([dilations.Length, filters, channels, 3, 3], generator: generator) * 0.2,
        ];
        var seen = randn(batch, filters, frames, bins, generator: generator);
        Tensor[] exact = [.. inputs.Select(tensor => tensor.to(float64).requires_grad_())];
        var expected = Plain(exact, dilations);
        (expected * seen).sum().backward();

        DynamicConvolution convolution = new(dilations);
        Tensor[] own = [.. inputs.Select(tensor => tensor.clone().requires_grad_())];
        var output = convolution.Of(own[0], own[1], own[2]);
        (output * seen).sum().backward();

        Close.Assert("output", expected, output);
        foreach (var (name, exactly, ours) in new[] { "maps", "weights", "kernels" }.Zip(exact, own))
            Close.Assert(name, exactly.grad!, ours.grad!);
        using (no_grad())
            Close.Assert("without gradients", expected, convolution.Of(inputs[0], inputs[1], inputs[2]));
    }

    private static Tensor Plain(Tensor[] inputs, int[] dilations) =>
        dilations
            .Select(
                (dilation, k) =>
                    nn.functional.conv2d(inputs[0], inputs[2][k], padding: [1, dilation], dilation: [1, dilation])
                    * inputs[1].select(1, k).unsqueeze(1).unsqueeze(2)
            )
            .Aggregate((sum, part) => sum + part);
}
