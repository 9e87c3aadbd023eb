using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class GatedMapsTests
{
    // More bins than a tile, and than an item, has; numbers of bins that are no multiple of eight.
    public static TheoryData<int, int, int, int, bool> Shapes =>
        new()
        {
            { 1, 16, 1, 1, false },
            { 2, 16, 53, 41, false },
            { 2, 16, 53, 41, true },
            { 3, 48, 7, 5, false },
            { 3, 128, 31, 4, true },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_and_gradients_equal_those_of_torch(int batch, int maps, int frames, int bins, bool isContext)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        Generator generator = new(3);
        var input = randn(batch, maps, frames, bins, generator: generator) * 2;
        var weight = randn(maps, maps, generator: generator) * 0.3;
        var bias = randn(maps, generator: generator);
        var seen = randn(batch, maps, frames, bins, generator: generator);

        Tensor[] exact = [.. new[] { input, weight, bias }.Select(tensor => tensor.to(float64).requires_grad_())];
        var expected = Plain(exact, isContext);
        (expected * seen).sum().backward();
        Tensor[] own = [.. new[] { input, weight, bias }.Select(tensor => tensor.clone().requires_grad_())];
        GatedMaps gates = new(maps, isContext, rate: 0);
        var output = gates.Train(own[0], own[1], own[2], 0);
        (output * seen).sum().backward();

        Close.Assert("output", expected, output);
        foreach (var (name, exactly, ours) in new[] { "input", "weight", "bias" }.Zip(exact, own))
            Close.Assert(name, exactly.grad!, ours.grad!);
        using (no_grad())
            Close.Assert("inference", expected, gates.Infer(input, weight, bias));
    }

    [Fact]
    public void Dropout_multiplies_outputs_and_gradients_by_the_same_mask()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        Generator generator = new(4);
        var input = randn(2, 32, 20, 6, generator: generator).requires_grad_();
        var weight = randn(32, 32, generator: generator).requires_grad_();
        var bias = randn(32, generator: generator).requires_grad_();
        var whole = new GatedMaps(32, false, 0).Train(input, weight, bias, 0);
        var dropped = new GatedMaps(32, false, 0.4).Train(input, weight, bias, 9);
        var mask = (dropped / whole).detach();
        Assert.InRange(mask.eq(0).to(float32).mean().item<float>(), 0.36f, 0.44f);
        (whole * mask).sum().backward();
        Tensor[] expected = [.. new[] { input, weight, bias }.Select(tensor => tensor.grad!.clone())];
        foreach (var tensor in new[] { input, weight, bias })
            tensor.grad!.zero_();
        dropped.sum().backward();
        foreach (var (name, wanted, tensor) in new[] { "input", "weight", "bias" }.Zip(expected, [input, weight, bias]))
            Close.Assert(name, wanted, tensor.grad!);
    }

    private static Tensor Plain(Tensor[] parameters, bool isContext)
    {
        var x = parameters[0].permute(0, 2, 3, 1);
        var mixed = nn.functional.linear(x, parameters[1], parameters[2]);
        return (isContext ? x * mixed.sigmoid() : mixed * x.sigmoid()).permute(0, 3, 1, 2);
    }
}
