using Sed.Core.Networks.Weights;
using Sed.Core.Tests.Metrics;
using Sed.Core.Tests.Models;

namespace Sed.Core.Tests.Networks.Weights;

public sealed class WeightFileTests
{
    [Theory]
    [InlineData("zip.pt", "PyTorch")]
    [InlineData("protocol4.pt", "PyTorch")]
    [InlineData("legacy.pth", "PyTorch before version 1.6")]
    [InlineData("cuda.pth", "PyTorch before version 1.6")]
    [InlineData("small.safetensors", "safetensors")]
    public void All_formats_give_the_values_that_PyTorch_saved(string name, string format)
    {
        var content = WeightFile.Read(Fixture.File(name));
        Assert.Equal(format, content.Format);
        Fixture.AssertEqual("tensors", content);
        Assert.Empty(content.Skipped);
        Assert.Empty(content.Notes);
        Assert.Null(content.Classes);
    }

    [Fact]
    public void The_content_determines_the_format_and_not_the_name()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture.File("small.safetensors"), folder.File("weights.pth"));
        Assert.Equal("safetensors", WeightFile.Read(folder.File("weights.pth")).Format);
    }

    [Fact]
    public void The_state_dict_of_a_checkpoint_is_found_and_what_was_done_is_reported()
    {
        var content = WeightFile.Read(Fixture.File("checkpoint.pt"));
        Fixture.AssertEqual("module", content);
        Assert.Equal(["epoch", "best", "optimizer", "note"], content.Skipped);
        Assert.Equal(["the weights are taken from 'state_dict'", "'module.' is removed from the names"], content.Notes);
    }

    [Theory]
    [InlineData("_orig_mod.module.")]
    [InlineData("module._orig_mod.")]
    [InlineData("module.module.")]
    public void Nested_wrappers_are_removed_from_the_names(string wrappers)
    {
        TorchTensor scalar = new(new TorchStorage(ElementType.Float32, "0", 1), ElementType.Float32, 0, [], []);
        PickleDictionary names = new();
        names.AddPairs([wrappers + "conv.weight", scalar, wrappers + "conv.bias", scalar]);
        var found = StateDictionary.Find(names, new WeightBudget(1000));
        Assert.Equal(["conv.weight", "conv.bias"], found.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_model_file_gives_the_weights_of_its_network_and_its_classes()
    {
        using var folder = new TemporaryFolder();
        var model = SmallModel.Make();
        Sed.Core.Models.ModelFile.Write(folder.File("m.sed"), model);
        var content = WeightFile.Read(folder.File("m.sed"));
        Assert.Equal("model file", content.Format);
        Assert.Equal(model.Classes, content.Classes);
        Assert.Equal(model.Members[0].Weights.Count, content.Tensors.Count);
        Assert.All(
            content.Tensors,
            tensor => Assert.Equal(model.Members[0].Weights[tensor.Name].Bytes, tensor.Values.Bytes)
        );
    }

    /// <summary>
    /// A pickle of CUDA storages without ZIP, and a ZIP. The sums of the absolute values are those of PyTorch 1.13.
    /// </summary>
    [Theory]
    [InlineData("gpvad_teacher1.pth", 40, "features.0.block.0.weight", "outputlayer.bias", 87901.85040348813)]
    [InlineData("mn04_as.pt", 312, "features.0.0.weight", "classifier.5.bias", 13602823.793448677)]
    public void Files_of_published_networks_give_the_values_of_PyTorch(
        string file,
        int count,
        string first,
        string last,
        double sum
    )
    {
        var content = WeightFile.Read(Path.Combine(SharedFolder.Require("models"), file));
        Assert.Equal(count, content.Tensors.Count);
        Assert.Equal((first, last), (content.Tensors[0].Name, content.Tensors[^1].Name));
        Assert.Equal(sum, content.Tensors.Sum(tensor => Fixture.Values(tensor).Sum(Math.Abs)), 1e-9 * sum);
    }
}
