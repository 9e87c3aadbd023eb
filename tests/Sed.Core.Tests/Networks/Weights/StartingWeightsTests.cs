using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Networks.Weights;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Tests.Metrics;
using Sed.Core.Tests.Models;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Weights;

[Collection(TorchCollection.Name)]
public sealed class StartingWeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SavedModel model = SmallModel.Make();
    private readonly string file;

    public StartingWeightsTests()
    {
        file = folder.File("m.sed");
        ModelFile.Write(file, model);
    }

    public void Dispose() => folder.Dispose();

    private static SedNetwork Build(NetworkDescription description)
    {
        Torch.Initialize();
        random.manual_seed(77);
        return new SedNetwork(description);
    }

    private static void AssertLoaded(SedNetwork network, SavedModel model, Func<string, bool> isLoaded)
    {
        foreach (var (name, tensor) in network.state_dict())
            if (!name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                Assert.Equal(
                    isLoaded(name),
                    model.Members[0].Weights.TryGetValue(name, out var array)
                        && NumpyArray.Of(tensor).Bytes.SequenceEqual(array.Bytes)
                );
    }

    [Fact]
    public void A_model_with_equal_classes_is_loaded_as_a_whole()
    {
        using var network = Build(model.Network);
        var match = new StartingWeights(file).Load(network, model.Classes);
        Assert.Equal($"Starts from {file}: 16 of 16 parameters loaded", match.Summary);
        foreach (var (name, array) in NetworkWeights.Of(network))
            Assert.Equal(model.Members[0].Weights[name].Bytes, array.Bytes);
    }

    [Fact]
    public void With_other_classes_all_layers_are_loaded_and_the_outputs_are_initialised_anew()
    {
        using var network = Build(model.Network with { Classes = 3, Weak = new WeakOutput.Attention() });
        var match = new StartingWeights(file).Load(network, ["a", "b", "c"]);
        Assert.Equal(
            $"Starts from {file}: 14 of 17 parameters loaded, missing strong.weight, strong.bias, weak.linear.weight; "
                + "the outputs are initialised anew, because the file has other classes or another order of classes",
            match.Summary
        );
        AssertLoaded(network, model, name => name.StartsWith("layers.", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_in_another_order_are_other_classes()
    {
        using var network = Build(model.Network);
        var match = new StartingWeights(file).Load(network, [.. model.Classes.Reverse()]);
        Assert.Equal(["strong.weight", "strong.bias"], match.Missing);
    }

    [Fact]
    public void Shapes_that_differ_are_problems_that_are_listed_together()
    {
        var other = model.Network with
        {
            Layers =
            [
                new Layer.Convolution(5),
                new Layer.BandPooling(4),
                new Layer.BidirectionalGru(4, Merge.Multiply),
            ],
        };
        var problems = new StartingWeights(file).Problems(other, model.Classes);
        Assert.Equal(8, problems.Count);
        Assert.Equal(
            "layers.1-convolution.convolution.weight has the shape (4, 1, 3, 3), not the shape (5, 1, 3, 3) of "
                + "1-convolution.convolution.weight; change the layer, or load only other parts with `startFromWith`",
            problems[0].ToString()
        );
        using var network = Build(other);
        Assert.Throws<WeightFileException>(() => new StartingWeights(file).Load(network, model.Classes));
    }

    [Fact]
    public void A_file_without_a_common_name_is_a_problem_that_lists_both_sides()
    {
        var problem = Assert.Single(new StartingWeights(Fixture.File("checkpoint.pt")).Problems(model.Network, null));
        Assert.Equal(
            $"no tensor of {Fixture.File("checkpoint.pt")} has the name of a parameter of the network; give a table with "
                + "`startFromWith`; the file has conv.weight, conv.bias, norm.weight, norm.bias, norm.running_mean and 3 "
                + "more; the network has 1-convolution.convolution.weight, 1-convolution.convolution.bias, "
                + "1-convolution.normalisation.weight, 1-convolution.normalisation.bias, "
                + "1-convolution.normalisation.running_mean and 11 more",
            problem.ToString()
        );
    }

    [Fact]
    public void A_table_of_patterns_gives_the_names_of_the_network()
    {
        using var network = Build(model.Network with { Layers = [new Layer.Convolution(2)] });
        StartingWeights weights = new(
            Fixture.File("checkpoint.pt"),
            [new("conv.*", "1-convolution.convolution.*"), new("norm.*", "1-convolution.normalisation.*")]
        );
        var match = weights.Load(network, model.Classes);
        Assert.Equal(
            $"Starts from {weights.Path}: 6 of 8 parameters loaded, missing strong.weight, strong.bias, unused epoch, best, "
                + "optimizer, note, out.weight, out.bias; the weights are taken from 'state_dict'; 'module.' is removed "
                + "from the names",
            match.Summary
        );
        Fixture.AssertEqual("module", WeightFile.Read(weights.Path));
        Assert.Equal(1, network.state_dict()["layers.1-convolution.normalisation.running_var"][0].item<float>());
    }

    [Fact]
    public void Mistakes_in_a_table_are_problems()
    {
        StartingWeights invalid = new("w.pth", [new("a.*", "b"), new("", "b"), new("a.*.*", "b.*.*")]);
        Assert.Equal(3, invalid.Problems(model.Network, null).Count);
        StartingWeights wrong = new(
            Fixture.File("checkpoint.pt"),
            [new("cnv.*", "1-convolution.convolution.*"), new("norm.weight", "1-convolution.normalization.weight")]
        );
        Assert.Equal(
            [
                "the table assigns norm.weight to 1-convolution.normalization.weight, which the network does not have; "
                    + "the nearest name is 1-convolution.normalisation.weight",
                $"no tensor of {wrong.Path} has the name cnv.*; change the table",
            ],
            wrong.Problems(model.Network, null).Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Unusable_files_are_problems()
    {
        Assert.Equal(
            "none.pth cannot be used: there is no such file",
            Assert.Single(new StartingWeights("none.pth").Problems(model.Network, null)).ToString()
        );
        Assert.Single(new StartingWeights("").Problems(model.Network, null));
    }

    [Fact]
    public void A_layer_of_a_script_that_cannot_be_built_is_a_problem()
    {
        var broken = model.Network with
        {
            Layers = [new Layer.Custom("broken", 1, 3, _ => throw new InvalidOperationException("It has no size."))],
        };
        Assert.Equal(
            "the network cannot be built: It has no size",
            Assert.Single(new StartingWeights(file).Problems(broken, null)).ToString()
        );
    }

    [Fact]
    public void The_key_contains_the_content_and_the_table_and_not_the_path()
    {
        var other = folder.File("copy.pth");
        File.Copy(file, other);
        Assert.Equal(CanonicalKey.Text(new StartingWeights(file)), CanonicalKey.Text(new StartingWeights(other)));
        Assert.Matches(
            "^\\{\"sha256\":\"[0-9a-f]{64}\",\"table\":\\[\\{\"source\":\"a.*\",\"target\":\"b.*\"\\}\\]\\}$",
            CanonicalKey.Text(new StartingWeights(file, [new("a.*", "b.*")]))
        );
        File.AppendAllText(other, "x");
        Assert.NotEqual(new StartingWeights(file).Sha256, new StartingWeights(other).Sha256);
        Assert.Equal("none", new StartingWeights(folder.File("none")).Sha256);
    }

    /// <summary>The GRU of a network of PyTorch is loaded into this library's layer.</summary>
    [Fact]
    public void A_published_recurrent_layer_is_loaded_by_a_table()
    {
        var path = Path.Combine(SharedFolder.Require("models"), "gpvad_teacher1.pth");
        using var network = Build(
            new()
            {
                Layers = [new Layer.BidirectionalGru(128, Merge.Concatenate)],
                Frames = 20,
                Bands = 128,
                Classes = 527,
                Weak = new WeakOutput.LinearSoftmax(),
            }
        );
        StartingWeights weights = new(path, [new("gru.*", "1-gru.recurrent.*"), new("outputlayer.*", "strong.*")]);
        var match = weights.Load(network, [.. Enumerable.Range(0, 527).Select(number => $"{number}")]);
        Assert.Empty(match.Missing);
        Assert.Equal(10, match.Loaded.Count);
        Assert.Equal(25 + 5, match.Unused.Count + 5);
        Assert.Equal(-156.9153739356234, network.state_dict()["strong.weight"].to(float64).sum().item<double>(), 1e-6);
    }
}
