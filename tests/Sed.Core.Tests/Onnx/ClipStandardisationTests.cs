using Microsoft.ML.OnnxRuntime;
using Sed.Core.Features;
using Sed.Core.Onnx.Graph;
using DenseTensor = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>;

namespace Sed.Core.Tests.Onnx;

[Collection(TorchCollection.Name)]
public sealed class ClipStandardisationTests
{
    [Fact]
    public void Clips_are_standardised_with_their_own_statistics_in_the_graph_as_in_memory()
    {
        Sed.Core.Runtime.Torch.Initialize();
        var statistics = BandStatistics.OfEachClip(3);
        OnnxGraph graph = new();
        graph.Output("standardised", statistics.Apply(graph.Input("log_mel", 4, 3), 4), 4, 3);
        Random draw = new(1);
        float[] clips = [.. Enumerable.Range(0, 24).Select(k => (k / 12 * 50) + (20 * draw.NextSingle()))];
        using InferenceSession session = new(graph.ToBytes());
        using var outputs = session.Run([
            NamedOnnxValue.CreateFromTensor("log_mel", new DenseTensor(clips, [2, 4, 3])),
        ]);
        statistics.Apply(clips.AsSpan(0, 12));
        statistics.Apply(clips.AsSpan(12));
        foreach (var (expected, found) in clips.Zip(outputs.Single().AsEnumerable<float>()))
            Assert.Equal(expected, found, 1e-5);
        Assert.Equal(0, clips[12..].Average(), 1e-5);
    }
}
