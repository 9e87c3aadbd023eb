using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Models;

/// <summary>
/// The networks of a model's members, asked about windows of a clip's length. Safe from several threads, which take turns: the
/// kernels share out a batch among all processors anyway.
/// </summary>
internal sealed class ModelNetworks : IDisposable
{
    private readonly SavedModel model;
    private readonly Device device;
    private readonly SedNetwork[] networks;
    private readonly Lock turn = new();

    public ModelNetworks(SavedModel model, Device device)
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

    /// <summary>The mean of what the members say of each window.</summary>
    public (float[] Strong, float[] Weak)[] Ask(IReadOnlyList<Window> windows)
    {
        lock (turn)
        {
            var mean = Say(0, windows);
            for (var member = 1; member < networks.Length; member++)
                foreach (var (sum, own) in mean.Zip(Say(member, windows)))
                {
                    Add(sum.Strong, own.Strong);
                    Add(sum.Weak, own.Weak);
                }
            if (networks.Length > 1)
                foreach (var values in mean.SelectMany(one => new[] { one.Strong, one.Weak }))
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

    private (float[] Strong, float[] Weak)[] Say(int member, IReadOnlyList<Window> windows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var threads = networks[member].LimitTorchThreads(device);
        var size = model.Network.Frames * model.Network.Bands;
        var batch = empty(windows.Count, model.Network.Frames, model.Network.Bands); // (windows, frames, bands)
        var values = batch.Span<float>((long)windows.Count * size);
        for (var i = 0; i < windows.Count; i++)
        {
            var own = values.Slice(i * size, size);
            windows[i].Features.CopyTo(own);
            model.Members[member].Statistics.Apply(own, windows[i].FramesWithSound);
        }
        var said = networks[member].call(batch.to(device));
        return [.. Each(said.Strong, windows.Count).Zip(Each(said.Weak, windows.Count))];
    }

    private static float[][] Each(Tensor values, int count)
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

/// <summary>A clip's length of features, and how many of its frames have sound; the others are padding.</summary>
/// <param name="Features">Shape (frames, bands), not standardised.</param>
/// <param name="FramesWithSound">From the first frame on.</param>
internal sealed record Window(float[] Features, int FramesWithSound);
