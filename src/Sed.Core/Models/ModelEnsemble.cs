using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Models;

/// <summary>
/// The networks of a model's members, whose outputs are averaged. Thread-safe: calls are serialised, because the CPU
/// kernels use all cores for one batch.
/// </summary>
internal sealed class ModelEnsemble : IDisposable
{
    private readonly SavedModel model;
    private readonly Device device;
    private readonly SedNetwork[] networks;
    private readonly bool[] isProbed; // members whose layers were checked for overflow
    private readonly Lock turn = new();

    public ModelEnsemble(SavedModel model, Device device)
    {
        this.model = model;
        this.device = device;
        networks = new SedNetwork[model.Members.Count];
        isProbed = new bool[networks.Length];
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

    /// <summary>
    /// The mean output of the members for each window: the strong output, shape (frames, classes), and the weak output,
    /// shape (classes).
    /// </summary>
    /// <param name="windows">The windows, at least one.</param>
    /// <param name="recording">The recording of the first window, for messages.</param>
    /// <param name="vectors">
    /// Receives one vector for each window: the output of the first member's last layer before the strong output, averaged
    /// over the frames before the padding.
    /// </param>
    /// <exception cref="ModelOutputException">
    /// The activations of a member's layer overflow for the first window that the model processes.
    /// </exception>
    public (float[] Strong, float[] Weak)[] Predict(
        IReadOnlyList<Window> windows,
        string recording,
        List<float[]>? vectors = null
    )
    {
        lock (turn)
        {
            var mean = Predict(0, windows, recording, vectors);
            for (var member = 1; member < networks.Length; member++)
                foreach (var (sum, output) in mean.Zip(Predict(member, windows, recording)))
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

    private (float[] Strong, float[] Weak)[] Predict(
        int member,
        IReadOnlyList<Window> windows,
        string recording,
        List<float[]>? vectors = null
    )
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var threads = networks[member].LimitTorchThreads(device);
        var size = model.Network.Frames * model.Network.Bands;
        var batch = empty(windows.Count, model.Network.Frames, model.Network.Bands); // (windows, frames, bands)
        var values = batch.Span<float>((long)windows.Count * size);
        var isFinite = new bool[windows.Count];
        for (var i = 0; i < windows.Count; i++)
        {
            var window = values.Slice(i * size, size);
            windows[i].Features.CopyTo(window);
            model.Members[member].Statistics.Apply(window, windows[i].FramesWithSound);
            isFinite[i] = FiniteValues.Are(window);
        }
        var input = batch.to(device);
        if (!isProbed[member] && Array.IndexOf(isFinite, true) is var first and >= 0)
        {
            // The outputs can be finite although a layer overflows. Without this check, the model might then detect no
            // events without reporting a problem.
            if (networks[member].FirstOverflow(input.narrow(0, first, 1)) is { } overflow)
                throw new ModelOutputException(
                    model.Name,
                    recording,
                    $"{overflow} not finite ({model.Members[member].Name})"
                );
            isProbed[member] = true;
        }
        var mask = OutputMask.Of(
            PaddingMask.For([.. windows.Select(window => window.FramesWithSound)], model.Network, device)
        );
        NetworkOutput output;
        if (vectors is null)
            output = networks[member].call(input, mask);
        else
        {
            output = networks[member].CallWithHidden(input, mask, out var hidden);
            vectors.AddRange(PerWindow(hidden, windows.Count).Zip(windows, MeanVector));
        }
        var (strong, weak) = (PerWindow(output.Strong, windows.Count), PerWindow(output.Weak, windows.Count));
        // Comparisons in the CPU kernels can replace NaN by 0, so outputs for inputs that are not finite are set to NaN
        // here.
        for (var i = 0; i < windows.Count; i++)
            if (!isFinite[i])
            {
                strong[i].AsSpan().Fill(float.NaN);
                weak[i].AsSpan().Fill(float.NaN);
            }
        return [.. strong.Zip(weak)];
    }

    /// <summary>
    /// Averages the vectors of the frames before the padding of a window. If all frames are padding, returns the first
    /// vector.
    /// </summary>
    private float[] MeanVector(float[] hidden, Window window)
    {
        var mean = new float[model.Network.Hidden.Width];
        var count = hidden.Length / mean.Length;
        var used = Math.Clamp(
            (int)Math.Ceiling((double)count * window.FramesWithSound / model.Network.Frames),
            1,
            count
        );
        for (var i = 0; i < used * mean.Length; i++)
            mean[i % mean.Length] += hidden[i] / used;
        return mean;
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

/// <summary>Thrown when a model's activations or probabilities for a recording are not finite.</summary>
/// <param name="model">Name of the model.</param>
/// <param name="recording">Name of the recording.</param>
/// <param name="cause">A description of the non-finite values, as a message fragment.</param>
public sealed class ModelOutputException(string model, string recording, string cause)
    : InvalidOperationException(
        $"{recording}: the model \"{OneLine.Of(model)}\" cannot process this recording: {cause}."
    )
{
    /// <summary>Throws if a probability for a recording is not finite.</summary>
    internal static void RequireFinite(string model, string recording, ReadOnlySpan<float> probabilities)
    {
        if (!FiniteValues.Are(probabilities))
            throw new ModelOutputException(model, recording, "its probabilities are not finite numbers");
    }
}

/// <summary>The features of a window, which has the length of a clip.</summary>
/// <param name="Features">Features before standardisation, shape (frames, bands).</param>
/// <param name="FramesWithSound">Number of frames before the padding.</param>
internal sealed record Window(float[] Features, int FramesWithSound);
