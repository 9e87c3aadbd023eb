using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Onnx;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Tests.Models;
using Sed.Core.Tests.Networks;
using static TorchSharp.torch;
using DenseTensor = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>;

namespace Sed.Core.Tests.Onnx;

/// <summary>Compares exported models in ONNX Runtime with the original networks.</summary>
[Collection(TorchCollection.Name)]
public sealed class OnnxExportTests
{
    private const double Tolerance = 1e-5;
    private static readonly BandStatistics standardisation = new(
        [.. Enumerable.Range(0, 8).Select(band => band - 3.5f)],
        [.. Enumerable.Range(0, 8).Select(band => 0.5f + band)]
    );

    public static TheoryData<string> WeakOutputs { get; } = [.. EveryWeakOutput.All.Select(weak => weak.Summary)];

    public OnnxExportTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    [Theory]
    [MemberData(nameof(LayersTests.Names), MemberType = typeof(LayersTests))]
    public void Every_layer_has_the_same_outputs(string name) => AssertSameOutputs(EveryLayer.Of(name));

    [Theory]
    [MemberData(nameof(WeakOutputs))]
    public void Every_weak_output_has_the_same_values(string weak) =>
        AssertSameOutputs(Small("GRU") with { Weak = EveryWeakOutput.Named(weak) });

    [Fact]
    public void Every_layer_type_is_compared()
    {
        var compared = EveryLayer.Names.SelectMany(name => EveryLayer.Of(name).Layers);
        var kinds = typeof(Layer).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Layer)));
        Assert.Equal(
            [typeof(Layer.Custom)],
            kinds.Except(compared.Select(layer => layer.GetType())).Where(type => !type.IsAbstract)
        );
    }

    [Fact]
    public void The_paper_s_network_has_the_same_outputs()
    {
        AssertSameOutputs(NetworkDescription.Candidate218k(50, 8 * 5, 4) with { Dropout = 0.15 });
        AssertSameOutputs(NetworkDescription.Baseline(50, 8, 4));
    }

    [Theory]
    [InlineData(5, "GRU")]
    [InlineData(6, "upsampling")]
    public void A_segmented_network_has_the_same_outputs(int frames, string layer) =>
        AssertSameOutputs(Small(layer) with { Segments = new Segmentation(frames, SegmentLearning.LargestSegment) });

    [Theory]
    [InlineData(6, 2)]
    [InlineData(5, 2)] // The last frame of the segment is rounded up.
    public void A_segmented_network_with_several_feature_sources_has_the_same_outputs(int frames, int stride) =>
        AssertSameOutputs(
            Small("fusion after convolutions") with
            {
                Layers = [new Layer.StridedConvolution(3, 3, stride), new Layer.Fusion("bands", ["others"])],
                Parts = [new("others", 8), new("bands", 8)],
                Bands = 16,
                Segments = new Segmentation(frames, SegmentLearning.LargestSegment),
            }
        );

    [Fact]
    public void Several_networks_are_exported_as_the_mean_of_their_outputs()
    {
        using var one = Trained(Small("GRU"));
        using var other = Trained(Small("convolution"));
        using var scope = NewDisposeScope();
        var clips = randn(2, 12, 8);
        var model = OnnxExport.FromLogMel([(one, standardisation), (other, standardisation)]);
        var found = Run(model, "log_mel", clips);
        AssertClose((Outputs(one, clips).Strong + Outputs(other, clips).Strong) / 2, found["strong"]);
        AssertClose((Outputs(one, clips).Weak + Outputs(other, clips).Weak) / 2, found["weak"]);
    }

    [Fact]
    public void A_custom_layer_of_common_modules_can_be_exported() =>
        AssertSameOutputs(
            Small("GRU") with
            {
                Layers =
                [
                    new Layer.Custom(
                        "perceptron",
                        1,
                        5,
                        width => nn.Sequential(nn.Linear(width, 5), nn.Tanh(), nn.SiLU())
                    ),
                ],
            }
        );

    [Fact]
    public void All_layers_without_an_ONNX_form_are_reported()
    {
        using SedNetwork network = new(
            Small("GRU") with
            {
                Layers =
                [
                    new Layer.Custom("half", 1, 8, _ => new Half()),
                    new Layer.Dense(8, Activation.Relu),
                    new Layer.Custom("again", 2, 8, _ => new Half()),
                ],
            }
        );
        var refused = Assert.Throws<NotSupportedException>(() => OnnxExport.FromLogMel([(network, standardisation)]));
        Assert.Equal(
            """
            network, layer 1 (half version 1, 8 units): the module Half cannot be exported to ONNX
            network, layer 3 (again version 2, 8 units): the module Half cannot be exported to ONNX
            """.ReplaceLineEndings(),
            refused.Message
        );
    }

    private sealed class Half() : nn.Module<Tensor, Tensor>(nameof(Half))
    {
        public override Tensor forward(Tensor input) => input.div(2);
    }

    public static TheoryData<string> Definitions { get; } =
    ["dcase2017", "htk", "inside", "odd", "decibels", "efficientAt", "panns", "cdur"];

    private static LogMelOptions Defined(string name) =>
        name switch
        {
            "dcase2017" => LogMelOptions.Dcase2017 with { BandCount = 8 },
            "htk" => LogMelOptions.Htk with { BandCount = 8 },
            "decibels" => LogMelOptions.Htk.WithLogarithm(LogarithmKind.Decibel).WithLimits(-50, 30) with
            {
                BandCount = 8,
            },
            "inside" => LogMelOptions.Htk with { BandCount = 8, Centred = false, Window = WindowShape.HannSymmetric },
            "efficientAt" => LogMelOptions.EfficientAt with { BandCount = 8 },
            "panns" => LogMelOptions.Panns with { BandCount = 8 },
            "cdur" => LogMelOptions.Cdur with { BandCount = 8 },
            _ => LogMelOptions.Dcase2017 with { BandCount = 8, FftSamples = 1764 },
        };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_model_with_features_has_the_same_outputs_even_with_a_loud_tone(string definition)
    {
        const int samples = 44_100 / 4;
        var options = Defined(definition);
        var frames = options.FramesOf(samples);
        using var network = Trained(Small("GRU") with { Frames = frames });
        using LogMelExtractor extractor = new(options);
        using var scope = NewDisposeScope();
        var tone = sin(arange(samples, float32).Times(0.3)).Times(0.9);
        var sounds = stack([randn(samples).Times(0.1), randn(samples).Times(1e-4) + tone, zeros(samples)]);
        var model = OnnxExport.FromSamples([(network, standardisation)], options, samples);
        var found = Run(model, "samples", sounds);
        var reference = Outputs(network, extractor.Extract(sounds));
        AssertClose(reference.Strong, found["strong"]);
        AssertClose(reference.Weak, found["weak"]);
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Log_mel_in_the_graph_equals_the_extractor_s(string definition)
    {
        const int samples = 44_100 / 4;
        var options = Defined(definition);
        using LogMelExtractor extractor = new(options);
        using var scope = NewDisposeScope();
        var tone = sin(arange(samples, float32).Times(0.3)).Times(0.9);
        var sounds = stack([randn(samples).Times(0.1), randn(samples).Times(1e-4) + tone, zeros(samples)]);
        OnnxGraph graph = new();
        var features = LogMelOnnx.Extract(graph.Input("samples", samples), options, samples);
        graph.Output("log_mel", features, options.FramesOf(samples), options.Bands);
        AssertClose(extractor.Extract(sounds), Run(graph.ToBytes(), "samples", sounds)["log_mel"]);
    }

    [Fact]
    public void A_clip_length_with_the_wrong_number_of_frames_is_rejected()
    {
        using SedNetwork network = new(Small("GRU"));
        var options = Defined("htk");
        var refused = Assert.Throws<ArgumentException>(() =>
            OnnxExport.FromSamples([(network, standardisation)], options, 44_100)
        );
        Assert.StartsWith(
            "44100 samples give 50 frames of 8 bands, but the network's input has 12 frames of 8 bands.",
            refused.Message
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_model_is_exported_as_the_mean_of_its_members_with_metadata(bool withFeatures)
    {
        var model = SmallModel.Make(members: 2);
        using LogMelExtractor extractor = new((LogMelOptions)model.Features);
        using var scope = NewDisposeScope();
        var sounds = randn(3, model.ClipSamples).Times(0.1);
        var features = extractor.Extract(sounds);
        var exported = OnnxExport.Of(model, withFeatures);
        var found = withFeatures ? Run(exported, "samples", sounds) : Run(exported, "log_mel", features);
        var outputs = model.Members.Select(
            (member, k) =>
            {
                using var network = model.Build(k);
                return Outputs(network, features, member.Statistics);
            }
        );
        var (one, other) = (outputs.First(), outputs.Last());
        AssertClose((one.Strong + other.Strong) / 2, found["strong"]);
        AssertClose((one.Weak + other.Weak) / 2, found["weak"]);
        using InferenceSession session = new(exported);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal(model.Classes, JsonSerializer.Deserialize<string[]>(metadata["classes"])!);
        Assert.Equal("0.04", metadata["frame_seconds"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_waveform_model_has_the_outputs_of_predict(bool withFeatures)
    {
        var model = SmallModel.OfSamples(members: 2);
        using var scope = NewDisposeScope();
        var sounds = randn(3, model.ClipSamples).Times(0.1);
        var exported = OnnxExport.Of(model, withFeatures);
        var found = withFeatures
            ? Run(exported, "samples", sounds)
            : Run(exported, "frames", sounds.reshape(3, 25, 320));
        using ModelEnsemble networks = new(model, CPU);
        var outputs = networks.Predict(
            [.. Enumerable.Range(0, 3).Select(k => new Window(sounds[k].contiguous().data<float>().ToArray(), 25))],
            "noise"
        );
        AssertClose(tensor(outputs.SelectMany(one => one.Strong).ToArray()), found["strong"]);
        AssertClose(tensor(outputs.SelectMany(one => one.Weak).ToArray()), found["weak"]);
        using InferenceSession session = new(exported);
        var map = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal("""{"frameSamples":320,"kind":"samples","sampleRate":8000}""", map["features"]);
        Assert.Equal("0.04", map["frame_seconds"]);
    }

    [Fact]
    public void The_export_leaks_no_tensor()
    {
        using SedNetwork network = new(Small("self-attention"));
        OnnxExport.FromLogMel([(network, standardisation)]);
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        OnnxExport.FromLogMel([(network, standardisation)]);
        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>A network of the size that all tests use.</summary>
    private static NetworkDescription Small(string layer) =>
        EveryLayer.Of(layer) with
        {
            Frames = 12,
            Bands = 8,
            Classes = 3,
        };

    private static void AssertSameOutputs(NetworkDescription description)
    {
        var bands = description.Bands;
        using var network = Trained(description);
        using var scope = NewDisposeScope();
        BandStatistics statistics = new(
            [.. Enumerable.Range(0, bands).Select(band => band - 3.5f)],
            [.. Enumerable.Range(0, bands).Select(band => 0.5f + band)]
        );
        var clips = randn(3, description.Frames, bands) * 4;
        var found = Run(OnnxExport.FromLogMel([(network, statistics)]), "log_mel", clips);
        var reference = Outputs(network, clips, statistics);
        AssertClose(reference.Strong, found["strong"]);
        AssertClose(reference.Weak, found["weak"]);
    }

    /// <summary>A network whose weights, biases and moving statistics differ from their initial values.</summary>
    private static SedNetwork Trained(NetworkDescription description)
    {
        SedNetwork network = new(description);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var parameter in network.parameters())
            parameter.add_(randn_like(parameter) * 0.1);
        network.UseKernels = false;
        for (var step = 0; step < 3; step++)
            network.call(randn(4, description.Frames, description.Bands) * 2);
        network.eval();
        return network;
    }

    private static NetworkOutput Outputs(SedNetwork network, Tensor clips, BandStatistics? statistics = null)
    {
        using var noGradients = no_grad();
        var values = clips.contiguous().data<float>().ToArray();
        (statistics ?? standardisation).Apply(values);
        return network.call(tensor(values, clips.shape));
    }

    private static Dictionary<string, float[]> Run(byte[] model, string input, Tensor values)
    {
        using InferenceSession session = new(model);
        var shape = values.shape.Select(size => (int)size).ToArray();
        DenseTensor given = new(values.contiguous().data<float>().ToArray(), shape);
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(input, given)]);
        return outputs.ToDictionary(output => output.Name, output => output.AsEnumerable<float>().ToArray());
    }

    private static void AssertClose(Tensor wanted, float[] found)
    {
        var values = wanted.contiguous().data<float>().ToArray();
        Assert.Equal(values.Length, found.Length);
        var largest = values.Zip(found, (own, theirs) => Math.Abs(own - theirs)).Max();
        Assert.True(largest <= Tolerance, FormattableString.Invariant($"differs by {largest}"));
        Assert.True(values.Max() - values.Min() > 1e-3, "all outputs are equal, so the comparison is meaningless");
    }
}
