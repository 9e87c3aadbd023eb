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
    public void It_is_known_by_name_version_units_and_code()
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
    public void Another_number_that_its_function_has_from_outside_makes_another_layer()
    {
        static Layer.Custom Scaled(double factor) => new("scaled", 1, 20, _ => new Scale(factor));
        Assert.Equal(Scaled(2), Scaled(2));
        Assert.NotEqual(Scaled(2), Scaled(3));
    }

    [Fact]
    public void Other_code_in_its_module_makes_another_layer()
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
    public void Equal_code_at_another_place_makes_the_same_layer()
    {
        static Layer.Custom Here() => new("own", 1, 20, width => nn.Sequential(nn.Linear(width, 20), new Scale(0.5)));
        static Layer.Custom There() => new("own", 1, 20, width => nn.Sequential(nn.Linear(width, 20), new Scale(0.5)));
        Assert.Equal(Sed.Core.Runtime.Keys.CanonicalKey.Text(Here()), Sed.Core.Runtime.Keys.CanonicalKey.Text(There()));
    }

    [Fact]
    public void It_is_given_the_width_below_it_and_maps_become_vectors_first()
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
    public void Convolutions_below_it_still_go_through_the_kernels_with_the_same_outputs_and_gradients()
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
        // A bias below batch normalisation has no gradient but rounding.
        foreach (var ((name, _), i) in network.named_parameters().Select((entry, i) => (entry, i)))
            if (!name.EndsWith("convolution.bias"))
                Close.Assert(name, plainGradients[i], fastGradients[i]);
    }

    [Fact]
    public void It_trains_and_its_weights_are_kept_exported_and_read_again()
    {
        Hums hums = new();
        var description = hums.Network with { Layers = [.. hums.Network.Layers, Twice()] };
        using var folder = new TemporaryFolder();
        using SedNetwork network = new(description),
            other = new(description);
        var before = network.state_dict().Keys.Single(name => name.EndsWith("own.built.weight"));
        var weights = NetworkWeights.Of(network)[before].Bytes;
        TrainingFolder kept = new(folder.Path, "features", "data");
        new Trainer(new TrainingOptions { Epochs = 2 }, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            TagMetrics.F,
            folder: kept
        );
        Assert.NotEqual(weights, NetworkWeights.Of(network)[before].Bytes);
        Assert.Contains($"network.{before}", NumpyArchive.Read(kept.CheckpointFile).Keys);
        NetworkWeights.Read(other, kept.NetworkFile);
        Assert.Equal(NetworkWeights.Of(network)[before].Bytes, NetworkWeights.Of(other)[before].Bytes);
    }

    [Fact]
    public void A_checkpoint_of_another_version_of_it_is_refused()
    {
        Hums hums = new();
        using var folder = new TemporaryFolder();
        void Train(int version)
        {
            Layer own = Twice() with { Version = version };
            using SedNetwork network = new(hums.Network with { Layers = [.. hums.Network.Layers, own] });
            new Trainer(new TrainingOptions { Epochs = 1 }, CPU).Train(
                network,
                hums.Clips(Split.Training),
                hums.Evaluator(),
                TagMetrics.F,
                folder: new TrainingFolder(folder.Path, "features", "data")
            );
        }
        Train(1);
        var error = Assert.Throws<TrainingException>(() => Train(2));
        Assert.Contains("twice version 1, 7 units", error.Message);
        Assert.Contains("twice version 2, 7 units", error.Message);
    }

    [Fact]
    public void A_module_of_another_shape_is_named_with_what_was_expected_and_what_came()
    {
        using SedNetwork network = new(With(new Layer.Custom("short", 3, 7, width => nn.Linear(width, 6))));
        using var scope = NewDisposeScope();
        var error = Assert.Throws<InvalidOperationException>(() => network.call(randn(2, 12, 20)));
        Assert.Equal(
            "short version 3, 7 units has to give (batch, frames, units) = (2, 12, 7) "
                + "for (2, 12, 20), but its module gives (2, 12, 6).",
            error.Message
        );
    }

    [Fact]
    public void Its_problems_are_named()
    {
        var wrong = With(
            new Layer.Custom(" ", 1, 4, width => nn.Linear(width, 4)),
            new Layer.Custom("old", 0, 4, width => nn.Linear(width, 4)),
            new Layer.Custom("none", 1, 0, width => nn.Linear(width, 4)),
            new Layer.Convolution(4)
        );
        Assert.Equal(
            [
                "network, layer 1 (  version 1, 4 units): needs a name, a version from 1 and a function that builds it; for example `customLayer \"tcn\" 1 64 (fun width -> ...)`",
                "network, layer 2 (old version 0, 4 units): needs a name, a version from 1 and a function that builds it; for example `customLayer \"tcn\" 1 64 (fun width -> ...)`",
                "network, layer 3 (none version 1, 0 units): 0 units; give at least one",
                "network, layer 4 (conv 4 3x3): works on bands, but the layers below leave one vector per frame; put it before any layer that works on frames as a whole, as biGru, dense and context do",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
        var error = Assert.Throws<ArgumentException>(() =>
            new SedNetwork(With(new Layer.Custom("nothing", 1, 4, _ => null!)))
        );
        Assert.Equal("nothing version 1, 4 units: its function gave no module for 20 values per frame.", error.Message);
    }
}
