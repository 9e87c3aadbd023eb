using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class SedNetworkTests
{
    private static readonly NetworkDescription Small = new()
    {
        Layers =
        [
            new Layer.Convolution(6),
            new Layer.BandPooling(5),
            new Layer.Convolution(4),
            new Layer.BandPooling(4),
            new Layer.BidirectionalGru(3, Merge.Multiply),
            new Layer.BidirectionalGru(3, Merge.Concatenate),
            new Layer.Dense(5, Activation.Relu),
        ],
        Frames = 20,
        Bands = 40,
        Classes = 3,
    };

    public SedNetworkTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Fact]
    public void The_218k_candidate_has_218390_parameters_as_counted_by_Keras()
    {
        using SedNetwork network = new(NetworkDescription.Candidate218k());
        // Keras counts the moving statistics of batch normalisation and has one bias per gate; torch has two.
        var movingStatistics = 3 * 2 * 48;
        var secondBiases = 2 * 2 * 3 * 32;
        Assert.Equal(218_390, network.ParameterCount + movingStatistics - secondBiases);
    }

    [Fact]
    public void The_baseline_has_13467_parameters()
    {
        using SedNetwork network = new(NetworkDescription.Baseline());
        Assert.Equal(13_467, network.ParameterCount);
    }

    [Fact]
    public void Outputs_are_probabilities_per_frame_and_per_clip()
    {
        using SedNetwork network = new(Small);
        using var scope = NewDisposeScope();
        var output = network.call(randn(2, 20, 40));
        Assert.Equal([2, 20, 3], output.Strong.shape);
        Assert.Equal([2, 3], output.Weak.shape);
        Assert.InRange(output.Strong.min().item<float>(), 0, 1);
        Assert.InRange(output.Strong.max().item<float>(), 0, 1);
        Assert.InRange(output.Weak.max().item<float>(), 0, 1);
    }

    [Fact]
    public void A_batch_equals_its_clips_one_by_one()
    {
        using SedNetwork network = new(Small);
        network.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var clips = randn(3, 20, 40);
        var together = network.call(clips);
        for (var i = 0; i < 3; i++)
        {
            var alone = network.call(clips.narrow(0, i, 1));
            Assert.True(alone.Strong[0].allclose(together.Strong[i], 1e-5, 1e-6));
            Assert.True(alone.Weak[0].allclose(together.Weak[i], 1e-5, 1e-6));
        }
    }

    [Fact]
    public void A_training_step_leaks_no_tensor()
    {
        using SedNetwork network = new(Small);
        void Step()
        {
            using var scope = NewDisposeScope();
            var output = network.call(randn(2, 20, 40));
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
    public void A_context_repeats_the_frames_at_the_edges()
    {
        using FrameContext context = new(3);
        using var scope = NewDisposeScope();
        var frames = arange(3, float32).reshape(1, 3, 1);
        Assert.Equal([0f, 0, 1, 0, 1, 2, 1, 2, 2], context.call(frames).flatten().data<float>().ToArray());
    }

    [Fact]
    public void The_parameter_count_of_a_description_equals_that_of_its_network()
    {
        foreach (var description in new[] { Small, NetworkDescription.Candidate218k(), NetworkDescription.Baseline() })
        foreach (var weak in EveryWeakOutput.All)
        {
            using SedNetwork network = new(description with { Weak = weak });
            Assert.Equal(network.ParameterCount, network.Description.Parameters);
        }
    }

    [Fact]
    public void Multiply_accumulates_equal_a_manual_count()
    {
        var mlp = NetworkDescription.Baseline(frames: 10);
        Assert.Equal(10 * (200 * 50 + 50 * 50 + 50 * 17), mlp.MultiplyAccumulates);
        NetworkDescription crnn = new()
        {
            Layers =
            [
                new Layer.Convolution(4),
                new Layer.BandPooling(5),
                new Layer.Convolution(6, 1, 3),
                new Layer.BidirectionalGru(3, Merge.Concatenate),
            ],
            Frames = 7,
            Bands = 10,
            Classes = 2,
        };
        var convolutions = 7 * 10 * 9 * 4 + 7 * 2 * 3 * 4 * 6;
        var recurrent = 7 * 2 * 3 * 3 * (12 + 3);
        Assert.Equal(convolutions + recurrent + 7 * 6 * 2, crnn.MultiplyAccumulates);
    }

    [Fact]
    public void All_problems_of_a_description_are_reported()
    {
        var wrong = Small with
        {
            Dropout = 1,
            Layers = [new Layer.BandPooling(7), new Layer.Dense(0, Activation.Linear), new Layer.Convolution(4)],
        };
        var thrown = Assert.Throws<ArgumentException>(() => new SedNetwork(wrong));
        Assert.Equal(
            """
            network, layer 1 (pool 7): 40 bands cannot be pooled by 7; the pool size must divide the number of bands
            network, layer 2 (dense 0): 0 units; at least one is needed
            network, layer 3 (conv 4 3x3): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context
            network: the dropout rate is 1; it must be at least 0 and less than 1 (Parameter 'description')
            """.ReplaceLineEndings(),
            thrown.Message
        );
    }
}
