using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>Properties of the layers of networks for DESED that the tests of every layer do not cover.</summary>
[Collection(TorchCollection.Name)]
public sealed class DesedLayersTests
{
    public DesedLayersTests()
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
                new Layer.Convolution(4, Slope: 0.1, Activates: false, Momentum: 0),
                new Layer.MapNormalisation(Momentum: 1.5),
                new Layer.FrequencyDynamicConvolution(0, [], 0),
                new Layer.FrequencyDynamicConvolution(4, [1, 0]),
                new Layer.SqueezeExcitation(0),
            ],
        };
        Assert.Equal(
            """
            network, layer 1 (conv 4 3x3, leaky 0.1, linear, momentum 0): the momentum of the batch normalisation is 0; it must be above 0 and at most 1, for example 0.1
            network, layer 1 (conv 4 3x3, leaky 0.1, linear, momentum 0): it has the slope of a leaky ReLU, but no activation function; set Slope to 0 or Activates to true
            network, layer 2 (normalisation of maps, momentum 1.5): the momentum of the batch normalisation is 1.5; it must be above 0 and at most 1, for example 0.1
            network, layer 3 (frequency dynamic conv 0, 0 basis kernels, temperature 0): 0 filters; at least one is needed
            network, layer 3 (frequency dynamic conv 0, 0 basis kernels, temperature 0): 0 basis kernels; at least one is needed
            network, layer 3 (frequency dynamic conv 0, 0 basis kernels, temperature 0): the temperature of the softmax is 0; it must be above 0, for example 31
            network, layer 4 (frequency dynamic conv 4, 2 basis kernels dilated by 1 0, temperature 31): the dilations are 1 0; each must be at least 1; 1 means no dilation
            network, layer 5 (squeeze-and-excitation of maps, ratio 0): the ratio is 0; it must be at least 1, for example 16
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }

    [Fact]
    public void The_keys_of_layers_do_not_change()
    {
        Assert.Equal(
            """{"epsilon":0.001,"kind":"mapNormalisation"}""",
            CanonicalKey.Text(new Layer.MapNormalisation(1e-3))
        );
        Assert.Equal(
            """{"dilations":[1,2],"filters":8,"kind":"frequencyDynamicConvolution","temperature":31}""",
            CanonicalKey.Text(new Layer.FrequencyDynamicConvolution(8, [1, 2]))
        );
    }

    [Fact]
    public void Layers_with_equal_dilations_are_equal()
    {
        Layer.FrequencyDynamicConvolution one = new(8, [1, 2, 3]);
        Assert.Equal(one, new Layer.FrequencyDynamicConvolution(8, [1, 2, 3]));
        Assert.NotEqual(one, new Layer.FrequencyDynamicConvolution(8, [1, 2, 2]));
        Assert.Equal(12, ((Layer.FrequencyDynamicConvolution)one.Scaled(1.5)).Filters);
    }

    [Fact]
    public void A_frequency_dynamic_convolution_computes_each_band_with_its_mean_kernel()
    {
        const int bands = 6;
        using var scope = NewDisposeScope();
        using var module = new Layer.FrequencyDynamicConvolution(5, [1, 1, 1], 0.2).Build(new Shape(7, 3, bands));
        module.eval();
        var maps = randn(2, 3, 7, bands);
        var found = module.call(maps);
        var weights = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        // The batch normalisation of a new module only divides by sqrt(1 + 1e-5).
        var hidden = nn.functional.conv1d(maps.mean([2]), weights["squeeze.weight"], padding: 1) / Math.Sqrt(1 + 1e-5);
        var logits = nn.functional.conv1d(hidden.relu(), weights["attention.weight"]);
        var shares = (logits / 0.2).softmax(1);
        for (var clip = 0; clip < 2; clip++)
        for (var band = 0; band < bands; band++)
        {
            var share = shares[clip].select(1, band).view(3, 1, 1, 1, 1);
            var mean = (weights["kernels"] * share).sum([0]);
            var expected = nn.functional.conv2d(maps.narrow(0, clip, 1), mean, padding: [1, 1]);
            Assert.True(expected[0].select(2, band).allclose(found[clip].select(2, band), 1e-4, 1e-5));
        }
        var spread = shares.std(2).mean().item<float>();
        Assert.InRange(spread, 0.02, 1); // the kernels differ between bands
    }

    [Fact]
    public void Each_band_of_each_frame_is_excited_by_its_own_mean()
    {
        using var scope = NewDisposeScope();
        using var module = new Layer.SqueezeExcitation(1, Excited: Excited.Bands).Build(new Shape(9, 2, 5));
        var maps = randn(1, 2, 9, 5);
        var other = maps.clone();
        other.narrow(2, 4, 1).fill_(2f);
        var changed = (module.call(maps) - module.call(other)).abs().amax([0, 1, 3]).data<float>().ToArray();
        Assert.True(changed[4] > 0.1);
        Assert.All(changed.Where((_, frame) => frame != 4), difference => Assert.Equal(0, difference));
    }

    [Fact]
    public void Floored_attention_averages_the_frames_of_a_class_without_attention()
    {
        using var scope = NewDisposeScope();
        using SedNetwork network = new(
            new NetworkDescription
            {
                Frames = 4,
                Bands = 2,
                Classes = 2,
                Layers = [],
                Dropout = 0,
                Weak = new WeakOutput.FlooredClassAttention(),
            }
        );
        using var noGradients = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            if (name == "weak.linear.bias")
                parameter.copy_(tensor(new float[] { 100, -100 }));
        var output = network.call(randn(1, 4, 2));
        Assert.True(output.Weak[0, 1].allclose(output.Strong[0].select(1, 1).mean(), 1e-4, 1e-5));
    }

    [Fact]
    public void A_frame_mask_sets_one_stretch_of_each_clip_to_0_in_training_only()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var module = new Layer.FrameMask(16, 0.3).Build(Shape.Vectors(40, 3));
        var input = ones(200, 40, 3);
        var masked = module.call(input);
        Assert.True(masked.amax([2]).Equals(masked.amin([2]))); // all values of a frame
        var lengths = Enumerable.Range(0, 200).Select(clip => Masked(masked.select(2, 0)[clip])).ToArray();
        Assert.Equal(Enumerable.Range(0, 12), lengths.Distinct().Order()); // 30 % of 40 frames are 12
        module.eval();
        Assert.True(module.call(input).Equals(input));
    }

    [Fact]
    public void A_frame_mask_can_draw_stretches_for_two_parts_of_the_values()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var module = new Layer.FrameMask(20, 1, 2).Build(Shape.Vectors(40, 5));
        var masked = module.call(ones(50, 40, 5));
        var (first, second) = (masked.narrow(2, 0, 2), masked.narrow(2, 2, 3));
        Assert.True(first.amax([2]).Equals(first.amin([2])));
        Assert.True(second.amax([2]).Equals(second.amin([2])));
        Assert.False(first.amax([2]).Equals(second.amax([2])));
    }

    [Fact]
    public void A_frame_mask_must_fit_the_frames()
    {
        var problems = new Layer.FrameMask(0, 1.5, 4).Problems(Shape.Vectors(40, 4));
        Assert.Equal(3, problems.Count);
        Assert.Contains("split them at 1 to 3", problems[^1].ToString());
    }

    /// <summary>The number of frames that are 0, which must be consecutive.</summary>
    private static int Masked(Tensor frames)
    {
        var values = frames.data<float>().ToArray();
        var (first, last) = (Array.IndexOf(values, 0), Array.LastIndexOf(values, 0));
        if (first < 0)
            return 0;
        Assert.All(values[first..(last + 1)], value => Assert.Equal(0, value));
        return last - first + 1;
    }
}
