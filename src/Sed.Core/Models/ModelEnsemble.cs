using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Models;

/// <summary>
/// The networks of a model's members, whose outputs are averaged. Thread-safe: calls are serialised, because the
/// kernels use all cores for one batch.
/// </summary>
internal sealed class ModelEnsemble : IDisposable
{
    private readonly SavedModel model;
    private readonly Device device;
    private readonly SedNetwork[] networks;
    private readonly Lock turn = new();

    public ModelEnsemble(SavedModel model, Device device)
    {
        this.model = model;
        this.device = device;
        networks = new SedNetwork[model.Members.Count];
        try
        {
            for (var member = 0; member < networks.Length; member++)
            {
                networks[member] = model.Build(member);
                networks[member].to(device);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The mean output of the members per window: strong (frames, classes) and weak (classes).</summary>
    public (float[] Strong, float[] Weak)[] Predict(IReadOnlyList<Window> windows)
    {
        lock (turn)
        {
            var mean = Predict(0, windows);
            for (var member = 1; member < networks.Length; member++)
                foreach (var (sum, output) in mean.Zip(Predict(member, windows)))
                {
                    Add(sum.Strong, output.Strong);
                    Add(sum.Weak, output.Weak);
                }
            if (networks.Length > 1)
                foreach (var values in mean.SelectMany(output => new[] { output.Strong, output.Weak }))
                    for (var i = 0; i < values.Length; i++)
                        values[i] /= networks.Length;
            return mean;
        }
    }

    public void Dispose()
    {
        foreach (var network in networks)
            network?.Dispose();
    }

    private (float[] Strong, float[] Weak)[] Predict(int member, IReadOnlyList<Window> windows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var threads = networks[member].LimitTorchThreads(device);
        var size = model.Network.Frames * model.Network.Bands;
        var batch = empty(windows.Count, model.Network.Frames, model.Network.Bands); // (windows, frames, bands)
        var values = batch.Span<float>((long)windows.Count * size);
        for (var i = 0; i < windows.Count; i++)
        {
            var window = values.Slice(i * size, size);
            windows[i].Features.CopyTo(window);
            model.Members[member].Statistics.Apply(window, windows[i].FramesWithSound);
        }
        var output = networks[member].call(batch.to(device));
        return [.. PerWindow(output.Strong, windows.Count).Zip(PerWindow(output.Weak, windows.Count))];
    }

    private static float[][] PerWindow(Tensor values, int count)
    {
        var all = values.cpu().contiguous().data<float>().ToArray();
        return [.. all.Chunk(all.Length / count)];
    }

    private static void Add(float[] sum, float[] values)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += values[i];
    }
}

/// <summary>The features of a window with the length of a clip.</summary>
/// <param name="Features">Features before standardisation, shape (frames, bands).</param>
/// <param name="FramesWithSound">Number of frames before the padding.</param>
internal sealed record Window(float[] Features, int FramesWithSound);
