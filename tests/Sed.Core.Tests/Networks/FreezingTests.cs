using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Tests.Networks.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>Frozen parts receive no gradients and keep their statistics, with kernels and with torch.</summary>
[Collection(TorchCollection.Name)]
public sealed class FreezingTests
{
    private static NetworkDescription Network(double dropout = 0) =>
        new()
        {
            Layers =
            [
                new Layer.Convolution(8),
                new Layer.BandPooling(2),
                new Layer.Convolution(8),
                new Layer.BandPooling(4),
                new Layer.BidirectionalGru(8, Merge.Multiply),
                new Layer.Dense(5, Activation.Relu),
            ],
            Frames = 12,
            Bands = 8,
            Classes = 3,
            Dropout = dropout,
            Weak = new WeakOutput.Attention(),
        };

    private static SedNetwork Build(NetworkDescription description, bool kernels, params string[] frozen)
    {
        Torch.Initialize();
        random.manual_seed(1);
        SedNetwork network = new(description) { UseKernels = kernels };
        using (no_grad())
            foreach (var (name, buffer) in network.named_buffers())
                if (name.Contains("running", StringComparison.Ordinal))
                    buffer.copy_(rand(buffer.shape) + 0.5);
        network.Freeze(frozen);
        network.train();
        return network;
    }

    private static NetworkOutput Step(SedNetwork network)
    {
        random.manual_seed(2);
        var output = network.call(randn(4, network.Description.Frames, network.Description.Bands));
        (output.Strong.square().sum() + output.Weak.square().sum()).backward();
        return output;
    }

    [Theory]
    [InlineData(true, new[] { "1-convolution" })]
    [InlineData(false, new[] { "1-convolution" })]
    [InlineData(true, new[] { "convolution" })]
    [InlineData(false, new[] { "convolution" })]
    [InlineData(true, new[] { "3-convolution", "6-dense" })]
    [InlineData(false, new[] { "3-convolution", "6-dense" })]
    [InlineData(true, new[] { "trunk" })]
    [InlineData(false, new[] { "trunk", "weak" })]
    [InlineData(true, new[] { "strong" })]
    public void Frozen_parts_have_no_gradients_and_keep_their_statistics(bool kernels, string[] frozen)
    {
        using var scope = NewDisposeScope();
        using var network = Build(Network(0.2), kernels, frozen);
        var parts = NetworkParts.Selected(network.Description, frozen);
        var before = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        Step(network);
        foreach (var (name, parameter) in network.named_parameters())
            Assert.Equal(!parts.Contains(SedNetwork.PartOf(name).Split('.')[0]), parameter.grad is not null);
        foreach (var (name, buffer) in network.named_buffers())
            Assert.Equal(
                parts.Contains(SedNetwork.PartOf(name).Split('.')[0]),
                buffer.equal(before[name]).all().item<bool>()
            );
    }

    [Theory]
    [InlineData("1-convolution")]
    [InlineData("convolution")]
    [InlineData("3-convolution")]
    [InlineData("1-convolution", "5-gru")]
    [InlineData("trunk")]
    public void Kernels_and_torch_give_equal_outputs_and_gradients_with_frozen_parts(params string[] frozen)
    {
        using var scope = NewDisposeScope();
        using var fast = Build(Network(), true, frozen);
        using var plain = Build(Network(), false, frozen);
        var (own, reference) = (Step(fast), Step(plain));
        Close.Assert("strong", reference.Strong, own.Strong);
        Close.Assert("weak", reference.Weak, own.Weak);
        var gradients = fast.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad);
        foreach (var (name, parameter) in plain.named_parameters())
            if (parameter.grad is { } gradient && !name.EndsWith("convolution.bias", StringComparison.Ordinal))
                Close.Assert(name, gradient, gradients[name]!);
    }

    [Theory]
    [InlineData("1-convolution")]
    [InlineData("4-gru")]
    [InlineData("trunk")]
    public void Fused_sources_join_before_and_after_frozen_layers(params string[] frozen)
    {
        using var scope = NewDisposeScope();
        var description = Network() with
        {
            Layers =
            [
                new Layer.Convolution(8),
                new Layer.BandPooling(8),
                new Layer.Fusion("bands", ["vectors"]),
                new Layer.BidirectionalGru(8, Merge.Multiply),
                new Layer.Dense(5, Activation.Relu),
            ],
            Bands = 13,
            Parts = [new("bands", 8), new("vectors", 5)],
        };
        using var fast = Build(description, true, frozen);
        using var plain = Build(description, false, frozen);
        var (own, reference) = (Step(fast), Step(plain));
        Close.Assert("strong", reference.Strong, own.Strong);
        foreach (var (name, parameter) in fast.named_parameters())
            Assert.Equal(parameter.requires_grad, parameter.grad is not null);
    }

    [Fact]
    public void First_frozen_layers_are_computed_as_at_inference_and_later_layers_keep_their_dropout()
    {
        using var scope = NewDisposeScope();
        // No dropout follows layer normalisation.
        var description = Network(0.5) with
        {
            Layers = [.. Network().Layers, new Layer.LayerNormalisation()],
        };
        foreach (var kernels in new[] { true, false })
        {
            using var network = Build(description, kernels, "trunk");
            var clips = randn(4, 12, 8);
            var trained = network.call(clips);
            network.eval();
            using (no_grad())
                Close.Assert("strong", network.call(clips).Strong, trained.Strong);
            network.Freeze(["convolution"]);
            network.train();
            Assert.False(network.call(clips).Strong.equal(network.call(clips).Strong).all().item<bool>());
        }
    }

    [Fact]
    public void A_thawed_network_computes_what_a_network_computes_that_was_never_frozen()
    {
        using var scope = NewDisposeScope();
        using var thawed = Build(Network(0.3), true, "trunk");
        thawed.Freeze([]);
        using var plain = Build(Network(0.3), true);
        Close.Assert("strong", Step(plain).Strong, Step(thawed).Strong);
        Assert.All(thawed.named_parameters(), entry => Assert.NotNull(entry.parameter.grad));
    }

    [Fact]
    public void Unknown_parts_are_problems_that_name_the_parts()
    {
        var problems = NetworkParts.Problems(Network(), ["1-convolutoin", "2-band-pooling", "trunk"]).ToArray();
        Assert.Equal(
            "the network has no part '1-convolutoin' with parameters; the nearest name is 1-convolution; parts are "
                + "1-convolution, 3-convolution, 5-gru, 6-dense, trunk, strong, weak",
            problems[0].ToString()
        );
        Assert.Equal(2, problems.Length);
    }
}
