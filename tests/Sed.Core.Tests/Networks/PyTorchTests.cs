using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>Compares every layer and weak output with PyTorch's modules for the same weights.</summary>
[Collection(TorchCollection.Name)]
public sealed class PyTorchTests(PyTorch pyTorch) : IClassFixture<PyTorch>
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => [.. PyTorch.Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_gradients_and_running_statistics_equal_those_of_PyTorch(string name)
    {
        var (batch, expected) = pyTorch.Of(name);
        Agree(name, kernels: false, batch, expected);
        Agree(name, kernels: true, batch, expected);
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
        IReadOnlyDictionary<string, NumpyArray> expected
    )
    {
        using var scope = NewDisposeScope();
        using var network = pyTorch.Network(name);
        network.UseKernels = kernels;
        network.train();
        // The kernels do not compute gradients of the input.
        var clips = Tensor(batch["clips"]).requires_grad_(!kernels);
        var output = network.call(clips);
        ((output.Strong * Tensor(batch["strong"])).sum() + (output.Weak * Tensor(batch["weak"])).sum()).backward();
        Close("strong", output.Strong);
        Close("weak", output.Weak);
        if (!kernels)
            Close("clips", clips.grad!);
        foreach (var (parameter, tensor) in network.named_parameters())
            Close(parameter, tensor.grad!);
        foreach (var (statistic, buffer) in network.named_buffers().Where(entry => entry.name.Contains("running")))
            Close(statistic, buffer);

        void Close(string what, Tensor found)
        {
            var reference = Tensor(expected[what]);
            Assert.Equal(reference.shape, found.shape);
            var largest = Math.Max(1, reference.abs().max().item<float>());
            var off = (reference - found).abs().max().item<float>() / largest;
            Assert.True(
                off <= Tolerance,
                $"{name}{(kernels ? ", kernels" : "")}: {what} is off by {off:E1} of {largest:E1}."
            );
        }
    }

    private static Tensor Tensor(NumpyArray array) =>
        tensor(array.Floats.ToArray(), [.. array.Shape.Select(size => (long)size)]);
}
