using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>What holds for every layer, each in a small network of its own.</summary>
[Collection(TorchCollection.Name)]
public sealed class LayersTests
{
    private static readonly Dictionary<string, Layer[]> stacks = new()
    {
        ["context"] = [new Layer.Context(3)],
        ["convolution"] = [new Layer.Convolution(5), new Layer.BandPooling(4)],
        ["wide convolution"] = [new Layer.Convolution(5, 1, 5)],
        ["gated convolution"] = [new Layer.GatedConvolution(4), new Layer.BandPooling(2)],
        ["double convolution"] = [new Layer.DoubleConvolution(4), new Layer.BandPooling(2)],
        ["residual"] = [new Layer.DoubleConvolution(4, true), new Layer.DoubleConvolution(4, true)],
        ["pooling over time"] =
        [
            new Layer.Convolution(4),
            new Layer.Pooling(2, 4, PoolingKind.Mean),
            new Layer.BidirectionalGru(3, Merge.Multiply),
        ],
        ["upsampling"] =
        [
            new Layer.Convolution(4),
            new Layer.Pooling(2, 2, PoolingKind.Maximum),
            new Layer.Upsampling(2, UpsamplingKind.Linear),
        ],
        ["repetition"] =
        [
            new Layer.Pooling(2, 2, PoolingKind.Maximum),
            new Layer.Upsampling(2, UpsamplingKind.Repetition),
            new Layer.Dense(3, Activation.Relu),
        ],
        ["GRU"] = [new Layer.BidirectionalGru(4, Merge.Concatenate)],
        ["gated GRU"] = [new Layer.GatedGru(4)],
        ["gated GRU above convolutions"] = [new Layer.Convolution(4), new Layer.BandPooling(8), new Layer.GatedGru(3)],
        ["self-attention"] = [new Layer.Dense(6, Activation.Linear), new Layer.SelfAttention(3)],
        ["layer normalisation"] = [new Layer.LayerNormalisation(), new Layer.Dense(4, Activation.Relu)],
    };

    public static TheoryData<string> Names { get; } = [.. stacks.Keys];

    public LayersTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    internal static NetworkDescription Of(string name) =>
        new()
        {
            Layers = stacks[name],
            Frames = 12,
            Bands = 8,
            Classes = 3,
            Dropout = 0,
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_the_parameters_and_leaves_the_frames_that_its_description_says(string name)
    {
        using SedNetwork network = new(Of(name));
        using var scope = NewDisposeScope();
        Assert.Empty(network.Description.Problems());
        Assert.Equal(network.ParameterCount, network.Description.Parameters);
        Assert.True(network.Description.MultiplyAccumulates > 0);
        Assert.Equal([2, network.Description.Hidden.Frames, 3], network.call(randn(2, 12, 8)).Strong.shape);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_gives_what_its_clips_give_one_by_one(string name)
    {
        using SedNetwork network = new(Of(name));
        network.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clips = randn(3, 12, 8);
        var together = network.call(clips);
        for (var i = 0; i < 3; i++)
        {
            var alone = network.call(clips.narrow(0, i, 1));
            Assert.True(alone.Strong[0].allclose(together.Strong[i], 1e-5, 1e-6));
            Assert.True(alone.Weak[0].allclose(together.Weak[i], 1e-5, 1e-6));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Kernels_give_the_outputs_and_gradients_of_torchs_own_operations(string name)
    {
        using SedNetwork network = new(Of(name));
        using var scope = NewDisposeScope();
        var clips = randn(3, 12, 8);
        var found = new List<(Tensor Strong, Tensor[] Gradients)>();
        foreach (var kernels in new[] { true, false })
        {
            network.UseKernels = kernels;
            network.zero_grad();
            var output = network.call(clips);
            (output.Strong.square().mean() + output.Weak.mean()).backward();
            found.Add((output.Strong, [.. network.parameters().Select(parameter => parameter.grad!.clone())]));
        }
        Assert.True(found[0].Strong.allclose(found[1].Strong, 1e-4, 1e-5));
        foreach (var (own, torchs) in found[0].Gradients.Zip(found[1].Gradients))
            Assert.True(own.allclose(torchs, 1e-3, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_leaves_no_tensor_behind(string name)
    {
        using SedNetwork network = new(Of(name));
        void Step()
        {
            using var scope = NewDisposeScope();
            var output = network.call(randn(2, 12, 8));
            (output.Strong.mean() + output.Weak.mean()).backward();
        }
        Step(); // makes the gradients
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_gated_convolution_multiplies_one_half_of_its_maps_by_the_sigmoid_of_the_other()
    {
        using var module = new Layer.GatedConvolution(2).Build(new Shape(4, 1, 3));
        using var scope = NewDisposeScope();
        module.eval();
        var state = module.state_dict();
        var input = randn(1, 4, 3);
        var maps = nn.functional.conv2d(
            input.unsqueeze(1),
            state["convolution.weight"],
            state["convolution.bias"],
            padding: [1, 1]
        );
        var plain = nn.functional.batch_norm(
            maps,
            state["normalisation.running_mean"],
            state["normalisation.running_var"],
            state["normalisation.weight"],
            state["normalisation.bias"]
        );
        var wanted = plain.narrow(1, 0, 2) * plain.narrow(1, 2, 2).sigmoid();
        Assert.True(module.call(input).allclose(wanted, 1e-5, 1e-6));
    }

    [Fact]
    public void Self_attention_is_that_of_torchs_own_module()
    {
        const int width = 6;
        using var module = new Layer.SelfAttention(3).Build(Shape.Vectors(5, width));
        using var scope = NewDisposeScope();
        var state = module.state_dict();
        var attention = nn.MultiheadAttention(width, 3);
        using (no_grad())
            foreach (
                var (own, name) in new[]
                {
                    ("queriesKeysValues.weight", "in_proj_weight"),
                    ("queriesKeysValues.bias", "in_proj_bias"),
                    ("merge.weight", "out_proj.weight"),
                    ("merge.bias", "out_proj.bias"),
                }
            )
                attention.state_dict()[name].copy_(state[own]);
        Tensor Normed(Tensor values, string name) =>
            nn.functional.layer_norm(values, [width], state[name + ".weight"], state[name + ".bias"]);
        Tensor Dense(Tensor values, string name) =>
            nn.functional.linear(values, state[name + ".weight"], state[name + ".bias"]);

        var input = randn(2, 5, width);
        var placed = input + state["positions"];
        var first = Normed(placed, "first").transpose(0, 1); // torch's module has frames first
        var attended = placed + attention.call(first, first, first, null, false, null).Item1.transpose(0, 1);
        var wanted = attended + Dense(Dense(Normed(attended, "second"), "widen").relu(), "narrow");
        Assert.True(module.call(input).allclose(wanted, 1e-5, 1e-6));
    }

    [Fact]
    public void Linear_upsampling_draws_straight_lines_between_the_middles_of_frames()
    {
        using var module = new Layer.Upsampling(2, UpsamplingKind.Linear).Build(Shape.Vectors(3, 1));
        using var scope = NewDisposeScope();
        var input = tensor(new float[] { 0, 4, 8 }, [1, 3, 1]);
        Assert.Equal([0f, 1, 3, 5, 7, 8], module.call(input).flatten().data<float>().ToArray());
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named_with_their_layer()
    {
        NetworkDescription wrong = Of("GRU") with
        {
            Layers =
            [
                new Layer.Pooling(20, 3, PoolingKind.Mean),
                new Layer.GatedConvolution(4, 2),
                new Layer.SelfAttention(3),
                new Layer.Upsampling(0, UpsamplingKind.Linear),
            ],
        };
        Assert.Equal(
            """
            network, layer 1 (pool 20x3 mean): 12 frames cannot be pooled by 20; pool by at least 1 and at most all
            network, layer 1 (pool 20x3 mean): 8 bands cannot be pooled by 3; the pools have to divide the bands
            network, layer 2 (gated conv 4 2x3): a convolution needs filters and an odd kernel; for example `conv 48` with its 3x3 kernel
            network, layer 3 (self-attention 3 heads): 3 heads cannot share 8 values per frame; the heads have to divide an even width; put a dense layer before it
            network, layer 4 (upsample 0 linear): each frame becomes 0; give at least one
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }
}
