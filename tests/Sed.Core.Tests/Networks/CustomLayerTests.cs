using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Tests.Networks.Kernels;
using Sed.Core.Tests.Training;
using Sed.Core.Training;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class CustomLayerTests
{
    public CustomLayerTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    private static Layer.Custom Twice(int units = 7) => new("twice", 1, units, width => nn.Linear(width, units));

    private static NetworkDescription With(params Layer[] layers) =>
        new()
        {
            Layers = layers,
            Frames = 12,
            Bands = 20,
            Classes = 3,
        };

    [Fact]
    public void Name_version_units_and_code_identify_a_layer()
    {
        Assert.Equal(Twice(), Twice());
        Assert.Equal(Twice().GetHashCode(), Twice().GetHashCode());
        Assert.NotEqual(Twice(), Twice() with { Version = 2 });
        Assert.NotEqual(Twice(), Twice(8));
        Assert.NotEqual(Twice(), Twice() with { Name = "thrice" });
        Assert.Equal("twice version 1, 7 units", Twice().ToString());
        Assert.Contains("; twice version 1, 7 units;", With(Twice()).Summary());
    }

    private sealed class Scale(double factor) : nn.Module<Tensor, Tensor>(nameof(Scale))
    {
        public override Tensor forward(Tensor input) => input.mul(factor);
    }

    private sealed class Shift(double term) : nn.Module<Tensor, Tensor>(nameof(Shift))
    {
        public override Tensor forward(Tensor input) => input.add(term);
    }

    [Fact]
    public void A_different_captured_value_makes_a_different_layer()
    {
        static Layer.Custom Scaled(double factor) => new("scaled", 1, 20, _ => new Scale(factor));
        Assert.Equal(Scaled(2), Scaled(2));
        Assert.NotEqual(Scaled(2), Scaled(3));
    }

    private abstract record Shape(double Size);

    private sealed record Round(double Size) : Shape(Size);

    private sealed record Flat(double Size) : Shape(Size);

    public static TheoryData<object, object> CapturedValues =>
        new()
        {
            { true, false },
            { new object?[] { 1, null }, new object?[] { null, 1 } },
            { new int[][] { [1, 2], [3] }, new int[][] { [1], [2, 3] } },
            { new int[2, 3], new int[3, 2] },
            { (true, 1), (false, 1) },
            {
                new List<int> { 1, 2 },
                new List<int> { 2, 1 }
            },
            {
                new HashSet<string> { "a", "b" },
                new HashSet<string> { "a", "c" }
            },
            {
                new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 },
                new Dictionary<string, int> { ["a"] = 2, ["b"] = 1 }
            },
            {
                new Shape[] { new Round(1), new Flat(2), new Flat(3) },
                new Shape[] { new Round(1), new Flat(2), new Round(3) }
            },
        };

    [Theory]
    [MemberData(nameof(CapturedValues), DisableDiscoveryEnumeration = true)]
    public void Captured_Booleans_and_the_structure_of_captured_values_identify_a_layer(object one, object other)
    {
        static Layer.Custom Capturing(object value) =>
            new("own", 1, 20, width => nn.Linear(width, value.GetHashCode()));
        Assert.Equal(Capturing(one), Capturing(one));
        Assert.NotEqual(Capturing(one), Capturing(other));
    }

    [Fact]
    public void The_order_of_the_entries_of_a_captured_dictionary_does_not_matter()
    {
        static Layer.Custom Capturing(params IEnumerable<KeyValuePair<string, int>> entries)
        {
            Dictionary<string, int> rates = new(entries);
            return new("own", 1, 20, width => nn.Linear(width, rates["a"]));
        }
        Assert.Equal(Capturing(new("a", 1), new("b", 2)), Capturing(new("b", 2), new("a", 1)));
    }

    [Fact]
    public void Different_code_makes_a_different_layer()
    {
        Layer.Custom scaled = new("own", 1, 20, _ => new Scale(2));
        Layer.Custom shifted = new("own", 1, 20, _ => new Shift(2));
        Assert.NotEqual(
            Sed.Core.Runtime.Keys.CanonicalKey.Text(scaled),
            Sed.Core.Runtime.Keys.CanonicalKey.Text(shifted)
        );
        Assert.Equal(scaled.Summary, shifted.Summary);
    }

    [Fact]
    public void Equal_code_in_another_method_makes_the_same_layer()
    {
        static Layer.Custom Here() => new("own", 1, 20, width => nn.Sequential(nn.Linear(width, 20), new Scale(0.5)));
        static Layer.Custom There() => new("own", 1, 20, width => nn.Sequential(nn.Linear(width, 20), new Scale(0.5)));
        Assert.Equal(Sed.Core.Runtime.Keys.CanonicalKey.Text(Here()), Sed.Core.Runtime.Keys.CanonicalKey.Text(There()));
    }

    [Fact]
    public void The_function_receives_the_width_of_the_flattened_input()
    {
        List<int> widths = [];
        Layer.Custom own = new(
            "seen",
            1,
            5,
            width =>
            {
                widths.Add(width);
                return nn.Linear(width, 5);
            }
        );
        using SedNetwork network = new(
            With(own, own, new Layer.Dense(4, Activation.Relu), own) with
            {
                Weak = new WeakOutput.MeanPooling(),
            }
        );
        using SedNetwork convolved = new(With(new Layer.Convolution(6), new Layer.BandPooling(5), own));
        Assert.Equal([20, 5, 4, 6 * 4], widths);
        using var scope = NewDisposeScope();
        Assert.Equal([2, 12, 3], network.call(randn(2, 12, 20)).Strong.shape);
        Assert.Equal([2, 3], convolved.call(randn(2, 12, 20)).Weak.shape);
        var expected = (20 * 5 + 5) + (5 * 5 + 5) + (5 * 4 + 4) + (4 * 5 + 5) + (5 * 3 + 3);
        Assert.Equal(expected, network.ParameterCount);
    }

    [Fact]
    public void Convolutions_before_a_custom_layer_use_the_kernels()
    {
        using var scope = NewDisposeScope();
        using SedNetwork network = new(
            With(new Layer.Convolution(16), new Layer.BandPooling(5), Twice(16)) with
            {
                Dropout = 0,
            }
        );
        var clips = randn(3, 12, 20);
        (NetworkOutput, Tensor[]) Step(bool kernels)
        {
            network.UseKernels = kernels;
            network.zero_grad();
            var output = network.call(clips);
            (output.Strong.sum() + output.Weak.sum()).backward();
            return (output, [.. network.parameters().Select(parameter => parameter.grad!.clone())]);
        }
        var (fast, fastGradients) = Step(kernels: true);
        var (plain, plainGradients) = Step(kernels: false);
        Close.Assert("strong", plain.Strong, fast.Strong);
        Close.Assert("weak", plain.Weak, fast.Weak);
        // The gradient of a bias before batch normalisation is zero up to rounding.
        foreach (var ((name, _), i) in network.named_parameters().Select((entry, i) => (entry, i)))
            if (!name.EndsWith("convolution.bias"))
                Close.Assert(name, plainGradients[i], fastGradients[i]);
    }

    [Fact]
    public void The_weights_of_a_custom_layer_are_trained_saved_and_restored()
    {
        Hums hums = new();
        var description = hums.Network with { Layers = [.. hums.Network.Layers, Twice()] };
        using var folder = new TemporaryFolder();
        using SedNetwork network = new(description),
            other = new(description);
        var before = network.state_dict().Keys.Single(name => name.EndsWith("own.built.weight"));
        var weights = NetworkWeights.Of(network)[before].Bytes;
        TrainingFolder kept = new(folder.Path, "features", "data");
        new Trainer(new TrainingOptions { Epochs = 2, Monitor = TagMetrics.F }, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            folder: kept
        );
        Assert.NotEqual(weights, NetworkWeights.Of(network)[before].Bytes);
        Assert.Contains($"network.{before}", NumpyArchive.Read(kept.CheckpointFile).Keys);
        NetworkWeights.Read(other, kept.NetworkFile);
        Assert.Equal(NetworkWeights.Of(network)[before].Bytes, NetworkWeights.Of(other)[before].Bytes);
    }

    [Fact]
    public void A_checkpoint_with_another_version_of_the_layer_is_rejected()
    {
        Hums hums = new();
        using var folder = new TemporaryFolder();
        void Train(int version)
        {
            Layer own = Twice() with { Version = version };
            using SedNetwork network = new(hums.Network with { Layers = [.. hums.Network.Layers, own] });
            new Trainer(new TrainingOptions { Epochs = 1, Monitor = TagMetrics.F }, CPU).Train(
                network,
                hums.Clips(Split.Training),
                hums.Evaluator(),
                folder: new TrainingFolder(folder.Path, "features", "data")
            );
        }
        Train(1);
        var error = Assert.Throws<TrainingException>(() => Train(2));
        Assert.Matches("\"kind\":\"custom\",\"name\":\"twice\",\"units\":7,\"version\":1", error.Message);
        Assert.Matches("\"kind\":\"custom\",\"name\":\"twice\",\"units\":7,\"version\":2", error.Message);
    }

    [Fact]
    public void A_wrong_output_shape_is_reported_with_the_expected_one()
    {
        using SedNetwork network = new(With(new Layer.Custom("short", 3, 7, width => nn.Linear(width, 6))));
        using var scope = NewDisposeScope();
        var error = Assert.Throws<InvalidOperationException>(() => network.call(randn(2, 12, 20)));
        Assert.Equal(
            "short version 3, 7 units: for an input of shape (2, 12, 20), the module must output (batch, frames, units) = "
                + "(2, 12, 7), but its output is (2, 12, 6).",
            error.Message
        );
    }

    [Fact]
    public void All_problems_are_reported()
    {
        var wrong = With(
            new Layer.Custom(" ", 1, 4, width => nn.Linear(width, 4)),
            new Layer.Custom("old", 0, 4, width => nn.Linear(width, 4)),
            new Layer.Custom("none", 1, 0, width => nn.Linear(width, 4)),
            new Layer.Convolution(4)
        );
        Assert.Equal(
            [
                "network, layer 1 (  version 1, 4 units): it needs a name, a version of at least 1, and a function that builds its module; for example `customLayer \"tcn\" 1 64 (fun width -> ...)`",
                "network, layer 2 (old version 0, 4 units): it needs a name, a version of at least 1, and a function that builds its module; for example `customLayer \"tcn\" 1 64 (fun width -> ...)`",
                "network, layer 3 (none version 1, 0 units): 0 units; at least one is needed",
                "network, layer 4 (conv 4 3x3): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
        var error = Assert.Throws<ArgumentException>(() =>
            new SedNetwork(With(new Layer.Custom("nothing", 1, 4, _ => null!)))
        );
        Assert.Equal(
            "nothing version 1, 4 units: the function returned no module for an input of 20 values per frame.",
            error.Message
        );
    }
}
