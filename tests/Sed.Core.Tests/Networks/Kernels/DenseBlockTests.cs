using Sed.Core.Networks.Kernels.DenseBlocks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class DenseBlockTests
{
    private static DenseBlockShape Shape(int maps, int convolutions, int growth, int frames, int bins) =>
        new(maps, convolutions, growth, frames, bins, 1e-5, 0.1, 0);

    public static TheoryData<int, int, int, int, int, int> Shapes =>
        new()
        {
            { 1, 1, 1, 1, 2, 1 },
            { 2, 3, 2, 4, 9, 7 },
            { 3, 24, 4, 12, 26, 32 },
            { 19, 5, 3, 7, 11, 3 },
            { 2, 8, 2, 17, 63, 16 },
            { 4, 1, 2, 4, 5, 1 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Outputs_gradients_and_running_statistics_equal_those_of_torch(
        int batch,
        int maps,
        int convolutions,
        int growth,
        int frames,
        int bins
    )
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var shape = Shape(maps, convolutions, growth, frames, bins);
        var generator = new Generator(11);
        var input = randn(batch, maps, frames, bins, generator: generator) * 2 + 0.5;
        var parameters = Parameters(shape, generator);
        var weights = randn(batch, shape.OutputMaps, frames, bins, generator: generator);

        var exact = parameters.Select(parameter => parameter.to(float64).requires_grad_()).ToArray();
        var exactInput = input.to(float64).requires_grad_();
        var exactRunning = Running(shape, float64);
        var expected = Plain(exactInput, exact, exactRunning, training: true);
        (expected * weights).sum().backward();

        var own = parameters.Select(parameter => parameter.clone().requires_grad_()).ToArray();
        var ownInput = input.clone().requires_grad_();
        var running = Running(shape, float32);
        var output = new DenseBlock(shape).Train(ownInput, own, running, 0);
        (output * weights).sum().backward();

        Close.Assert("output", expected, output);
        for (var i = 0; i < running.Length; i++)
            Close.Assert($"running {i}", exactRunning[i], running[i]);
        var largest = exact.Append(exactInput).Max(tensor => tensor.grad!.abs().max().item<double>());
        foreach (var (exactly, ours) in exact.Append(exactInput).Zip(own.Append(ownInput)))
            Assert.InRange((exactly.grad! - ours.grad!).abs().max().item<double>(), 0, 1e-5 * largest);
    }

    [Fact]
    public void Inference_normalises_by_the_running_statistics()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var shape = Shape(6, 3, 12, 20, 9);
        var generator = new Generator(5);
        var input = randn(3, 6, 20, 9, generator: generator);
        var parameters = Parameters(shape, generator);
        var running = Running(shape, float32)
            .Select(tensor => rand(tensor.shape, generator: generator) + 0.5)
            .ToArray();
        var expected = Plain(
            input.to(float64),
            [.. parameters.Select(parameter => parameter.to(float64))],
            [.. running.Select(tensor => tensor.to(float64))],
            training: false
        );
        Close.Assert("output", expected, new DenseBlock(shape).Infer(input, parameters, running));
    }

    [Fact]
    public void Dropout_masks_outputs_and_gradients_alike()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var shape = Shape(5, 2, 3, 8, 6);
        var generator = new Generator(2);
        var parameters = Parameters(shape, generator);
        var input = randn(4, 5, 8, 6, generator: generator).requires_grad_();
        var whole = new DenseBlock(shape).Train(input, parameters, Running(shape, float32), 9);
        var dropped = new DenseBlock(shape with { Rate = 0.25 }).Train(input, parameters, Running(shape, float32), 9);
        var mask = dropped.detach() / whole.detach();
        Assert.InRange((dropped == 0).to(float32).mean().item<float>(), 0.2f, 0.3f);
        dropped.square().sum().backward();
        var gradient = input.grad!.clone();
        input.grad!.zero_();
        (whole * mask).square().sum().backward();
        Close.Assert("gradient", input.grad!, gradient);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        List<float[]> results = [];
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Torch.Threads = threads;
            var shape = Shape(7, 3, 12, 30, 20) with { Rate = 0.3 };
            var generator = new Generator(3);
            var parameters = Parameters(shape, generator).Select(parameter => parameter.requires_grad_()).ToArray();
            var input = randn(19, 7, 30, 20, generator: generator);
            var output = new DenseBlock(shape).Train(input, parameters, Running(shape, float32), 4);
            output.square().sum().backward();
            results.Add([
                .. output.contiguous().data<float>(),
                .. parameters.SelectMany(parameter => parameter.grad!.data<float>()),
            ]);
        }
        Torch.Threads = Environment.ProcessorCount;
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private static Tensor[] Parameters(DenseBlockShape shape, Generator generator) =>
        [
            .. Enumerable
                .Range(0, shape.Convolutions)
                .SelectMany(number =>
                {
                    var inputMaps = shape.InputMaps(number);
                    return new[]
                    {
                        randn(inputMaps, generator: generator),
                        randn(inputMaps, generator: generator),
                        randn(shape.Growth, inputMaps, 3, 3, generator: generator) / Math.Sqrt(9 * inputMaps),
                    };
                }),
        ];

    private static Tensor[] Running(DenseBlockShape shape, ScalarType type) =>
        [
            .. Enumerable
                .Range(0, shape.Convolutions)
                .SelectMany(number =>
                    new[] { zeros(shape.InputMaps(number), dtype: type), ones(shape.InputMaps(number), dtype: type) }
                ),
        ];

    private static Tensor Plain(Tensor maps, Tensor[] parameters, Tensor[] running, bool training)
    {
        for (var number = 0; number < running.Length / 2; number++)
        {
            var normalised = batch_norm(
                maps,
                running[2 * number],
                running[2 * number + 1],
                parameters[3 * number],
                parameters[3 * number + 1],
                training,
                0.1,
                1e-5
            );
            maps = cat([maps, conv2d(normalised.relu(), parameters[3 * number + 2], padding: [1, 1])], 1);
        }
        return maps;
    }
}
