using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>Properties of the layers of published networks that the tests of every layer do not cover.</summary>
[Collection(TorchCollection.Name)]
public sealed class PublishedLayersTests
{
    public PublishedLayersTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Fact]
    public void Problems_are_reported_with_their_layer()
    {
        NetworkDescription wrong = new()
        {
            Frames = 12,
            Bands = 8,
            Classes = 3,
            Layers =
            [
                new Layer.Convolution(4, Slope: 1),
                new Layer.NormPooling(20, 3, 3),
                new Layer.StridedConvolution(0, 2, 0),
                new Layer.InvertedResidual(0, 4, 2, 0),
                new Layer.Drop(1),
                new Layer.FramePooling(FrameStatistic.Mean, 4),
                new Layer.BandNormalisation(),
            ],
            Weak = new WeakOutput.Attention(),
            Strong = new StrongOutput { PoolsInterpolated = true, Floor = 0.5 },
        };
        Assert.Equal(
            """
            network, layer 1 (conv 4 3x3, leaky 1): the slope of the leaky ReLU is 1; it must be at least 0 and less than 1, for example 0.1
            network, layer 2 (pool 20x3 L3 norm): 12 frames cannot be pooled by 20; the pool size must lie between 1 and the number of frames
            network, layer 2 (pool 20x3 L3 norm): 8 bands cannot be pooled by 3; the pool size must divide the number of bands
            network, layer 2 (pool 20x3 L3 norm): the exponent of the Lp pooling is 3; it must be even and at least 2, for example 4
            network, layer 3 (strided conv 0 2x2, stride 0): 0 filters with a kernel of 2x2; a convolution needs at least one filter and a kernel of odd size, for example `conv 48` (3x3)
            network, layer 3 (strided conv 0 2x2, stride 0): a stride of 0; it must be at least 1
            network, layer 4 (inverted residual 0 to 4, 2x2, stride 0): 0 expanded maps; at least one is needed
            network, layer 4 (inverted residual 0 to 4, 2x2, stride 0): 4 filters with a kernel of 2x2; a convolution needs at least one filter and a kernel of odd size, for example `conv 48` (3x3)
            network, layer 4 (inverted residual 0 to 4, 2x2, stride 0): a stride of 0; it must be at least 1
            network, layer 5 (drop 1): the dropout rate is 1; it must be at least 0 and less than 1
            network, layer 6 (mean of 4 frames): a window of 4 frames; the number must be odd and at least 1
            network, layer 7 (normalisation of bands): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context
            network, strong output: the lower bound of the probabilities is 0.5; it must be at least 0 and less than 0.5, for example 1e-7
            network, strong output: the weak output is computed from interpolated probabilities, but no interpolation is given; add an interpolation, or compute the weak output from the probabilities without interpolation
            network, strong output: the weak output (attention) needs a hidden vector for each frame, which interpolated frames lack; compute the weak output before the interpolation, or give a weak output such as LinearSoftmax
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }

    [Fact]
    public void The_keys_of_earlier_layers_do_not_change()
    {
        Assert.Equal(
            """{"filters":48,"kernelBands":3,"kernelFrames":3,"kind":"convolution"}""",
            CanonicalKey.Text(new Layer.Convolution(48))
        );
        Assert.Equal(
            """{"filters":48,"kind":"doubleConvolution","residual":false}""",
            CanonicalKey.Text(new Layer.DoubleConvolution(48))
        );
        Assert.DoesNotContain("strong", CanonicalKey.Text(NetworkDescription.Candidate218k()));
    }

    [Fact]
    public void The_gradient_of_Lp_pooling_is_finite_where_all_inputs_are_0()
    {
        using var module = new Layer.NormPooling(2, 2).Build(new Shape(2, 1, 4));
        using var scope = NewDisposeScope();
        var input = tensor(new float[] { 0, 0, 1, 2, 0, 0, 2, 1 }, [1, 1, 2, 4]).requires_grad_();
        var output = module.call(input);
        output.sum().backward();
        var found = output.data<float>().ToArray();
        Assert.Equal(0, found[0], 1e-8);
        Assert.Equal(Math.Pow(34, 0.25), found[1], 1e-6);
        Assert.True(input.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_drop_drops_values_in_training_only()
    {
        using var module = new Layer.Drop(0.5).Build(Shape.Vectors(100, 10));
        using var scope = NewDisposeScope();
        var input = ones(1, 100, 10);
        var kept = module.call(input).data<float>().ToArray();
        Assert.InRange(kept.Count(value => value == 0), 400, 600);
        Assert.All(kept, value => Assert.Contains(value, (float[])[0, 2]));
        module.eval();
        Assert.True(module.call(input).Equals(input));
    }

    [Fact]
    public void The_strong_output_is_interpolated_to_all_frames_and_the_weak_output_pools_it_on_request()
    {
        NetworkDescription description = new()
        {
            Frames = 9,
            Bands = 8,
            Classes = 2,
            Layers = [new Layer.Pooling(4, 8, PoolingKind.Mean)],
            Weak = new WeakOutput.MeanPooling(),
            Dropout = 0,
            Strong = new StrongOutput { Interpolation = UpsamplingKind.Repetition, PoolsInterpolated = true },
        };
        using SedNetwork network = new(description);
        using var scope = NewDisposeScope();
        var output = network.call(randn(1, 9, 8));
        Assert.Equal((9, 1.0), (description.OutputFrames, description.FrameStride));
        var strong = output.Strong[0];
        for (var frame = 0; frame < 9; frame++)
            Assert.True(strong[frame].Equals(strong[Math.Min(frame / 4, 1) * 4])); // the last frame fills up the clip
        Assert.True(output.Weak[0].allclose(strong.mean([0]), 1e-6, 1e-6));
    }

    [Fact]
    public void Pooling_over_all_frames_has_the_stride_of_the_clip_and_strided_convolutions_round_up()
    {
        NetworkDescription description = new()
        {
            Frames = 45,
            Bands = 10,
            Classes = 2,
            Layers = [new Layer.StridedConvolution(4), new Layer.InvertedResidual(8, 4, 3, 2)],
        };
        Assert.Equal((4.0, 12, 3), (description.FrameStride, description.OutputFrames, description.Hidden.Width / 4));
        var tags = description with { Layers = [.. description.Layers, new Layer.FramePooling(FrameStatistic.Mean)] };
        Assert.Equal((48.0, 1), (tags.FrameStride, tags.OutputFrames));
    }

    [Fact]
    public void Windows_of_a_network_that_rounds_frames_up_leave_no_gap()
    {
        NetworkDescription description = new()
        {
            Frames = 45,
            Bands = 8,
            Classes = 1,
            Layers =
            [
                new Layer.StridedConvolution(4),
                new Layer.StridedConvolution(4),
                new Layer.StridedConvolution(4),
            ],
        };
        OverlappingWindows windows = new(description, hopFrames: 100);
        Assert.True(windows.CoveredFrames > description.Frames);
        Assert.InRange(windows.Stride, 1, description.Frames);
    }
}
