using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Training;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class SegmentationTests
{
    private static readonly NetworkDescription whole = new()
    {
        Layers = [new Layer.Convolution(4), new Layer.BandPooling(4), new Layer.BidirectionalGru(3, Merge.Multiply)],
        Frames = 20,
        Bands = 8,
        Classes = 3,
        Dropout = 0,
    };

    private static readonly NetworkDescription cut = whole with
    {
        Segments = new Segmentation(6, SegmentLearning.LargestSegment),
    };

    public SegmentationTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_network_is_applied_to_each_segment_and_the_weak_output_is_the_maximum(bool kernels)
    {
        using SedNetwork network = new(cut) { UseKernels = kernels };
        using SedNetwork alone = new(whole with { Frames = 6 }) { UseKernels = kernels };
        NetworkWeights.Load(alone, NetworkWeights.Of(network), "the same");
        network.eval();
        alone.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clips = randn(2, 20, 8);
        var filled = cat([clips, zeros(2, 4, 8)], 1);
        NetworkOutput[] each = [.. Enumerable.Range(0, 4).Select(i => alone.call(filled.narrow(1, i * 6, 6)))];
        var together = network.call(clips);
        Assert.Equal([2, 20, 3], together.Strong.shape);
        Assert.True(together.Strong.allclose(cat([.. each.Select(own => own.Strong)], 1).narrow(1, 0, 20), 1e-5, 1e-6));
        Assert.True(together.Weak.allclose(stack([.. each.Select(own => own.Weak)]).amax([0]), 1e-5, 1e-6));
        Assert.Null(together.Segments);
    }

    [Fact]
    public void Pooled_frames_are_repeated_to_the_length_of_the_segment()
    {
        var pooled = cut with
        {
            Layers = [new Layer.Pooling(4, 2, PoolingKind.Mean)],
            Weak = new WeakOutput.MeanPooling(),
        };
        using SedNetwork network = new(pooled);
        using var scope = NewDisposeScope();
        var output = network.call(randn(2, 20, 8));
        Assert.Equal((1, 20), (pooled.Hidden.Frames, pooled.OutputFrames)); // one frame for each segment of six
        for (var frame = 1; frame < 20; frame++)
            Assert.Equal(frame % 6 != 0, output.Strong[0, frame].equal(output.Strong[0, frame - 1]).all().item<bool>());
        Assert.True(output.Weak.allclose(output.Strong.amax([1])));
    }

    [Fact]
    public void Kernels_have_the_outputs_and_gradients_of_torch()
    {
        using SedNetwork network = new(cut);
        using var scope = NewDisposeScope();
        var clips = randn(3, 20, 8);
        var found = new List<(Tensor Strong, Tensor[] Gradients)>();
        foreach (var kernels in new[] { true, false })
        {
            network.UseKernels = kernels;
            network.zero_grad();
            var output = network.call(clips);
            output.Strong.square().mean().Plus(output.Weak.mean()).backward();
            found.Add((output.Strong, [.. network.parameters().Select(parameter => parameter.grad!.clone())]));
        }
        Assert.True(found[0].Strong.allclose(found[1].Strong, 1e-4, 1e-5));
        foreach (var (one, other) in found[0].Gradients.Zip(found[1].Gradients))
            Assert.True(one.allclose(other, 1e-3, 1e-5));
    }

    [Fact]
    public void Inherited_labels_train_every_segment_and_max_pooling_trains_only_the_one_with_the_maximum()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new float[] { 1, 0, 1, 0, 0, 1 }, [2, 3]);
        foreach (var learning in Enum.GetValues<SegmentLearning>())
        {
            using SedNetwork network = new(cut with { Segments = new Segmentation(6, learning) });
            var output = network.call(randn(2, 20, 8));
            var found = new TwoOutputLoss(0, 1).Of(output, labels);
            var wanted =
                learning == SegmentLearning.InheritLabels
                    ? nn.functional.binary_cross_entropy(output.Segments!, labels.unsqueeze(1).expand(2, 4, 3))
                    : nn.functional.binary_cross_entropy(output.Weak, labels);
            Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
            Assert.Equal(learning == SegmentLearning.InheritLabels, output.Segments is not null);
        }
    }

    [Fact]
    public void Segments_share_weights_and_each_adds_to_the_cost()
    {
        using SedNetwork network = new(cut);
        Assert.Equal(network.ParameterCount, cut.Parameters);
        Assert.Equal(4 * (whole with { Frames = 6 }).MultiplyAccumulates, cut.MultiplyAccumulates);
        Assert.Equal(4 * (whole with { Frames = 6 }).ActivationCount, cut.ActivationCount);
        Assert.Equal(
            (whole with { Frames = 6, Weak = new WeakOutput.DenseOverFrames() }).Parameters,
            (cut with { Weak = new WeakOutput.DenseOverFrames() }).Parameters
        );
        Assert.EndsWith("; segments of 6 frames with max pooling", cut.Summary());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    public void An_empty_segment_or_one_longer_than_the_clip_is_a_problem(int frames) =>
        Assert.Equal(
            $"network: segments of {frames} frames in clips of 20 frames; a segment must have at least one frame, and not more frames than the clip",
            Assert
                .Single((whole with { Segments = new Segmentation(frames, SegmentLearning.InheritLabels) }).Problems())
                .ToString()
        );

    [Fact]
    public void A_training_step_leaks_no_tensor()
    {
        using SedNetwork network = new(cut with { Segments = new Segmentation(6, SegmentLearning.InheritLabels) });
        void Step()
        {
            using var scope = NewDisposeScope();
            new TwoOutputLoss(1, 1).Of(network.call(randn(2, 20, 8)), ones(2, 3)).backward();
        }
        Step();
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, Tensor.TotalCount);
    }
}
