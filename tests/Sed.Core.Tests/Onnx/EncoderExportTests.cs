using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.Encoders;
using Sed.Core.Features.LogMel;
using Sed.Core.Onnx.Graph;
using Sed.Core.Tests.Features.Encoders;
using Sed.Core.Tests.Metrics;
using TorchSharp;

namespace Sed.Core.Tests.Onnx;

/// <summary>Encoders as part of exported graphs.</summary>
[Collection(TorchCollection.Name)]
public sealed class EncoderExportTests
{
    public static TheoryData<string, int> Cases() =>
        [
            ("sequence", 8000),
            ("sequence", 8037),
            ("sequence", 200_000),
            ("context", 200_000),
            ("time last", 16_000),
            ("vector", 90_000),
            ("combined", 100_000),
            ("newer operators", 8000),
            ("two encoders", 100_000),
            ("encoder and samples", 16_000),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Exported_encoders_have_the_vectors_of_the_feature_store(string kind, int samples) =>
        AssertSame(
            kind switch
            {
                "sequence" => Small(SmallEncoders.Sequence(200)),
                "context" => Small(SmallEncoders.WithContext()),
                "time last" => Small(SmallEncoders.Sequence(timeLast: true)),
                "vector" => Small(SmallEncoders.Vector(16_000)).WithHop(0.5),
                "newer operators" => Small(Newer(SmallEncoders.Sequence())),
                "two encoders" => new CombinedFeatures([
                    new("a", Small(SmallEncoders.Sequence(200))),
                    new("b", Small(SmallEncoders.WithContext())),
                ]),
                "encoder and samples" => new CombinedFeatures([
                    new("samples", new SampleFrames(8000, 80)),
                    new("newer", Small(Newer(SmallEncoders.Sequence()))),
                ]),
                _ => new CombinedFeatures([
                    new(
                        "mel",
                        new LogMelOptions
                        {
                            Rate = 8000,
                            BandCount = 8,
                            MaxHz = 4000,
                        }
                    ),
                    new("small", Small(SmallEncoders.WithContext())),
                ]),
            },
            samples
        );

    [Fact]
    public void Mn04_is_part_of_an_exported_graph()
    {
        var path = Path.Combine(SharedFolder.Require("models"), "mn04_frames.onnx");
        AssertSame(new Encoder(path).WithOutput("embedding").WithRate(32_000), 64_000);
    }

    [Fact]
    public void Encoders_with_operator_sets_of_different_meaning_are_refused()
    {
        CombinedFeatures both = new([
            new("a", Small(SmallEncoders.Sequence())),
            new("b", Small(Newer(SmallEncoders.WithContext()))),
        ]);
        var refused = Assert.Throws<NotSupportedException>(() => both.OnnxOperatorSet);
        Assert.Equal(
            "the encoders use incompatible ONNX operator sets (17, 20); export them with the same operator set",
            refused.Message
        );
    }

    private static byte[] Newer(byte[] content) =>
        SmallEncoders.Changed(content, model => model.OpsetImport[0].Version = 20);

    private static Encoder Small(byte[] content) => new(new FeatureFile("small.onnx", content));

    private static void AssertSame(FeatureSource source, int samples)
    {
        Assert.Empty(source.Problems());
        Random random = new(1);
        float[][] clips =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ => Enumerable.Range(0, samples).Select(_ => random.NextSingle() - 0.5f).ToArray()),
        ];
        OnnxGraph graph = new() { OperatorSet = source.OnnxOperatorSet ?? OnnxGraph.DefaultOperatorSet };
        var frames = source.FramesOf(samples);
        graph.Output("features", source.Export(graph.Input("samples", samples), samples), frames, source.Bands);
        using InferenceSession session = new(graph.ToBytes());
        using var results = session.Run([
            NamedOnnxValue.CreateFromTensor(
                "samples",
                new DenseTensor<float>(clips.SelectMany(clip => clip).ToArray(), [2, samples])
            ),
        ]);
        var found = results[0].AsTensor<float>().ToArray();
        using var extractor = source.Extractor(torch.CPU);
        var expected = new float[frames * source.Bands];
        for (var clip = 0; clip < 2; clip++)
        {
            extractor.Extract(clips[clip], expected);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[clip * expected.Length + i], 2e-4f);
        }
    }
}
