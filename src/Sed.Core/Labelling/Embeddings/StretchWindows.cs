using Sed.Core.Models;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Applies a model to stretches. The windows of several recordings are processed together, because networks are fastest
/// with batches. Thread-safe.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="keepsVectors">Whether the vectors of the layer before the strong output are computed.</param>
internal sealed class StretchWindows(SedModel model, bool keepsVectors)
{
    private const int WindowsPerBatch = 16;

    private readonly Lock turn = new();
    private readonly List<(Window Window, string Path, Handler Handle)> waiting = [];

    /// <summary>Receives the outputs for a window. Calls are serialised.</summary>
    /// <param name="scores">The maximum probability of each class.</param>
    /// <param name="vector">The vector of the layer before the strong output; empty if it is not computed.</param>
    internal delegate void Handler(float[] scores, float[] vector);

    /// <summary>
    /// Adds the windows of a stretch. Each window has the length of the model's clips. A shorter stretch is padded with
    /// zeros. A longer stretch has several windows, of which the last one ends at the end of the stretch.
    /// </summary>
    /// <param name="path">The recording, for messages.</param>
    /// <param name="frames">Features of the stretch, shape (frames, bands).</param>
    /// <param name="handle">Called once for each window, before this method returns or later.</param>
    /// <returns>Number of windows.</returns>
    public int Add(string path, ReadOnlySpan<float> frames, Handler handle)
    {
        var network = model.Saved.Network;
        var count = frames.Length / network.Bands;
        // Stretches that are slightly longer than a clip are processed as one clip.
        var tolerated = (int)(SedModel.ToleratedSeconds / model.Saved.Features.HopSeconds) + 1;
        var windows = Math.Max(1, (count - tolerated + network.Frames - 1) / network.Frames);
        for (var k = 0; k < windows; k++)
        {
            var first = Math.Max(0, Math.Min(k * network.Frames, windows == 1 ? 0 : count - network.Frames));
            var length = Math.Min(network.Frames, count - first);
            var features = new float[network.Frames * network.Bands];
            frames.Slice(first * network.Bands, length * network.Bands).CopyTo(features);
            lock (turn)
            {
                waiting.Add((new Window(features, length), path, handle));
                if (waiting.Count == WindowsPerBatch)
                    Run();
            }
        }
        return windows;
    }

    /// <summary>Processes the windows that have not been processed yet.</summary>
    public void Finish()
    {
        lock (turn)
            Run();
    }

    private void Run()
    {
        if (waiting.Count == 0)
            return;
        var batch = waiting.ToArray();
        waiting.Clear();
        List<float[]>? vectors = keepsVectors ? [] : null;
        var outputs = model.Probabilities([.. batch.Select(one => one.Window)], batch[0].Path, vectors);
        for (var k = 0; k < batch.Length; k++)
            batch[k].Handle(outputs[k], vectors?[k] ?? []);
    }
}
