using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

public sealed class InitialWeightsTests
{
    private static readonly NetworkDescription Plain = new()
    {
        Layers =
        [
            new Layer.Convolution(6),
            new Layer.BandPooling(8),
            new Layer.BidirectionalGru(5, Merge.Concatenate),
            new Layer.Dense(7, Activation.Relu),
        ],
        Frames = 12,
        Bands = 8,
        Classes = 3,
    };

    // The convolution has 1 input and 6 output maps of 3x3 values; the dense layer has 10 inputs and 7 outputs.
    [Theory]
    [InlineData(InitialWeights.Glorot, 9 + 54, 10 + 7)]
    [InlineData(InitialWeights.He, 9, 10)]
    public void Weights_are_within_the_bounds_of_the_formula_and_biases_are_zero(
        InitialWeights kind,
        int ofConvolution,
        int ofDense
    )
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using SedNetwork network = new(Plain with { Initial = kind });
        foreach (var (name, parameter) in network.named_parameters())
            if (name.Contains("convolution.") && parameter.dim() == 4)
                AssertUniform(Math.Sqrt(6.0 / ofConvolution), parameter);
            else if (name.Contains("4-dense") && parameter.dim() == 2)
                AssertUniform(Math.Sqrt(6.0 / ofDense), parameter);
            else if (name.EndsWith("bias"))
                Assert.Equal(0, parameter.abs().max().item<float>());
    }

    [Fact]
    public void Recurrent_layers_keep_their_own_weights()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using SedNetwork own = new(Plain);
        random.manual_seed(1);
        using SedNetwork glorot = new(Plain with { Initial = InitialWeights.Glorot });
        foreach (var ((name, parameter), (_, other)) in own.named_parameters().Zip(glorot.named_parameters()))
            if (name.Contains("gru"))
                Assert.True(parameter.equal(other).all().item<bool>(), name);
    }

    [Fact]
    public void The_default_is_not_part_of_the_key()
    {
        Assert.DoesNotContain("initial", CanonicalKey.Text(Plain));
        Assert.Contains(
            "\"initial\":\"glorot\"",
            CanonicalKey.Text(Plain with { Initial = InitialWeights.Glorot }).Replace(" ", "")
        );
    }

    private static void AssertUniform(double bound, Tensor weights)
    {
        var largest = weights.abs().max().item<float>();
        Assert.InRange(largest, 0.7 * bound, bound);
    }
}
