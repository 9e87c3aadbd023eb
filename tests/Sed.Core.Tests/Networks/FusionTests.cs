using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class FusionTests
{
    private static readonly NetworkDescription example = new()
    {
        Layers =
        [
            new Layer.Convolution(4),
            new Layer.Pooling(2, 4, PoolingKind.Maximum),
            new Layer.Fusion("mel", ["mn"]),
            new Layer.Dense(8, Activation.Relu),
        ],
        Frames = 7,
        Bands = 11,
        Parts = [new("mel", 8), new("mn", 3)],
        Classes = 2,
        Weak = new WeakOutput.LinearSoftmax(),
    };

    [Fact]
    public void Layers_before_the_fusion_process_the_first_source_alone()
    {
        Assert.Empty(example.Problems());
        using SedNetwork network = new(example);
        var shapes = NetworkWeights.Of(network).Select(array => string.Join('x', array.Value.Shape));
        Assert.Contains("4x1x3x3", shapes);
        // 4 maps of 2 bands, and 3 values of the other source.
        Assert.Contains("8x11", shapes);
    }

    [Fact]
    public void Frames_of_the_other_source_are_averaged_over_the_pooled_frames()
    {
        using var scope = NewDisposeScope();
        var others = arange(7).reshape(1, 7, 1).to(float32);
        var joined = FusionModule.Join(zeros(1, 3, 2), others, 2);
        Assert.Equal([1, 3, 3], joined.shape);
        Assert.Equal([0.5f, 2.5f, 4.5f], joined[0, TensorIndex.Colon, 2].data<float>().ToArray());
    }

    [Theory]
    // Strided convolutions round up: the last frame covers one given frame only.
    [InlineData(4, 2.0, new[] { 0.5f, 2.5f, 4.5f, 6f })]
    // 0, 1 and half of 2; the other half of 2, 3 and 4, and so on.
    [InlineData(3, 2.5, new[] { 0.8f, 3.2f, 5.5f })]
    // Beyond the end, the last given frame is repeated.
    [InlineData(5, 1.75, new[] { 0.42857143f, 2.142857f, 3.857143f, 5.571429f, 6f })]
    public void Strides_that_do_not_divide_the_frames_weight_the_other_source_by_overlap(
        int frames,
        double stride,
        float[] expected
    )
    {
        using var scope = NewDisposeScope();
        var others = arange(7).reshape(1, 7, 1).to(float32);
        var joined = FusionModule.Join(zeros(1, frames, 2), others, stride);
        Assert.Equal(
            expected,
            joined[0, TensorIndex.Colon, 2].data<float>().ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-5
        );
    }

    [Fact]
    public void A_network_whose_strided_convolution_rounds_the_frames_up_fuses()
    {
        using SedNetwork network = new(
            example with
            {
                Layers = [new Layer.StridedConvolution(4, 3, 2), new Layer.Fusion("mel", ["mn"])],
            }
        );
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        network.eval();
        Assert.Equal([2, 4, 2], network.call(randn(2, 7, 11)).Strong.shape);
    }

    [Fact]
    public void Kernels_and_torch_agree()
    {
        random.manual_seed(1);
        using SedNetwork network = new(example);
        network.eval();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var input = randn(3, 7, 11);
        var fast = network.call(input);
        network.UseKernels = false;
        var plain = network.call(input);
        Assert.True(fast.Strong.allclose(plain.Strong, 1e-5, 1e-6));
        Assert.True(fast.Weak.allclose(plain.Weak, 1e-5, 1e-6));
    }

    [Fact]
    public void Sources_that_cannot_be_fused_are_problems()
    {
        Expect("there is no feature source 'beats'; use mel or mn", Fused("mel", "beats"));
        Expect("fuse mel mel names 'mel' twice", Fused("mel", "mel"));
        Expect("leaves out the feature source mn", Fused("mel"));
        Expect("needs several feature sources, but there is one", example with { Parts = null, Bands = 8 });
        Expect(
            "there are 2 `fuse` layers",
            example with
            {
                Layers = [new Layer.Fusion("mel", ["mn"]), new Layer.Fusion("mel", ["mn"])],
            }
        );

        static NetworkDescription Fused(string first, params string[] others) =>
            example with
            {
                Layers = [new Layer.Fusion(first, others)],
            };
        static void Expect(string message, NetworkDescription network) =>
            Assert.Contains(message, string.Join('\n', network.Problems()), StringComparison.Ordinal);
    }
}
