using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class MapNormalisationTests
{
    public MapNormalisationTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Theory]
    [InlineData(1e-5, 1)]
    [InlineData(3, 0.5)] // 1 / sqrt(1 + 3)
    public void A_normalisation_of_maps_divides_each_map_by_its_deviation(double epsilon, double deviation)
    {
        using var module = new Layer.MapNormalisation(epsilon).Build(new Shape(50, 2, 40));
        using var scope = NewDisposeScope();
        var input = randn(8, 2, 50, 40);
        var maps =
            (input - input.mean([0, 2, 3], keepdim: true)) / input.std([0, 2, 3], unbiased: false, keepdim: true);
        var (first, second) = (maps.narrow(1, 0, 1) + 5, maps.narrow(1, 1, 1) - 3);
        Assert.True(module.call(cat([first, second], 1)).allclose(maps * deviation, 1e-3, 1e-3));
    }

    [Fact]
    public void A_batch_normalisation_without_a_positive_epsilon_is_a_problem()
    {
        NetworkDescription wrong = new()
        {
            Frames = 12,
            Bands = 8,
            Classes = 3,
            Layers = [new Layer.MapNormalisation(0), new Layer.GatedConvolution(4, HasBias: false, Epsilon: -1)],
        };
        Assert.Equal(
            """
            network, layer 1 (normalisation of maps, epsilon 0): the epsilon of the batch normalisation is 0; it must be above 0, for example 1e-3
            network, layer 2 (gated conv 4 3x3 without bias, epsilon -1): the epsilon of the batch normalisation is -1; it must be above 0, for example 1e-3
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }
}
