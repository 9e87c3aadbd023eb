using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>Properties of every layer, tested in small networks.</summary>
[Collection(TorchCollection.Name)]
public sealed class LayersTests
{
    public static TheoryData<string> Names { get; } = [.. EveryLayer.Names];

    public LayersTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    private static Tensor Clips(int count, NetworkDescription description) =>
        randn(count, description.Frames, description.Bands);

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_and_output_frames_match_the_description(string name)
    {
        using SedNetwork network = new(EveryLayer.Of(name));
        using var scope = NewDisposeScope();
        Assert.Empty(network.Description.Problems());
        Assert.Equal(network.ParameterCount, network.Description.Parameters);
        Assert.True(network.Description.MultiplyAccumulates > 0);
        Assert.Equal(
            [2, network.Description.OutputFrames, network.Description.Classes],
            network.call(Clips(2, network.Description)).Strong.shape
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_equals_its_clips_one_by_one(string name)
    {
        using SedNetwork network = new(EveryLayer.Of(name));
        network.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clips = Clips(3, network.Description);
        var together = network.call(clips);
        for (var i = 0; i < 3; i++)
        {
            var alone = network.call(clips.narrow(0, i, 1));
            Assert.True(alone.Strong[0].allclose(together.Strong[i], 1e-5, 1e-6));
            Assert.True(alone.Weak[0].allclose(together.Weak[i], 1e-5, 1e-6));
        }
    }

    public static TheoryData<string, int> Sizes =>
        [.. EveryLayer.Names.SelectMany(name => Enumerable.Range(1, 5).Select(number => (name, number)))];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Kernels_have_the_outputs_and_gradients_of_torch(string name, int number)
    {
        using SedNetwork network = new(EveryLayer.Of(name, number));
        using var scope = NewDisposeScope();
        var clips = Clips(3, network.Description);
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
    public void A_training_step_leaks_no_tensor(string name)
    {
        using SedNetwork network = new(EveryLayer.Of(name));
        void Step()
        {
            using var scope = NewDisposeScope();
            var output = network.call(Clips(2, network.Description));
            (output.Strong.mean() + output.Weak.mean()).backward();
        }
        Step(); // allocates the gradients
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_gated_convolution_multiplies_half_of_its_maps_by_the_sigmoid_of_the_other_half()
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
    public void Self_attention_equals_torchs_module()
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
        var first = Normed(placed, "first").transpose(0, 1); // torch's module expects (frames, batch, width)
        var attended = placed + attention.call(first, first, first, null, false, null).Item1.transpose(0, 1);
        var wanted = attended + Dense(Dense(Normed(attended, "second"), "widen").relu(), "narrow");
        Assert.True(module.call(input).allclose(wanted, 1e-5, 1e-6));
    }

    [Fact]
    public void Linear_upsampling_interpolates_between_frame_centres()
    {
        using var module = new Layer.Upsampling(2, UpsamplingKind.Linear).Build(Shape.Vectors(3, 1));
        using var scope = NewDisposeScope();
        var input = tensor(new float[] { 0, 4, 8 }, [1, 3, 1]);
        Assert.Equal([0f, 1, 3, 5, 7, 8], module.call(input).flatten().data<float>().ToArray());
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
                new Layer.Pooling(20, 3, PoolingKind.Mean),
                new Layer.GatedConvolution(4, 2),
                new Layer.SelfAttention(3),
                new Layer.Upsampling(0, UpsamplingKind.Linear),
                new Layer.Conformer(3, 4),
                new Layer.SampleConvolution(4, 3, 3),
            ],
        };
        Assert.Equal(
            """
            network, layer 1 (pool 20x3 mean): 12 frames cannot be pooled by 20; the pool size must lie between 1 and the number of frames
            network, layer 1 (pool 20x3 mean): 8 bands cannot be pooled by 3; the pool size must divide the number of bands
            network, layer 2 (gated conv 4 2x3): 4 filters with a kernel of 2x3; a convolution needs at least one filter and a kernel of odd size, for example `conv 48` (3x3)
            network, layer 3 (self-attention 3 heads): 3 heads do not fit 8 values per frame; the number of values must be even and divisible by the number of heads; put a dense layer with such a number of units before this layer
            network, layer 4 (upsample 0 linear): the factor is 0; it must be at least 1
            network, layer 5 (conformer 3 heads, 4 frames): 3 heads do not fit 8 values per frame; the number of values must be even and divisible by the number of heads; put a dense layer with such a number of units before this layer
            network, layer 5 (conformer 3 heads, 4 frames): a kernel of 4 frames; the number must be odd and at least 1
            network, layer 6 (sample conv 4, 3 samples, stride 3): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }

    [Fact]
    public void Problems_of_sample_convolutions_and_dense_blocks_are_reported()
    {
        NetworkDescription wrong = new()
        {
            Frames = 12,
            Bands = 9,
            Classes = 3,
            Layers =
            [
                new Layer.SampleConvolution(4, 2, 2),
                new Layer.SampleConvolution(0, 2, 3),
                new Layer.SampleConvolution(4, 0),
                new Layer.DenseBlock(0, 0),
            ],
        };
        Assert.Equal(
            """
            network, layer 1 (sample conv 4, 2 samples, stride 2): 9 samples per frame are not divisible by the stride of 2; strides and pool sizes must divide the samples per frame
            network, layer 2 (sample conv 0, 2 samples, stride 3): 0 filters; at least one is needed
            network, layer 2 (sample conv 0, 2 samples, stride 3): a kernel of 2 samples does not fit a stride of 3; the kernel must not be smaller than the stride, for example `sampleConv 128 3 3`
            network, layer 3 (sample conv 4, 0 samples, stride 1): a kernel of 0 samples does not fit a stride of 1; the kernel must not be smaller than the stride, for example `sampleConv 128 3 3`
            network, layer 4 (dense block 0 by 0): 0 convolutions; at least one is needed
            network, layer 4 (dense block 0 by 0): 0 maps per convolution; at least one is needed
            """.ReplaceLineEndings(),
            string.Join(Environment.NewLine, wrong.Problems())
        );
    }

    [Fact]
    public void A_sample_convolution_extends_across_frame_boundaries()
    {
        using var module = new Layer.SampleConvolution(3, 5).Build(new Shape(4, 1, 6));
        using var scope = NewDisposeScope();
        module.eval();
        var input = randn(2, 4, 6);
        var whole = module.call(input);
        var cut = module.call(input.narrow(1, 0, 2));
        Assert.False(cut.select(3, 5).select(2, 1).allclose(whole.select(3, 5).select(2, 1), 1e-3, 1e-3)); // next to the boundary
        Assert.True(cut.select(3, 3).allclose(whole.narrow(2, 0, 2).select(3, 3), 1e-5, 1e-6)); // beyond the kernel's reach
    }

    [Fact]
    public void An_even_sample_convolution_pads_one_zero_after_the_samples()
    {
        using var module = new Layer.SampleConvolution(1, 2).Build(new Shape(2, 1, 3));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        module.eval();
        module.state_dict()["convolution.weight"].copy_(tensor(new float[] { 1, 10 }, [1, 1, 2]));
        module.state_dict()["convolution.bias"].zero_();
        var output = module.call(tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [1, 2, 3])).flatten();
        Assert.True(output.allclose(tensor(new float[] { 21, 32, 43, 54, 65, 6 }), 1e-4, 1e-4));
    }

    [Fact]
    public void Pooling_and_upsampling_determine_the_frame_stride()
    {
        NetworkDescription pooled = new()
        {
            Frames = 50,
            Bands = 8,
            Classes = 1,
            Layers =
            [
                new Layer.Pooling(4, 2, PoolingKind.Mean),
                new Layer.Pooling(4, 2, PoolingKind.Mean),
                new Layer.Upsampling(2, UpsamplingKind.Repetition),
            ],
        };
        Assert.Equal((8, 6), (pooled.FrameStride, pooled.Hidden.Frames)); // drops two frames after the last complete rectangle
    }
}
