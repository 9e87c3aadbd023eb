using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class SaliencyTests
{
    private const int Frames = 10;
    private const int Bands = 8;

    // Without max pooling and ReLU, the outputs are smooth functions of the input.
    private static readonly NetworkDescription smooth = new()
    {
        Layers =
        [
            new Layer.Dense(6, Activation.Linear),
            new Layer.BidirectionalGru(4, Merge.Multiply),
            new Layer.BidirectionalGru(4, Merge.Concatenate),
        ],
        Frames = Frames,
        Bands = Bands,
        Classes = 3,
        Dropout = 0.5,
    };

    public static TheoryData<SaliencyOptions> Targets =>
        [
            new SaliencyOptions(),
            new SaliencyOptions
            {
                FromFrame = 3,
                ToFrame = 7,
                Averaged = true,
            },
            new SaliencyOptions { FromFrame = 9 },
            new SaliencyOptions { Output = SaliencyOutput.Weak },
        ];

    public SaliencyTests()
    {
        Torch.Initialize();
        random.manual_seed(4);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_saliency_map_equals_finite_differences(SaliencyOptions options)
    {
        const double step = 1e-5;
        using var scope = NewDisposeScope();
        using var network = Lively(smooth);
        network.to(float64);
        var clip = randn(Frames, Bands, float64);
        var map = Saliency.Of(network, clip, 1, options);
        network.eval();
        double Output()
        {
            using var noGradients = no_grad();
            var output = network.call(clip.unsqueeze(0));
            if (options.Output == SaliencyOutput.Weak)
                return output.Weak[0, 1].item<double>();
            var (sum, count) = (0.0, 0);
            for (var frame = options.FromFrame; frame < (options.ToFrame ?? Frames); frame++, count++)
                sum += output.Strong[0, frame, 1].item<double>();
            return options.Averaged ? sum / count : sum;
        }
        var largest = map.Cast<float>().Max(Math.Abs);
        Assert.True(largest > 1e-4);
        for (var frame = 0; frame < Frames; frame++)
        for (var band = 0; band < Bands; band++)
        {
            clip[frame, band] += step;
            var above = Output();
            clip[frame, band] -= 2 * step;
            var below = Output();
            clip[frame, band] += step;
            Assert.Equal((above - below) / (2 * step), map[frame, band], 1e-5 * largest);
        }
    }

    [Fact]
    public void The_saliency_map_of_a_convolutional_network_in_float32_predicts_the_slope_along_it()
    {
        const float step = 1e-2f;
        using var scope = NewDisposeScope();
        using var network = Lively(
            NetworkDescription.Candidate218k(frames: Frames, classes: 3) with
            {
                Weak = new WeakOutput.MeanPooling(),
            }
        );
        network.eval();
        var clip = randn(Frames, 40);
        var map = Saliency.Of(network, clip, 2, new SaliencyOptions { Averaged = true });
        // With mean pooling, the weak output equals the mean over all frames. The slope along the map is the map's
        // norm.
        var weak = Saliency.Of(network, clip, 2, new SaliencyOptions { Output = SaliencyOutput.Weak });
        Assert.Equal(map.Cast<float>(), weak.Cast<float>(), (a, b) => Math.Abs(a - b) < 1e-7);
        using var noGradients = no_grad();
        var direction = tensor(map);
        direction /= direction.norm();
        float At(float by) => network.call((clip + direction * by).unsqueeze(0)).Weak[0, 2].item<float>();
        var slope = (At(step) - At(-step)) / (2 * step);
        Assert.Equal(tensor(map).norm().item<float>(), slope, slope * 2e-2);
    }

    [Fact]
    public void A_smoothed_map_without_noise_equals_the_plain_map_and_with_noise_depends_on_the_seed()
    {
        using var scope = NewDisposeScope();
        using var network = Lively(smooth);
        var clip = randn(Frames, Bands);
        float[] Map(SaliencyOptions options) => [.. Saliency.Of(network, clip, 0, options).Cast<float>()];
        SaliencyOptions smoothed = new() { Copies = 20, Seed = 7 };
        var plain = Map(new());
        var still = Map(smoothed with { NoiseShare = 0 });
        Assert.All(plain.Zip(still), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        var noisy = Map(smoothed);
        Assert.Equal(noisy, Map(smoothed));
        Assert.NotEqual(noisy, Map(smoothed with { Seed = 8 }));
        Assert.NotEqual(noisy, plain);
    }

    [Fact]
    public void A_smoothed_map_is_the_mean_of_the_maps_of_clips_with_noise_of_the_given_deviation()
    {
        using var scope = NewDisposeScope();
        using var network = Lively(smooth);
        var clip = randn(Frames, Bands);
        SaliencyOptions options = new() { Copies = 3, NoiseShare = 0.2 };
        var map = Saliency.Of(network, clip, 0, options);
        var deviation = 0.2 * (clip.max() - clip.min()).item<float>();
        var expected = zeros(Frames, Bands);
        for (var copy = 0; copy < 3; copy++)
        {
            var draw = RandomSource.For(options.Seed, "saliency noise", copy);
            var noise = new double[Frames * Bands];
            MathNet.Numerics.Distributions.Normal.Samples(draw, noise, 0, deviation);
            var noisy = clip + tensor(noise, [Frames, Bands]).to(float32);
            expected += tensor(Saliency.Of(network, noisy, 0));
        }
        Assert.True(tensor(map).allclose(expected / 3, 1e-4, 1e-7));
    }

    [Fact]
    public void The_network_is_unchanged_and_no_tensor_leaks()
    {
        using var network = Lively(smooth);
        using var clip = randn(Frames, Bands);
        network.train();
        var part = network.modules().First(module => module is TorchSharp.Modules.GRU);
        part.eval();
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        using (no_grad())
        {
            Saliency.Of(network, clip, 0);
            Saliency.Of(network, clip, 0, new SaliencyOptions { Copies = 18 });
            Assert.False(is_grad_enabled());
        }
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(network.training);
        Assert.False(part.training);
        Assert.True(network.modules().Count(module => module.training) > 3);
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.False(clip.requires_grad);
    }

    [Fact]
    public void With_pooling_over_time_the_range_is_one_of_output_frames()
    {
        using var network = Lively(smooth with { Layers = [new Layer.Pooling(2, 1, PoolingKind.Mean)] });
        using var clip = rand(10, 8);
        var map = Saliency.Of(network, clip, 0, new SaliencyOptions { FromFrame = 4, ToFrame = 5 });
        var frames = Enumerable.Range(0, 10).Where(frame => Enumerable.Range(0, 8).Any(band => map[frame, band] != 0));
        Assert.Equal([8, 9], frames);
        var error = Assert.Throws<ArgumentException>(() =>
            Saliency.Of(network, clip, 0, new SaliencyOptions { FromFrame = 5, ToFrame = 6 })
        );
        Assert.Contains("the 5 frames of the strong output", error.Message);
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        using var network = Lively(smooth);
        using var clip = zeros(4, 5);
        var error = Assert.Throws<ArgumentException>(() =>
            Saliency.Of(
                network,
                clip,
                3,
                new SaliencyOptions
                {
                    Output = SaliencyOutput.Weak,
                    FromFrame = 4,
                    ToFrame = 4,
                    Copies = -1,
                    NoiseShare = double.NaN,
                }
            )
        );
        Assert.Equal(
            """
            The clip must have the shape (10, 8), was (4, 5).
            The class must be from 0 to 2, was 3.
            FromFrame and ToFrame must enclose at least one of the 10 frames of the strong output, were 4 and 4.
            The weak output has no frames, so it takes neither FromFrame nor ToFrame.
            Copies must be 0 or more, was -1.
            NoiseShare must be 0 or more, was NaN.
            """.ReplaceLineEndings(),
            error.Message
        );
    }

    /// <summary>A network whose weights are large enough for the outputs to depend on the input.</summary>
    private static SedNetwork Lively(NetworkDescription description)
    {
        SedNetwork network = new(description);
        using var noGradients = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            if (name.StartsWith("strong"))
                parameter.mul_(3);
        return network;
    }
}
