using System.Diagnostics;
using Sed.Core.Networks;
using Sed.Core.Networks.Kernels;
using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Kernels.DenseBlocks;
using Sed.Core.Networks.Kernels.Recurrence;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Time of the kernels of the 218k network, and of a dense block, on one thread with eight clips.</summary>
internal static unsafe class KernelBench
{
    private const int Clips = 8;
    private const int Repetitions = 60;

    public static void Run()
    {
        var threads = Torch.Threads;
        Torch.Threads = 1;
        using var scope = NewDisposeScope();
        Console.WriteLine($"register tile: {TileRate():F0} GFLOP/s on one thread");
        Convolutions();
        foreach (var inputs in new[] { 48, 32 })
            Recurrence(inputs);
        DenseBlock();
        using (var step = new TrainStep(Clips))
            Console.WriteLine($"whole step: {Best(() => step.Run()) / Clips:F3} ms per clip");
        Console.WriteLine($"register tile: {TileRate():F0} GFLOP/s on one thread");
        Torch.Threads = threads;
    }

    private static double TileRate()
    {
        float* a = Scratch.Floats(5, 1 << 12),
            b = Scratch.Floats(6, 1 << 12),
            c = Scratch.Floats(7, 1 << 12);
        foreach (var memory in new[] { (nint)a, (nint)b, (nint)c })
            Simd.Clear((float*)memory, 1 << 12);
        var loop = new ReductionLoop(48, 48, 1, 48);
        const int calls = 2000;
        var best = Best(() =>
        {
            for (var i = 0; i < calls; i++)
                Tile.Add(a, b, c, 48, 8, 48, loop);
        });
        return calls * 8 * 48 * 48 * 2 / (best * 1e6);
    }

    private static void Convolutions()
    {
        var description = NetworkDescription.Candidate218k();
        BlockShape[] shapes =
        [
            new(1, 48, 40, 5, description.Frames, 1e-5, 0.1, description.Dropout),
            new(48, 48, 8, 4, description.Frames, 1e-5, 0.1, description.Dropout),
            new(48, 48, 2, 2, description.Frames, 1e-5, 0.1, description.Dropout),
        ];
        for (var count = 1; count <= shapes.Length; count++)
        {
            using var scope = NewDisposeScope();
            var chosen = shapes[..count];
            var trunk = new ConvolutionTrunk(chosen);
            Tensor[] parameters =
            [
                .. chosen
                    .SelectMany(shape =>
                        new[] { randn(48, shape.Channels, 3, 3) * 0.1, randn(48), ones(48), zeros(48) }
                    )
                    .Select(parameter => parameter.requires_grad_()),
            ];
            Tensor[] running = [.. chosen.SelectMany(_ => new[] { zeros(48), ones(48) })];
            var clips = randn(Clips, description.Frames, description.Bands);
            Time($"{count} convolution blocks", parameters, () => trunk.Train(clips, parameters, running, [1, 2, 3]));
        }
    }

    private static void Recurrence(int inputs)
    {
        using var scope = NewDisposeScope();
        using var gru = nn.GRU(inputs, 32, batchFirst: true, bidirectional: true);
        Tensor[] parameters = [.. gru.parameters()];
        var layer = new GatedRecurrence(new RecurrentShape(inputs, 32, 500, true, 0.15));
        var input = randn([Clips, 500, inputs], requires_grad: true);
        Time($"recurrent layer, {inputs} inputs", [.. parameters, input], () => layer.Train(input, parameters, 1));
    }

    private static void DenseBlock()
    {
        using var scope = NewDisposeScope();
        var shape = new DenseBlockShape(24, 4, 12, 250, 32, 1e-5, 0.1, 0.15);
        int[] found = [.. Enumerable.Range(0, shape.Convolutions).Select(shape.InputMaps)];
        Tensor[] parameters =
        [
            .. found.SelectMany(maps => new[] { ones(maps), zeros(maps), randn(shape.Growth, maps, 3, 3) * 0.1 }),
        ];
        Tensor[] running = [.. found.SelectMany(maps => new[] { zeros(maps), ones(maps) })];
        foreach (var parameter in parameters)
            parameter.requires_grad_();
        var maps = randn([Clips, shape.Maps, shape.Frames, shape.Bins], requires_grad: true);
        var block = new DenseBlock(shape);
        Time("dense block, 4 by 12", [.. parameters, maps], () => block.Train(maps, parameters, running, 1));
        var operations = 2e-6 * found.Sum(maps => maps * DenseBlockShape.Taps * shape.Growth) * shape.MapFloats;
        Console.WriteLine($"  {operations:F0} million operations forward, twice as many backward");
    }

    private static void Time(string name, Tensor[] parameters, Func<Tensor> forward)
    {
        var (there, back) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Repetitions; i++)
        {
            using var scope = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            var output = forward();
            there = Math.Min(there, clock.Elapsed.TotalMilliseconds);
            var gradient = ones_like(output);
            clock.Restart();
            output.backward([gradient]);
            back = Math.Min(back, clock.Elapsed.TotalMilliseconds);
            foreach (var parameter in parameters)
                parameter.grad = null;
        }
        Console.WriteLine($"{name}: forward {there / Clips:F3}, backward {back / Clips:F3} ms per clip");
    }

    private static double Best(Action action)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }
        return best;
    }
}
