using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class DisposedNetworksTests
{
    [Fact]
    public void Building_training_and_disposing_fifty_networks_leaks_no_tensor()
    {
        Torch.Initialize();
        var description = new Hums().Network;
        // TorchSharp's count of live tensors is one too high for every parameter created from a tensor: the parameter
        // takes over the tensor's handle, which is counted twice. The parameters of recurrent layers are created by
        // libtorch.
        long counted;
        using (SedNetwork network = new(description))
            counted = CountedTwice() * network.named_parameters().Count(p => !p.name.Contains("recurrent."));
        Step(description);
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 50; i++)
            Step(description);
        TorchCollection.FreeForgottenTensors();
        Assert.Equal(before + 50 * counted, Tensor.TotalCount);
    }

    private static void Step(NetworkDescription description)
    {
        using var scope = NewDisposeScope();
        using SedNetwork network = new(description);
        using TrainingState state = new(network, new TrainingOptions { WeightAverage = 0.9 });
        var loss = new TwoOutputLoss(1, 1);
        network.train();
        loss.Of(network.call(randn(2, description.Frames, description.Bands)), ones(2, description.Classes)).backward();
        state.Optimizer.Step(0.001);
        state.MoveAverage(0.9);
    }

    private static long CountedTwice()
    {
        var before = Tensor.TotalCount;
        new TorchSharp.Modules.Parameter(zeros(1)).Dispose();
        return Tensor.TotalCount - before;
    }
}
