using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>The output of the layer before the strong output.</summary>
[Collection(TorchCollection.Name)]
public sealed class HiddenOutputTests
{
    private static readonly NetworkDescription plain = new()
    {
        Layers = [new Layer.Convolution(4), new Layer.BandPooling(4), new Layer.BidirectionalGru(3, Merge.Multiply)],
        Frames = 20,
        Bands = 8,
        Classes = 2,
        Weak = new WeakOutput.LinearSoftmax(),
    };

    public HiddenOutputTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void The_strong_output_is_a_function_of_the_hidden_output(int segment)
    {
        var description =
            segment == 0 ? plain : plain with { Segments = new Segmentation(segment, SegmentLearning.LargestSegment) };
        using SedNetwork network = new(description);
        network.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clips = randn(3, 20, 8);
        var expected = network.call(clips);
        var output = network.CallWithHidden(clips, null, out var hidden);
        Assert.Equal([3, 20, 3], hidden.shape);
        Assert.True(output.Strong.allclose(expected.Strong));
        Assert.True(output.Weak.allclose(expected.Weak));
        var weights = NetworkWeights.Of(network);
        var strong = nn.functional.linear(
            hidden,
            tensor(weights["strong.weight"].Floats.ToArray(), [2, 3]),
            tensor(weights["strong.bias"].Floats.ToArray())
        );
        Assert.True(strong.sigmoid().allclose(output.Strong, 1e-4, 1e-5));
    }

    [Fact]
    public void No_other_tensors_are_left()
    {
        using SedNetwork network = new(plain);
        network.eval();
        using var noGradients = no_grad();
        using var clips = randn(3, 20, 8);
        Call();
        TorchCollection.FreeForgottenTensors();
        var before = TorchSharp.torch.Tensor.TotalCount;
        Call();
        Assert.Equal(before, TorchSharp.torch.Tensor.TotalCount);

        void Call()
        {
            var output = network.CallWithHidden(clips, null, out var hidden);
            hidden.Dispose();
            output.Strong.Dispose();
            output.Weak.Dispose();
        }
    }
}
