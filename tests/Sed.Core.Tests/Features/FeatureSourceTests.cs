using System.Text.Json;
using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.Encoders;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Runtime.Keys;
using Sed.Core.Tests.Features.Encoders;
using TorchSharp;

namespace Sed.Core.Tests.Features;

/// <summary>Requirements that every feature source must meet.</summary>
[Collection(TorchCollection.Name)]
public sealed class FeatureSourceTests
{
    private static readonly FeatureSource[] examples =
    [
        new LogMelOptions
        {
            Rate = 8000,
            BandCount = 8,
            MaxHz = 4000,
        },
        new SampleFrames(8000, 320),
        new Encoder(new FeatureFile("small.onnx", SmallEncoders.Sequence(200))),
        new CombinedFeatures([
            new("samples", new SampleFrames(8000, 320)),
            new("small", new Encoder(new FeatureFile("small.onnx", SmallEncoders.Sequence()))),
        ]),
    ];

    public static TheoryData<Type> Kinds() =>
        [.. typeof(FeatureSource).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(FeatureSource)))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_source_has_an_example_here(Type kind) =>
        Assert.Contains(examples, source => source.GetType() == kind);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_file_stores_a_source_under_stable_names(Type kind)
    {
        var source = Of(kind);
        var text = JsonSerializer.Serialize(source, ModelJson.Options);
        var read = JsonSerializer.Deserialize<FeatureSource>(text, ModelJson.Options)!;
        Assert.Equal(CanonicalKey.Text(source), CanonicalKey.Text(read));
        Assert.Equal(source.HopSeconds, read.HopSeconds);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batches_and_single_clips_have_the_same_features_of_the_promised_shape(Type kind)
    {
        Sed.Core.Runtime.Torch.Initialize();
        var source = Of(kind);
        using var extractor = source.Extractor(torch.CPU);
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(1);
        var waveforms = torch.randn(2, 8000);
        var batch = extractor.Extract(waveforms);
        Assert.Equal([2, source.FramesOf(8000), source.Bands], batch.shape);
        var one = new float[source.FramesOf(8000) * source.Bands];
        extractor.Extract(waveforms[1].data<float>().ToArray(), one);
        Assert.True(batch[1].flatten().allclose(torch.tensor(one), 1e-4, 1e-4));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_source_keeps_its_own_sampling_rate_and_has_no_problems(Type kind)
    {
        var source = Of(kind);
        Assert.Equal(8000, source.At(44_100).SampleRate);
        Assert.Empty(source.Problems());
        Assert.NotEqual("", source.Summary);
    }

    [Fact]
    public void Log_mel_features_without_a_sampling_rate_use_that_of_the_corpus()
    {
        LogMelOptions source = new();
        Assert.Throws<InvalidOperationException>(() => source.SampleRate);
        Assert.Equal(16_000, source.At(16_000).SampleRate);
        Assert.Equal(CanonicalKey.Text(source), CanonicalKey.Text(source.WithOverlap(0.5)));
    }

    private static FeatureSource Of(Type kind) => examples.First(source => source.GetType() == kind);
}
