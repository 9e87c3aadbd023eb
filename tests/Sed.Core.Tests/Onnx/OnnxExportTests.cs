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

/// <summary>What ONNX Runtime makes of exported networks is what these make themselves.</summary>
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
    public void Every_layer_gives_the_same(string name) => GivesTheSame(EveryLayer.Of(name));

    [Theory]
    [MemberData(nameof(WeakOutputs))]
    public void Every_weak_output_gives_the_same(string weak) =>
        GivesTheSame(Small("GRU") with { Weak = EveryWeakOutput.Named(weak) });

    [Fact]
    public void Every_kind_of_layer_is_among_those_that_are_compared()
    {
        var compared = EveryLayer.Names.SelectMany(name => EveryLayer.Of(name).Layers);
        var kinds = typeof(Layer).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Layer)));
        Assert.Equal(
            [typeof(Layer.Custom)],
            kinds.Except(compared.Select(layer => layer.GetType())).Where(type => !type.IsAbstract)
        );
    }

    [Fact]
    public void The_paper_s_network_gives_the_same_with_its_dropout()
    {
        GivesTheSame(NetworkDescription.Candidate218k(50, 8 * 5, 4) with { Dropout = 0.15 });
        GivesTheSame(NetworkDescription.Baseline(50, 8, 4));
    }

    [Theory]
    [InlineData(5, "GRU")]
    [InlineData(6, "upsampling")]
    public void A_network_that_hears_segments_gives_the_same(int frames, string layer) =>
        GivesTheSame(Small(layer) with { Segments = new Segmentation(frames, SegmentLearning.LargestSegment) });

    [Fact]
    public void Several_networks_give_their_mean()
    {
        using var one = Trained(Small("GRU"));
        using var other = Trained(Small("convolution"));
        using var scope = NewDisposeScope();
        var clips = randn(2, 12, 8);
        var model = OnnxExport.FromLogMel([(one, standardisation), (other, standardisation)]);
        var found = Run(model, "log_mel", clips);
        Same((Outputs(one, clips).Strong + Outputs(other, clips).Strong) / 2, found["strong"]);
        Same((Outputs(one, clips).Weak + Outputs(other, clips).Weak) / 2, found["weak"]);
    }

    [Fact]
    public void A_layer_of_one_s_own_goes_where_it_is_stacked_of_common_modules() =>
        GivesTheSame(
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
    public void Layers_that_cannot_go_are_named_all_at_once()
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
            network, layer 1 (half version 1, 8 units): the module Half has no ONNX form
            network, layer 3 (again version 2, 8 units): the module Half has no ONNX form
            """.ReplaceLineEndings(),
            refused.Message
        );
    }

    private sealed class Half() : nn.Module<Tensor, Tensor>(nameof(Half))
    {
        public override Tensor forward(Tensor input) => input.div(2);
    }

    public static TheoryData<string> Definitions { get; } = ["dcase2017", "htk", "inside", "odd"];

    private static LogMelOptions Defined(string name) =>
        name switch
        {
            "dcase2017" => LogMelOptions.Dcase2017 with { BandCount = 8 },
            "htk" => LogMelOptions.Htk with { BandCount = 8 },
            "inside" => LogMelOptions.Htk with { BandCount = 8, Centred = false, Window = WindowShape.HannSymmetric },
            _ => LogMelOptions.Dcase2017 with { BandCount = 8, FftSamples = 1764 },
        };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void From_samples_it_gives_the_same_beside_a_loud_tone_too(string definition)
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
        var wanted = Outputs(network, extractor.Extract(sounds));
        Same(wanted.Strong, found["strong"]);
        Same(wanted.Weak, found["weak"]);
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Log_mel_in_the_graph_is_the_extractor_s(string definition)
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
        Same(extractor.Extract(sounds), Run(graph.ToBytes(), "samples", sounds)["log_mel"]);
    }

    [Fact]
    public void Samples_that_make_other_frames_are_refused()
    {
        using SedNetwork network = new(Small("GRU"));
        var options = Defined("htk");
        var refused = Assert.Throws<ArgumentException>(() =>
            OnnxExport.FromSamples([(network, standardisation)], options, 44_100)
        );
        Assert.StartsWith("44100 samples give 50 frames of 8 bands, the network takes 12 of 8.", refused.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_model_gives_the_mean_of_its_members_and_says_what_it_is(bool withFeatures)
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
        Same((one.Strong + other.Strong) / 2, found["strong"]);
        Same((one.Weak + other.Weak) / 2, found["weak"]);
        using InferenceSession session = new(exported);
        var said = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal(model.Classes, JsonSerializer.Deserialize<string[]>(said["classes"])!);
        Assert.Equal("0.04", said["frame_seconds"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_model_that_hears_samples_gives_what_predict_says(bool withFeatures)
    {
        var model = SmallModel.OfSamples(members: 2);
        using var scope = NewDisposeScope();
        var sounds = randn(3, model.ClipSamples).Times(0.1);
        var exported = OnnxExport.Of(model, withFeatures);
        var found = withFeatures
            ? Run(exported, "samples", sounds)
            : Run(exported, "frames", sounds.reshape(3, 25, 320));
        using ModelNetworks networks = new(model, CPU);
        var said = networks.Ask([
            .. Enumerable.Range(0, 3).Select(k => new Window(sounds[k].contiguous().data<float>().ToArray(), 25)),
        ]);
        Same(tensor(said.SelectMany(one => one.Strong).ToArray()), found["strong"]);
        Same(tensor(said.SelectMany(one => one.Weak).ToArray()), found["weak"]);
        using InferenceSession session = new(exported);
        var map = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal("samples 8000 Hz, frames of 320", map["features"]);
        Assert.Equal("0.04", map["frame_seconds"]);
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        using SedNetwork network = new(Small("self-attention"));
        OnnxExport.FromLogMel([(network, standardisation)]);
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        OnnxExport.FromLogMel([(network, standardisation)]);
        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>A network of sizes that all tests share.</summary>
    private static NetworkDescription Small(string layer) =>
        EveryLayer.Of(layer) with
        {
            Frames = 12,
            Bands = 8,
            Classes = 3,
        };

    private static void GivesTheSame(NetworkDescription description)
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
        var wanted = Outputs(network, clips, statistics);
        Same(wanted.Strong, found["strong"]);
        Same(wanted.Weak, found["weak"]);
    }

    /// <summary>A network none of whose weights, biases and moving statistics are what they are at first.</summary>
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

    private static void Same(Tensor wanted, float[] found)
    {
        var values = wanted.contiguous().data<float>().ToArray();
        Assert.Equal(values.Length, found.Length);
        var largest = values.Zip(found, (own, theirs) => Math.Abs(own - theirs)).Max();
        Assert.True(largest <= Tolerance, FormattableString.Invariant($"differs by {largest}"));
        Assert.True(values.Max() - values.Min() > 1e-3, "the outputs are all the same, which compares nothing");
    }
}
