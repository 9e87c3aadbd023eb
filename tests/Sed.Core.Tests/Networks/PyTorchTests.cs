using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>Every layer and weak output against the same network of PyTorch's own modules, with the same weights.</summary>
[Collection(TorchCollection.Name)]
public sealed class PyTorchTests(PyTorch pyTorch) : IClassFixture<PyTorch>
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => [.. PyTorch.Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_and_gradients_are_those_of_PyTorchs_own_modules(string name)
    {
        var (batch, said) = pyTorch.Of(name);
        Agree(name, kernels: false, batch, said);
        Agree(name, kernels: true, batch, said);
    }

    [Fact]
    public void Every_layer_is_compared()
    {
        var compared = PyTorch.Networks.Values.SelectMany(network => network.Layers).Select(layer => layer.GetType());
        var all = typeof(Layer).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Layer)));
        Assert.Equal([typeof(Layer.Custom)], all.Except(compared));
    }

    private void Agree(
        string name,
        bool kernels,
        IReadOnlyDictionary<string, NumpyArray> batch,
        IReadOnlyDictionary<string, NumpyArray> said
    )
    {
        using var scope = NewDisposeScope();
        using var network = pyTorch.Network(name);
        network.UseKernels = kernels;
        network.train();
        // Kernels do not compute the gradient of the clips.
        var clips = Tensor(batch["clips"]).requires_grad_(!kernels);
        var output = network.call(clips);
        ((output.Strong * Tensor(batch["strong"])).sum() + (output.Weak * Tensor(batch["weak"])).sum()).backward();
        Close("strong", output.Strong);
        Close("weak", output.Weak);
        if (!kernels)
            Close("clips", clips.grad!);
        foreach (var (parameter, tensor) in network.named_parameters())
            Close(parameter, tensor.grad!);

        void Close(string what, Tensor found)
        {
            var wanted = Tensor(said[what]);
            Assert.Equal(wanted.shape, found.shape);
            var largest = Math.Max(1, wanted.abs().max().item<float>());
            var off = (wanted - found).abs().max().item<float>() / largest;
            Assert.True(
                off <= Tolerance,
                $"{name}{(kernels ? ", kernels" : "")}: {what} is off by {off:E1} of {largest:E1}."
            );
        }
    }

    private static Tensor Tensor(NumpyArray array) =>
        tensor(array.Floats.ToArray(), [.. array.Shape.Select(size => (long)size)]);
}
