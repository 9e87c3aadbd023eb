using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Tests.Networks.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class FastLayersTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_and_torch_give_a_random_network_the_same_outputs_and_gradients(int number)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var draw = RandomSource.For(number, "network");
        var description = number % 3 == 0 ? DescribeSamples(draw) : Describe(draw);
        var batch = draw.Next(1, 12);
        random.manual_seed(number);
        var clips = randn(batch, description.Frames, description.Bands) * 2 - 1;
        var (fast, fastGradients) = Step(description, clips, number, float32);
        var (plain, plainGradients) = Step(description, clips, number, float64);
        var (_, torchGradients) = Step(description, clips, number, float32, kernels: false);

        Close.Assert("strong", plain.Strong, fast.Strong);
        Close.Assert("weak", plain.Weak, fast.Weak);
        foreach (var (name, gradient) in plainGradients)
            if (name.EndsWith("convolution.bias"))
                Assert.InRange(gradient.abs().max().item<double>(), 0, 1e-10);
            else
                Close.AssertAsTorch(name, gradient, torchGradients[name], fastGradients[name]);
    }

    [Theory]
    [InlineData(48, 32)]
    [InlineData(24, 20)]
    public void Kernels_and_torch_share_parameters_buffers_and_names(int filters, int units)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var description = NetworkDescription.Candidate218k(frames: 30) with
        {
            Layers =
            [
                new Layer.Convolution(filters),
                new Layer.BandPooling(5),
                new Layer.Convolution(filters),
                new Layer.BandPooling(4),
                new Layer.Convolution(filters),
                new Layer.BandPooling(2),
                new Layer.BidirectionalGru(units, Merge.Multiply),
                new Layer.BidirectionalGru(units, Merge.Concatenate),
            ],
            Dropout = 0,
        };
        random.manual_seed(3);
        using var network = new SedNetwork(description);
        network.train();
        var clips = randn(5, 30, 40);
        network.UseKernels = true;
        network.call(clips);
        var counted = network.named_buffers().Where(entry => entry.name.EndsWith("num_batches_tracked")).ToArray();
        Assert.Equal(3, counted.Length);
        Assert.All(counted, entry => Assert.Equal(1, entry.buffer.item<long>()));
        var running = Running(network);

        random.manual_seed(3);
        using var plain = new SedNetwork(description) { UseKernels = false };
        plain.train();
        plain.call(clips);
        Assert.Equal(plain.state_dict().Keys, network.state_dict().Keys);
        foreach (var (name, tensor) in Running(plain))
            Close.Assert(name, tensor, running[name]);

        network.eval();
        using (no_grad())
        {
            network.UseKernels = true;
            var fast = network.call(clips);
            network.UseKernels = false;
            var slow = network.call(clips);
            Close.Assert("strong", slow.Strong, fast.Strong);
            Close.Assert("weak", slow.Weak, fast.Weak);
        }
    }

    /// <summary>A network with a gated convolution, a dense block, and pooling over bands and over frames.</summary>
    private static NetworkDescription OfMaps(double dropout) =>
        new()
        {
            Layers =
            [
                new Layer.GatedConvolution(16),
                new Layer.BandPooling(2),
                new Layer.DoubleConvolution(20),
                new Layer.DenseBlock(2, 5),
                new Layer.Pooling(2, 2, PoolingKind.Mean),
                new Layer.Convolution(24),
                new Layer.Pooling(3, 2, PoolingKind.Maximum),
            ],
            Frames = 21,
            Bands = 8,
            Classes = 3,
            Dropout = dropout,
            Weak = new WeakOutput.LinearSoftmax(),
        };

    private static NetworkDescription OfSamples(double dropout) =>
        OfMaps(dropout) with
        {
            Layers =
            [
                new Layer.SampleConvolution(16, 3, 3),
                new Layer.SampleConvolution(20, 3),
                new Layer.BandPooling(3),
                new Layer.SampleConvolution(16, 3),
            ],
            Bands = 18,
        };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_do_not_depend_on_the_number_of_threads_and_no_tensor_leaks(bool samples)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = new SedNetwork(samples ? OfSamples(0.3) : OfMaps(0.3));
        network.train();
        var clips = randn(19, network.Description.Frames, network.Description.Bands);
        List<float[]> steps = [];
        List<long> left = [];
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Torch.Threads = threads;
            using (network.LimitTorchThreads(CPU))
            using (NewDisposeScope())
            {
                random.manual_seed(7);
                network.zero_grad();
                var output = network.call(clips);
                (output.Strong.square().sum() + output.Weak.sum()).backward();
                steps.Add([
                    .. output.Strong.data<float>(),
                    .. network.parameters().SelectMany(parameter => parameter.grad!.contiguous().data<float>()),
                ]);
                network.zero_grad();
                using (no_grad())
                    network.call(clips);
            }
            left.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Torch.Threads = Environment.ProcessorCount;
        Assert.Equal(steps[0], steps[1]);
        Assert.Equal(steps[0], steps[2]);
        Assert.Equal(left[1], left[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gated_units_followed_by_pooling_have_the_outputs_and_gradients_of_torch(int seed)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        var description = OfMaps(0);
        var clips = randn(4, description.Frames, description.Bands);
        var (fast, fastGradients) = Step(description, clips, seed, float32);
        var (plain, plainGradients) = Step(description, clips, seed, float64);
        var (_, torchGradients) = Step(description, clips, seed, float32, kernels: false);
        Close.Assert("strong", plain.Strong, fast.Strong);
        foreach (var (name, gradient) in plainGradients.Where(entry => !entry.Key.EndsWith("convolution.bias")))
            if (!name.EndsWith("second.bias"))
                Close.AssertAsTorch(name, gradient, torchGradients[name], fastGradients[name]);
    }

    [Fact]
    public void Equal_seeds_give_equal_dropout_masks()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        using var network = new SedNetwork(NetworkDescription.Candidate218k(frames: 20) with { Dropout = 0.5 });
        network.train();
        var clips = randn(3, 20, 40);
        float[] Outputs(long seed)
        {
            random.manual_seed(seed);
            return [.. network.call(clips).Strong.data<float>()];
        }
        var first = Outputs(1);
        Assert.Equal(first, Outputs(1));
        Assert.NotEqual(first, Outputs(2));
    }

    [Fact]
    public void An_input_that_requires_gradients_is_computed_by_torch()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        using var network = new SedNetwork(NetworkDescription.Candidate218k(frames: 20));
        network.eval();
        var clips = randn([2, 20, 40], requires_grad: true);
        network.call(clips).Strong.sum().backward();
        Assert.True(clips.grad!.abs().max().item<float>() > 0);
    }

    private static Dictionary<string, Tensor> Running(SedNetwork network) =>
        network
            .named_buffers()
            .Where(buffer => buffer.name.Contains("running"))
            .ToDictionary(b => b.name, b => b.buffer);

    private static (NetworkOutput Output, Dictionary<string, Tensor> Gradients) Step(
        NetworkDescription description,
        Tensor clips,
        int seed,
        ScalarType type,
        bool kernels = true
    )
    {
        random.manual_seed(seed);
        var network = new SedNetwork(description) { UseKernels = kernels };
        using (no_grad())
            foreach (var (name, parameter) in network.named_parameters())
                if (name.Contains("normalisation"))
                    parameter.add_(randn(parameter.shape) * 0.7); // some negative, so that pooling takes minima
        network.to(type);
        network.train();
        var frames = description.Steps().Last().Output.Frames;
        var weights = randn(clips.shape[0], frames, description.Classes).to(type);
        var weakWeights = randn(clips.shape[0], description.Classes).to(type) * 10;
        var output = network.call(clips.to(type));
        ((output.Strong * weights).sum() + (output.Weak * weakWeights).sum()).backward();
        return (output, network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!));
    }

    // Both multiples of the sixteen vector lanes and other sizes, which the kernels pad.
    private static int Size(Random draw) => draw.Next(2) == 0 ? 16 * draw.Next(1, 4) : draw.Next(1, 50);

    private static NetworkDescription Describe(Random draw)
    {
        List<Layer> layers = [];
        var (bands, frames) = (1, 1);
        for (var block = draw.Next(1, 4); block > 0; block--)
        {
            var pool = draw.Next(1, 5);
            bands *= pool;
            layers.Add(
                bands <= 4 && draw.Next(3) == 0 ? new Layer.DoubleConvolution(Size(draw))
                : draw.Next(3) > 0 ? new Layer.Convolution(Size(draw))
                : new Layer.Convolution(Size(draw), 5, 5)
            );
            if (draw.Next(2) == 0)
            {
                var poolFrames = draw.Next(1, 4);
                frames *= poolFrames;
                layers.Add(new Layer.Pooling(poolFrames, pool, (PoolingKind)draw.Next(2)));
            }
            else if (pool > 1)
                layers.Add(new Layer.BandPooling(pool));
        }
        bands *= draw.Next(1, 3);
        for (var recurrent = draw.Next(0, 3); recurrent > 0; recurrent--)
            layers.Add(new Layer.BidirectionalGru(Size(draw), draw.Next(2) == 0 ? Merge.Multiply : Merge.Concatenate));
        if (draw.Next(2) == 0)
            layers.Add(new Layer.Dense(draw.Next(1, 40), (Activation)draw.Next(2)));
        return new NetworkDescription
        {
            Layers = layers,
            Frames = frames + draw.Next(0, 15),
            Bands = bands,
            Classes = draw.Next(1, 9),
            Dropout = 0,
            Weak = EveryWeakOutput.Distinct[draw.Next(EveryWeakOutput.Distinct.Count)],
        };
    }

    private static NetworkDescription DescribeSamples(Random draw)
    {
        var step = draw.Next(1, 4);
        List<Layer> layers = [new Layer.SampleConvolution(Size(draw), step == 1 ? 3 : step, step)];
        var samples = step * draw.Next(1, 4);
        for (var block = draw.Next(1, 4); block > 0; block--)
        {
            var pool = draw.Next(1, 5);
            samples *= pool;
            layers.Add(new Layer.SampleConvolution(Size(draw), draw.Next(2) == 0 ? 3 : 5));
            if (pool > 1)
                layers.Add(new Layer.BandPooling(pool));
        }
        return new NetworkDescription
        {
            Layers = layers,
            Frames = draw.Next(1, 12),
            Bands = samples,
            Classes = draw.Next(1, 9),
            Dropout = 0,
            Weak = EveryWeakOutput.Distinct[draw.Next(EveryWeakOutput.Distinct.Count)],
        };
    }
}
