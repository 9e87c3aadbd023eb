using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Networks;

[Collection(TorchCollection.Name)]
public sealed class NetworkWeightsTests
{
    private static readonly NetworkDescription small = NetworkDescription.Candidate218k(frames: 12, classes: 3);

    [Fact]
    public void Weights_survive_writing_and_reading_bit_for_bit()
    {
        Torch.Initialize();
        using var scope = torch.NewDisposeScope();
        using var folder = new TemporaryFolder();
        using SedNetwork one = new(small),
            other = new(small);
        NetworkWeights.Write(one, folder.File("one.npz"));
        NetworkWeights.Read(other, folder.File("one.npz"));
        NetworkWeights.Write(other, folder.File("other.npz"));
        Assert.Equal(File.ReadAllBytes(folder.File("one.npz")), File.ReadAllBytes(folder.File("other.npz")));
        var arrays = NumpyArchive.Read(folder.File("one.npz"));
        Assert.Equal([48, 48, 3, 3], arrays["layers.3-convolution.convolution.weight"].Shape);
        Assert.Equal([96, 48], arrays["layers.7-gru.recurrent.weight_ih_l0"].Shape.ToArray());
    }

    [Fact]
    public void Weights_do_not_depend_on_the_dropout_rate()
    {
        Torch.Initialize();
        using SedNetwork one = new(small with { Dropout = 0.5 }),
            other = new(small with { Dropout = 0 });
        var weights = NetworkWeights.Of(one);
        NetworkWeights.Load(other, weights, "one");
        Assert.Equal(weights.Keys, NetworkWeights.Of(other).Keys);
    }

    [Fact]
    public void Weights_of_another_network_are_rejected_and_all_differences_are_reported()
    {
        Torch.Initialize();
        using var folder = new TemporaryFolder();
        using SedNetwork one = new(small),
            other =
                new(
                    small with
                    {
                        Layers = [new Layer.Convolution(16), new Layer.BandPooling(5)],
                        Weak = new WeakOutput.MeanPooling(),
                    }
                );
        var file = folder.File("one.npz");
        NetworkWeights.Write(one, file);
        var error = Assert.Throws<InvalidDataException>(() => NetworkWeights.Read(other, file));
        Assert.StartsWith($"{file} does not fit this network:", error.Message);
        Assert.Contains("the network has no weak.dense.weight", error.Message);
        Assert.Contains(
            "layers.1-convolution.convolution.weight: the array has type Float32 and shape (48, 1, 3, 3), but the tensor has type Float32 and shape (16, 1, 3, 3)",
            error.Message
        );
    }
}
