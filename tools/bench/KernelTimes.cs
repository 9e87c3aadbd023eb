using System.Diagnostics;
using Sed.Core.Networks;
using Sed.Core.Networks.Kernels;
using TorchSharp;
using static TorchSharp.torch;

internal static unsafe class KernelTimes
{
    public static void Run(int batch, int reps)
    {
        Crew.Size = 1;
        using var s = NewDisposeScope();
        double Min(int n, Action a) { double m = 1e9; for (var i = 0; i < n; i++) { var w = Stopwatch.StartNew(); a(); m = Math.Min(m, w.Elapsed.TotalMilliseconds); } return m; }
        var a = (float*)Scratch.Floats(6, 1 << 16); var b = Scratch.Floats(7, 1 << 16); var cc = Scratch.Floats(5, 1 << 12);
        new Span<float>(a, 1 << 16).Clear(); new Span<float>(b, 1 << 16).Clear(); new Span<float>(cc, 1 << 12).Clear();
        double Tile0() => 1000 * 8 * 48 * 48 * 2 / (Min(reps * 3, () => { for (var i = 0; i < 1000; i++) Tile.Add(a, b, cc, 48, 8, 48, new Walk(48, 48, 1, 48)); }) * 1e6);
        Console.WriteLine($"tile {Tile0():F1} GF");
        BlockShape[] all = [new(1, 48, 40, 5, 500, 1e-5, .1, .15), new(48, 48, 8, 4, 500, 1e-5, .1, .15), new(48, 48, 2, 2, 500, 1e-5, .1, .15)];
        float[] mean = new float[48], variance = new float[48];
        fixed (float* m = mean, v = variance)
            foreach (var shape in all)
            {
                var pars = new[] { randn(shape.Filters, shape.Channels, 3, 3) * 0.1, randn(48), ones(48), zeros(48) };
                var grads = pars.Select(p => empty_like(p)).ToArray();
                BlockWeights W(Tensor[] t) => new((nint)Lanes.Memory<float>(t[0]), (nint)Lanes.Memory<float>(t[1]), (nint)Lanes.Memory<float>(t[2]), (nint)Lanes.Memory<float>(t[3]));
                BlockWeights w = W(pars), g = W(grads);
                float* mm = m, vv = v;
                if (shape.Channels == 1)
                {
                    var block = new FirstBlock(shape);
                    var maps = block.Bordered(randn(batch, 500, 40));
                    Console.WriteLine($"first bordered {Min(reps, () => block.Bordered(maps).Dispose()) / batch:F3}");
                    Console.WriteLine($"first moments {Min(reps, () => PatchMoments.Of(Lanes.Memory<float>(maps), batch, 500, 40)) / batch:F3}");
                    BlockRun run = null!;
                    Console.WriteLine($"first forward {Min(reps, () => { run?.Output.Dispose(); run?.Winner?.Dispose(); run = block.Forward(maps, w, mm, vv, new Dropout(.15, 1), true); }) / batch:F3}");
                    var grad = randn(batch, 500, 8, 48);
                    Console.WriteLine($"first backward {Min(reps, () => block.Backward(run, Lanes.Memory<float>(grad), w, g)) / batch:F3}");
                }
                else
                {
                    var block = new PooledBlock(shape);
                    var input = randn(batch, 502, shape.Bins, 48);
                    BlockRun run = null!;
                    Console.WriteLine($"conv {shape.Bins} forward {Min(reps, () => { run?.Output.Dispose(); run?.Winner?.Dispose(); run?.Extreme?.Dispose(); run?.Raw?.Dispose(); run = block.Forward(input, w, mm, vv, new Dropout(.15, 1), true); }) / batch:F3}");
                    var grad = randn(batch, 500, shape.PooledBins, 48); var ig = empty(batch, 500, shape.Bins, 48);
                    Console.WriteLine($"conv {shape.Bins} backward {Min(reps, () => block.Backward(run, Lanes.Memory<float>(grad), w, g, Lanes.Memory<float>(ig))) / batch:F3}");
                }
            }
        foreach (var inputs in new[] { 48, 32 })
        {
            var gru = nn.GRU(inputs, 32, batchFirst: true, bidirectional: true);
            var pars = gru.parameters().ToArray();
            var layer = new GatedRecurrence(new RecurrentShape(inputs, 32, 500, Merge.Multiply, .15));
            var x = randn([8, 500, inputs], requires_grad: true);
            double f = 1e9, bw = 1e9;
            for (var i = 0; i < reps; i++)
            {
                using var t = NewDisposeScope();
                var w = Stopwatch.StartNew(); var y = layer.Train(x, pars, 1); f = Math.Min(f, w.Elapsed.TotalMilliseconds);
                var gg = ones_like(y); w.Restart(); y.backward([gg]); bw = Math.Min(bw, w.Elapsed.TotalMilliseconds);
            }
            Console.WriteLine($"gru {inputs} forward {f / 8:F3} backward {bw / 8:F3}");
        }
        Console.WriteLine($"tile {Tile0():F1} GF");
    }
}
