using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class WeakOutputTests
{
    private static readonly NetworkDescription small = new()
    {
        Layers = [new Layer.Dense(5, Activation.Linear)],
        Frames = 3,
        Bands = 4,
        Classes = 2,
        Dropout = 0,
    };

    public WeakOutputTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    // Two classes over three frames: 0.1, 0.2, 0.6 and 0, 0, 0.
    [Theory]
    [InlineData("max pooling", 0.6, 0)]
    [InlineData("mean pooling", 0.3, 0)]
    // (0.01 + 0.04 + 0.36) / 0.9
    [InlineData("linear softmax", 0.455555556, 0)]
    // exp: 1.105170918, 1.221402758, 1.822118800; (0.1105170918 + 0.2442805516 + 1.0932712800) / 4.148692476
    [InlineData("exponential softmax", 0.349042014, 0)]
    public void A_pooling_function_equals_a_manual_calculation(string weak, double first, double second)
    {
        using var scope = NewDisposeScope();
        using var module = EveryWeakOutput.Named(weak).Build(Shape.Vectors(3, 5), 2);
        var strong = tensor(new float[] { 0.1f, 0, 0.2f, 0, 0.6f, 0 }, [1, 3, 2], requires_grad: true);
        var found = module.call(zeros(1, 3, 5), strong, null);
        found.sum().backward();
        Assert.Equal(first, found[0, 0].item<float>(), 1e-6);
        Assert.Equal(second, found[0, 1].item<float>(), 1e-6);
        Assert.True(strong.grad!.isfinite().all().item<bool>());
        Assert.Empty(module.parameters());
    }

    [Theory]
    [InlineData("linear softmax")]
    [InlineData("exponential softmax")]
    [InlineData("attention")]
    public void Frame_probabilities_of_1_give_a_clip_probability_of_at_most_1(string weak)
    {
        using var scope = NewDisposeScope();
        using var module = EveryWeakOutput.Named(weak).Build(Shape.Vectors(499, 5), 2);
        var found = module.call(randn(8, 499, 5), ones(8, 499, 2), null);
        Assert.Equal(1, found.min().item<float>(), 1e-6);
        Assert.True(found.max().item<float>() <= 1);
    }

    [Theory]
    [InlineData("linear softmax")]
    [InlineData("exponential softmax")]
    [InlineData("attention")]
    public void Gradients_equal_finite_differences(string weak)
    {
        const double step = 1e-6;
        using var scope = NewDisposeScope();
        using var module = EveryWeakOutput.Named(weak).Build(Shape.Vectors(3, 5), 2);
        module.to(float64);
        var hidden = randn(2, 3, 5, float64);
        var strong = rand(2, 3, 2, float64);
        var wanted = tensor(new double[] { 1, -2, 0.5, 3 }, [2, 2]); // weights of a loss over all outputs
        Tensor[] inputs = [.. module.parameters(), strong.requires_grad_(), hidden.requires_grad_()];
        // Adds a gradient of 0, so that the gradient is not null if the weak output ignores the hidden vectors.
        ((module.call(hidden, strong, null) * wanted).sum() + hidden.sum() * 0).backward();
        using var noGradients = no_grad();
        foreach (var input in inputs)
        {
            var (values, slopes) = (input.view(-1), input.grad!.view(-1));
            for (var i = 0; i < values.numel(); i++)
            {
                double At(double by)
                {
                    values[i] += by;
                    var value = (module.call(hidden, strong, null) * wanted).sum().item<double>();
                    values[i] -= by;
                    return value;
                }
                Assert.Equal((At(step) - At(-step)) / (2 * step), slopes[i].item<double>(), 1e-8);
            }
        }
    }

    [Theory]
    [InlineData("max pooling")]
    [InlineData("mean pooling")]
    [InlineData("linear softmax")]
    [InlineData("exponential softmax")]
    [InlineData("attention")]
    [InlineData("class attention")]
    [InlineData("class attention on the strong output")]
    public void The_weak_output_of_a_padded_clip_equals_that_of_its_frames_alone(string weak)
    {
        using var scope = NewDisposeScope();
        using var module = EveryWeakOutput.Named(weak).Build(Shape.Vectors(5, 4), 2);
        var (hidden, strong) = (randn(3, 5, 4), rand(3, 5, 2));
        var found = module.call(hidden, strong, new OutputMask(PaddingMask.Of([3, 5, 0], 5, 1, CPU)));
        var alone = module.call(hidden.narrow(1, 0, 3), strong.narrow(1, 0, 3), null);
        var whole = module.call(hidden, strong, null);
        Assert.True(found[0].allclose(alone[0], 1e-6, 1e-7));
        Assert.True(found[1].allclose(whole[1], 1e-6, 1e-7));
        Assert.False(found[0].allclose(whole[0], 1e-3, 1e-3));
        Assert.Equal(0, found[2].abs().max().item<float>()); // padding alone has no sound
    }

    [Fact]
    public void Fractional_strides_add_no_frame_of_padding()
    {
        // 5 * (1.0 / 3) is slightly less than 5 / 3.
        Assert.Equal(3, PaddingMask.OutputFrames(5, 30, 5 * (1.0 / 3)));
        Assert.Equal(4, PaddingMask.OutputFrames(6, 30, 5 * (1.0 / 3)));
    }

    [Fact]
    public void Attention_among_the_annotated_classes_ignores_the_hidden_logits_of_the_others()
    {
        using var scope = NewDisposeScope();
        using var module = new WeakOutput.MaskedClassAttention().Build(Shape.Vectors(6, 4), 3);
        using var alone = new WeakOutput.FlooredClassAttention().Build(Shape.Vectors(6, 4), 2);
        using var noGradients = no_grad();
        var (weights, biases) = (module.get_parameter("linear.weight")!, module.get_parameter("linear.bias")!);
        alone.get_parameter("linear.weight")!.copy_(weights.narrow(0, 0, 2));
        alone.get_parameter("linear.bias")!.copy_(biases.narrow(0, 0, 2));
        var (hidden, strong) = (randn(2, 6, 4), rand(2, 6, 3));
        var annotated = tensor(new float[] { 1, 1, 0, 1, 1, 1 }, [2, 3]);
        var found = module.call(hidden, strong, new OutputMask(null, annotated));
        var wanted = alone.call(hidden, strong.narrow(2, 0, 2), null);
        var all = module.call(hidden, strong, null);
        Assert.True(found[0].narrow(0, 0, 2).allclose(wanted[0], 1e-5, 1e-6));
        Assert.False(found[0].narrow(0, 0, 2).allclose(all[0].narrow(0, 0, 2), 1e-4, 1e-4));
        Assert.True(found[1].Equals(all[1]));
    }

    [Fact]
    public void Padding_does_not_reach_a_dense_weak_output()
    {
        using var scope = NewDisposeScope();
        using var module = EveryWeakOutput.Named("dense over all frames").Build(Shape.Vectors(5, 4), 2);
        var (strong, other) = (rand(1, 5, 2), rand(1, 5, 2));
        other.narrow(1, 0, 3).copy_(strong.narrow(1, 0, 3));
        OutputMask mask = new(PaddingMask.Of([3], 5, 1, CPU));
        var hidden = zeros(1, 5, 4);
        Assert.True(module.call(hidden, strong, mask).Equals(module.call(hidden, other, mask)));
        Assert.False(module.call(hidden, strong, null).Equals(module.call(hidden, other, null)));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(UpsamplingKind.Linear, false)]
    [InlineData(UpsamplingKind.Repetition, true)]
    public void Padding_is_left_out_with_pooling_over_time(UpsamplingKind? interpolation, bool poolsInterpolated)
    {
        using SedNetwork network = new(
            small with
            {
                Layers = [new Layer.Pooling(2, 1, PoolingKind.Mean)],
                Frames = 8,
                Weak = new WeakOutput.MeanPooling(),
                Strong = new StrongOutput { Interpolation = interpolation, PoolsInterpolated = poolsInterpolated },
                LeavesOutPadding = true,
            }
        );
        network.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clip = randn(1, 8, 4);
        var strong = network.call(clip).Strong;
        var (frames, sound) = (strong.shape[1], strong.shape[1] / 2);
        var found = network.call(clip, new OutputMask(PaddingMask.For([4], network.Description, CPU))).Weak;
        Assert.Equal(interpolation is null ? 4 : 8, frames);
        var wanted =
            interpolation is UpsamplingKind.Linear
                ? network.call(clip.narrow(1, 0, 4).repeat(1, 2, 1), null).Weak // the frames before interpolation, twice
                : strong.narrow(1, 0, sound).mean([1]);
        Assert.True(found.allclose(wanted, 1e-6, 1e-7));
        Assert.Null(PaddingMask.For([8], network.Description, CPU));
    }

    [Fact]
    public void Segments_of_padding_alone_have_no_part_in_the_loss()
    {
        using SedNetwork network = new(
            small with
            {
                Frames = 7,
                Weak = new WeakOutput.MaxPooling(),
                Segments = new Segmentation(3, SegmentLearning.InheritLabels),
                LeavesOutPadding = true,
            }
        );
        using var scope = NewDisposeScope();
        var clip = randn(1, 7, 4);
        double Loss(Tensor input)
        {
            var output = network.call(input, new OutputMask(PaddingMask.For([2], network.Description, CPU)));
            return new TwoOutputLoss(0, 1).Of(output, ones(1, 2)).item<float>();
        }
        var others = clip.clone();
        others.narrow(1, 3, 4).copy_(randn(1, 4, 4));
        Assert.Equal(Loss(clip), Loss(others));
        var output = network.call(clip, new OutputMask(PaddingMask.For([2], network.Description, CPU)));
        Assert.Equal([1f, 0f, 0f], output.SegmentsWithSound!.data<float>().ToArray());
        Assert.True(output.Weak.Equals(output.Segments!.select(1, 0)));
    }

    [Fact]
    public void Class_attention_weights_frames_by_a_softmax_over_the_classes()
    {
        using var scope = NewDisposeScope();
        using var module = new WeakOutput.ClassAttention().Build(Shape.Vectors(3, 5), 2);
        var (hidden, strong) = (randn(2, 3, 5), rand(2, 3, 2));
        var state = module.state_dict();
        var found = module.call(hidden, strong, null);
        for (var clip = 0; clip < 2; clip++)
        for (var k = 0; k < 2; k++)
        {
            var (sum, total) = (0.0, 0.0);
            for (var frame = 0; frame < 3; frame++)
            {
                var logits = state["linear.weight"].matmul(hidden[clip, frame]) + state["linear.bias"];
                var weight = Math.Exp(logits[k].item<float>()) / logits.exp().sum().item<float>();
                sum += weight * strong[clip, frame, k].item<float>();
                total += weight;
            }
            Assert.Equal(sum / total, found[clip, k].item<float>(), 1e-5);
        }
    }

    [Fact]
    public void Class_attention_on_the_strong_output_limits_the_weights_of_the_denominator()
    {
        using var scope = NewDisposeScope();
        using var module = new WeakOutput.StrongClassAttention().Build(Shape.Vectors(3, 5), 2);
        var strong = rand(2, 3, 2);
        var state = module.state_dict();
        // The weights of the first class are between 1e-12 and 1, so that some of them are limited.
        using (no_grad())
            state["linear.weight"].copy_(tensor(new float[] { 30, 0, 0, 0 }, [2, 2])).sub_(tensor(15f));
        var found = module.call(zeros(2, 3, 5), strong, null);
        for (var clip = 0; clip < 2; clip++)
        for (var k = 0; k < 2; k++)
        {
            var (sum, total) = (0.0, 0.0);
            for (var frame = 0; frame < 3; frame++)
            {
                var logits = state["linear.weight"].matmul(strong[clip, frame]) + state["linear.bias"];
                var weight = Math.Exp(logits[k].item<float>()) / logits.exp().sum().item<float>();
                sum += weight * strong[clip, frame, k].item<float>();
                total += Math.Max(weight, 1e-7);
            }
            Assert.Equal(sum / total, found[clip, k].item<float>(), 1e-5);
        }
    }

    [Fact]
    public void Attention_weights_frames_by_a_softmax_over_the_frames()
    {
        using var scope = NewDisposeScope();
        using var module = new WeakOutput.Attention().Build(Shape.Vectors(3, 5), 2);
        var (hidden, strong) = (randn(2, 3, 5), rand(2, 3, 2));
        var (name, weight) = module.named_parameters().Single();
        Assert.Equal("linear.weight", name);
        var found = module.call(hidden, strong, null);
        for (var clip = 0; clip < 2; clip++)
        for (var k = 0; k < 2; k++)
        {
            var (sum, total) = (0.0, 0.0);
            for (var frame = 0; frame < 3; frame++)
            {
                var logit = (hidden[clip, frame] * weight[k]).sum().item<float>();
                sum += Math.Exp(logit) * strong[clip, frame, k].item<float>();
                total += Math.Exp(logit);
            }
            Assert.Equal(sum / total, found[clip, k].item<float>(), 1e-5);
        }
    }

    [Theory]
    [InlineData("dense over all frames", (3 * 2 + 1) * 2)]
    [InlineData("linear softmax", 0)]
    [InlineData("exponential softmax", 0)]
    [InlineData("attention", 5 * 2)]
    public void The_parameter_count_equals_that_of_the_module(string weak, int parameters)
    {
        using SedNetwork network = new(small with { Weak = EveryWeakOutput.Named(weak) });
        var others = (4 + 1) * 5 + (5 + 1) * 2;
        Assert.Equal(others + parameters, network.ParameterCount);
        using var scope = NewDisposeScope();
        var output = network.call(randn(6, 3, 4));
        Assert.Equal([6, 2], output.Weak.shape);
        Assert.True(output.Weak.min().item<float>() >= 0);
    }

    [Fact]
    public void A_dense_weak_output_is_initialised_to_approximate_mean_pooling()
    {
        using SedNetwork network = new(small);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var output = network.call(randn(2, 3, 4));
        var slope = 4 * (output.Strong.mean([1]) - 0.5);
        Assert.True(output.Weak.allclose(slope.sigmoid(), 1e-5, 1e-6));
    }
}
