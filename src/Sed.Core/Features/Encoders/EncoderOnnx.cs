using global::Onnx;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Features.Encoders;

/// <summary>ONNX export of encoders. The exported graph contains the encoder's graph.</summary>
internal static class EncoderOnnx
{
    private const int OldestOperatorSet = 13;

    /// <summary>
    /// The operator set of the exported graph. Operators of sets 13 to 17 have the same meaning in set 17.
    /// </summary>
    /// <exception cref="NotSupportedException">The encoder's operator set is too old.</exception>
    public static int OperatorSet(byte[] content)
    {
        var version = EncoderGraph
            .Parse(content)
            .OpsetImport.Where(set => set.Domain is "" or "ai.onnx")
            .Max(set => (int?)set.Version);
        return version is >= OldestOperatorSet
            ? Math.Max(OnnxGraph.DefaultOperatorSet, version.Value)
            : throw new NotSupportedException(
                $"the encoder uses operator set {version}; export it with operator set {OldestOperatorSet} or newer"
            );
    }

    /// <summary>Adds the encoder to the graph of <paramref name="waveforms"/>.</summary>
    /// <param name="waveforms">Samples, shape (batch, samples).</param>
    /// <param name="samples">Number of samples per clip.</param>
    /// <param name="content">The ONNX file.</param>
    /// <param name="encoder">The encoder.</param>
    /// <returns>Vectors, shape (batch, frames, width).</returns>
    public static OnnxValue Extract(OnnxValue waveforms, int samples, byte[] content, Encoder encoder)
    {
        var (graph, form) = (waveforms.Graph, encoder.Form);
        var model = EncoderGraph.Parse(content);
        var shape = model.Graph.Input.First(input => model.Graph.Initializer.All(weight => weight.Name != input.Name));
        var dimensions = shape.Type.TensorType.Shape.Dim;
        if (dimensions.Count == 1 || dimensions[0].DimValue > 0)
            throw new NotSupportedException(
                "the encoder processes one recording at a time; export it with a batch axis of any size"
            );
        EncoderWindow[] windows = [.. EncoderWindow.Of(form, samples)];
        var part = graph.StartPart("encoder");
        // All windows of all clips are one batch; they have the same length.
        var slices = windows.Select(window => Slice(waveforms, window, samples)).ToArray();
        var batch = slices.Length == 1 ? slices[0] : OnnxValue.Concatenate(0, slices);
        if (encoder.Scale != 1)
            batch = batch.Times(encoder.Scale);
        var length = windows[0].Length;
        var input =
            encoder.Input is { } features ? features.Export(batch, length).Reshape(AxesOf(dimensions, features, length))
            : dimensions.Count == 3 ? batch.Unsqueeze(1)
            : batch;
        graph.Part = part;
        var count = form.IsVector ? 1 : (length - form.FieldSamples) / form.HopSamples + 1;
        var output = graph.Include(model, input, form.Output);
        var vectors = form.TimeLast
            ? output.Reshape(-1, form.Width, count).Permute(0, 2, 1)
            : output.Reshape(-1, count, form.Width);
        return Joined(vectors.Reshape(windows.Length, -1, count, form.Width), windows, form, samples);
    }

    private static long[] AxesOf(
        IReadOnlyList<TensorShapeProto.Types.Dimension> dimensions,
        FeatureSource features,
        int length
    ) =>
        dimensions.Count == 3 ? [-1, features.FramesOf(length), features.Bands]
        : dimensions[1].DimValue == 1 ? [-1, 1, features.FramesOf(length), features.Bands]
        : [-1, features.FramesOf(length), features.Bands, 1];

    private static OnnxValue Slice(OnnxValue waveforms, EncoderWindow window, int samples)
    {
        var (before, end) = (Math.Max(0, -window.Start), window.Start + window.Length);
        var sound = waveforms.Slice(1, Math.Max(0, window.Start), Math.Min(end, samples));
        var after = Math.Max(0, end - Math.Max(samples, window.Start));
        return before + after == 0 ? sound : sound.Pad("constant", 0, before, 0, after);
    }

    /// <summary>Cross-fades the windows by a weighted sum of their vectors.</summary>
    private static OnnxValue Joined(OnnxValue vectors, EncoderWindow[] windows, EncoderForm form, int samples)
    {
        var frames = form.FramesOf(samples);
        OnnxValue? sum = null;
        for (var number = 0; number < windows.Length; number++)
        {
            var window = windows[number];
            var own = vectors.Slice(2, 0, window.Count).Select(0, number); // (batch, count, width)
            if (windows.Length == 1)
                return own;
            // The weights of a window are computed by cross-fading: this window has the value 1, and all other windows
            // have 0.
            CrossFade joined = new(1);
            List<float> weights = [];
            foreach (var other in windows)
                weights.AddRange(
                    joined.Add(other.First, [.. Enumerable.Repeat(other == window ? 1f : 0f, other.Count)])
                );
            weights.AddRange(joined.Finish(frames));
            var matrix = new float[frames * window.Count];
            for (var k = 0; k < window.Count; k++)
                matrix[(window.First + k) * window.Count + k] = weights[(int)window.First + k];
            using var scope = NewDisposeScope();
            var weighted = vectors.Graph.Weight(tensor(matrix, [frames, window.Count])).MatMul(own);
            sum = sum is null ? weighted : sum + weighted;
        }
        return sum!;
    }
}
