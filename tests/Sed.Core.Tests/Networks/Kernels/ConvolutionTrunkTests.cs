using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class ConvolutionTrunkTests
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    public static TheoryData<int, int, int, (int Filters, int Pool)[]> Shapes =>
        new()
        {
            { 1, 1, 5, [(16, 5)] },
            { 3, 20, 40, [(48, 5)] },
            { 2, 17, 11, [(32, 2)] },
            { 2, 9, 8, [(16, 2), (48, 4)] },
            { 3, 21, 40, [(48, 5), (48, 4), (48, 2)] },
            { 4, 5, 12, [(16, 3), (32, 1), (64, 2)] },
            { 17, 12, 7, [(16, 1), (32, 3)] },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_gradients_and_running_statistics_equal_those_of_torch(
        int batch,
        int frames,
        int bins,
        (int Filters, int Pool)[] blocks
    )
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var generator = new Generator(7);
        var (shapes, parameters) = Blocks(frames, bins, blocks, generator);
        var clips = rand(batch, frames, bins, generator: generator) * 4 - 3;
        var plain = Plain(clips, shapes, parameters, out var plainRunning);
        var weights = randn(plain.shape, generator: generator);
        (plain * weights).sum().backward();

        var running = shapes.SelectMany(shape => new[] { zeros(shape.Filters), ones(shape.Filters) }).ToArray();
        var trunk = new ConvolutionTrunk(shapes);
        var own = parameters.Select(parameter => parameter.detach().to(float32).requires_grad_()).ToArray();
        var output = trunk.Train(clips, own, running, new uint[shapes.Count]);
        (output * weights).sum().backward();

        Close.Assert("output", plain, output);
        for (var i = 0; i < running.Length; i++)
            Close.Assert($"running {i}", plainRunning[i], running[i]);
        for (var i = 0; i < own.Length; i++)
        {
            // The gradient of a bias before batch normalisation is zero; torch returns rounding errors instead.
            if (i % 4 == 1)
                Assert.Equal(0f, own[i].grad!.abs().max().item<float>());
            else
                Close.Assert($"gradient {i}", parameters[i].grad!, own[i].grad!);
        }
    }

    [Fact]
    public void Inference_normalises_by_the_running_statistics()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var generator = new Generator(3);
        var (shapes, parameters) = Blocks(13, 40, [(48, 5), (48, 4), (48, 2)], generator);
        var clips = randn(3, 13, 40, generator: generator);
        var running = shapes
            .SelectMany(shape =>
                new[] { randn(shape.Filters, generator: generator), rand(shape.Filters, generator: generator) + 0.5 }
            )
            .ToArray();
        var trunk = new ConvolutionTrunk(shapes);
        var own = parameters.Select(parameter => parameter.detach().to(float32)).ToArray();
        var expected = clips.to(float64).unsqueeze(1);
        for (var block = 0; block < shapes.Count; block++)
        {
            expected = conv2d(expected, parameters[4 * block], parameters[4 * block + 1], padding: [1, 1]);
            expected = batch_norm(
                expected,
                running[2 * block].to(float64),
                running[2 * block + 1].to(float64),
                parameters[4 * block + 2],
                parameters[4 * block + 3],
                false
            );
            expected = max_pool2d(expected.relu(), [1, shapes[block].Pool]);
        }
        Close.Assert("output", expected, trunk.Infer(clips, own, running));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var results = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Torch.Threads = threads;
            var generator = new Generator(5);
            var (shapes, parameters) = Blocks(30, 20, [(48, 5), (48, 4)], generator);
            var own = parameters.Select(parameter => parameter.detach().to(float32).requires_grad_()).ToArray();
            var running = shapes.SelectMany(shape => new[] { zeros(shape.Filters), ones(shape.Filters) }).ToArray();
            var dropped = shapes.Select(shape => shape with { Rate = 0.3 }).ToArray();
            var output = new ConvolutionTrunk(dropped).Train(
                randn(19, 30, 20, generator: generator),
                own,
                running,
                [8, 9]
            );
            output.square().sum().backward();
            results.Add([
                .. output.contiguous().data<float>(),
                .. own.SelectMany(parameter => parameter.grad!.data<float>()),
            ]);
        }
        Torch.Threads = Environment.ProcessorCount;
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void A_training_step_leaks_no_tensor()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var (shapes, parameters) = Blocks(9, 20, [(16, 5), (16, 4)], new Generator(1));
        var own = parameters.Select(parameter => parameter.detach().to(float32).requires_grad_()).ToArray();
        var running = shapes.SelectMany(shape => new[] { zeros(shape.Filters), ones(shape.Filters) }).ToArray();
        var trunk = new ConvolutionTrunk(shapes);
        long Step()
        {
            using (NewDisposeScope())
            {
                trunk.Train(randn(2, 9, 20), own, running, [1, 2]).sum().backward();
                foreach (var parameter in own)
                    parameter.grad = null;
            }
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        var first = Step();
        for (var i = 0; i < 5; i++)
            Assert.Equal(first, Step());
    }

    /// <summary>
    /// Random blocks. Some weights of the normalisations are negative, so that pooling must select minima.
    /// </summary>
    private static (IReadOnlyList<BlockShape> Shapes, Tensor[] Parameters) Blocks(
        int frames,
        int bins,
        (int Filters, int Pool)[] blocks,
        Generator generator
    )
    {
        List<BlockShape> shapes = [];
        List<Tensor> parameters = [];
        var channels = 1;
        foreach (var (filters, pool) in blocks)
        {
            shapes.Add(new BlockShape(channels, filters, bins, pool, frames, Epsilon, Momentum, 0));
            parameters.Add(randn(filters, channels, 3, 3, generator: generator) / Math.Sqrt(9 * channels));
            parameters.Add(randn(filters, generator: generator));
            parameters.Add(randn(filters, generator: generator));
            parameters.Add(randn(filters, generator: generator) * 0.3);
            channels = filters;
            bins /= pool;
        }
        return (shapes, parameters.Select(parameter => parameter.to(float64).requires_grad_()).ToArray());
    }

    private static Tensor Plain(
        Tensor clips,
        IReadOnlyList<BlockShape> shapes,
        Tensor[] parameters,
        out List<Tensor> running
    )
    {
        var maps = clips.to(float64).unsqueeze(1);
        running = [];
        for (var block = 0; block < shapes.Count; block++)
        {
            var mean = zeros(shapes[block].Filters, float64);
            var variance = ones(shapes[block].Filters, float64);
            maps = conv2d(maps, parameters[4 * block], parameters[4 * block + 1], padding: [1, 1]);
            maps = batch_norm(
                maps,
                mean,
                variance,
                parameters[4 * block + 2],
                parameters[4 * block + 3],
                true,
                Momentum,
                Epsilon
            );
            maps = max_pool2d(maps.relu(), [1, shapes[block].Pool]);
            running.AddRange([mean, variance]);
        }
        return maps;
    }
}
